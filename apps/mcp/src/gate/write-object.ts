import { isDeepStrictEqual } from 'node:util'
import type { EffectObject, ObjectOutcome, ObjectRef } from '@fairlead/contract/effect/effect'
import { effectObject } from '../effect/effect-object.ts'
import type { KubeObject } from '../effect/kube-object.ts'
import type { Target } from '../kube/discovery/api-resource.ts'
import { ApiError, isPreconditionFailure } from '../kube/http/api-error.ts'
import { AnswerLost } from '../kube/http/http.ts'
import type { PodStreams } from '../kube/pod-streams/pod-streams.ts'
import type { Write } from '../kube/write.ts'
import { ToolError } from '../tool/tool-error.ts'
import { elementsByIndex, type SeenChange } from './compute-effect.ts'
import type { ObjectPlan, WriteStep } from './plan.ts'
import type { Writer } from './writer.ts'

/** What became of one object. */
export type ObjectWritten = {
  outcome: ObjectOutcome
  /** The number of the try that decided it. */
  tries: number
  /** Of a failure. */
  error?: ToolError
  /** The object moved away under its write, and nothing was written: the effect is to be looked at again. */
  isOvertaken?: true
  /** It is written, but what must hold before the next one does not. */
  blocks?: ToolError
}

/** Where the sending begins, or goes on. */
type From = { step: number; answered: KubeObject | undefined }
type Overtaken = From & { overtaken: ToolError }
type Failed = From & { failed: ToolError }
type Sent = { done: KubeObject | undefined } | Overtaken | Failed | { unknown: AnswerLost }

/** Writes one object of an effect; `isFirst`: nothing was written before it, and it was looked at just now. */
export type ObjectWriter = (
  change: SeenChange,
  at: { isFirst: boolean; tries: number; turn?: Turn },
) => Promise<ObjectWritten>

/** Where objects are written at the same time: does the work when its turn has come, or throws why it never will. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>

const atOnce: Turn = (work) => work()

export function createObjectWriter({
  writer,
  streams,
  read,
  redactionKey,
  mayTryAgain,
  heed,
}: {
  writer: Writer
  streams: PodStreams
  /** The object as it is now. */
  read: (target: Target) => Promise<KubeObject | undefined>
  redactionKey: Uint8Array | undefined
  mayTryAgain: (tries: number) => boolean
  /** What the caller is to know of a write that succeeded. */
  heed: (warning: string) => void
}): ObjectWriter {
  /** Read again, and what is left to do to it compared with what was approved. */
  const planAgain = async ({ planned, objectPlan: first, object }: SeenChange): Promise<ObjectPlan> => {
    const objectPlan = await planned.plan()
    const isSameElement = elementsByIndex(objectPlan, redactionKey) === elementsByIndex(first, redactionKey)
    if (isSameElement && isSameChange(effectObject(objectPlan, redactionKey), object)) return objectPlan
    throw new ToolError('Stale', `what would change in ${nameOf(object)} is no longer what was approved.`)
  }
  /** A step that is made from what was answered before is made anew, as long as it is still that object. */
  const stepAgain = async (objectPlan: ObjectPlan, { step, answered }: Overtaken): Promise<From | undefined> => {
    const overtaken = 'act' in objectPlan ? undefined : objectPlan.writes[step]
    if (answered === undefined || overtaken === undefined || !('next' in overtaken)) return undefined
    const live = await read(objectPlan.target)
    return live?.metadata.uid === answered.metadata.uid ? { step, answered: live } : undefined
  }
  /** Past a step without which all that was approved is done; undefined for any other, and where the object has gone. */
  const leaveUndone = (objectPlan: ObjectPlan, { step, answered }: From, refusal: ToolError): From | undefined => {
    const refused = 'act' in objectPlan ? undefined : objectPlan.writes[step]
    if (refused === undefined || !('next' in refused) || refused.leftUndone === undefined) return undefined
    if (refusal.code === 'NotFound') return undefined
    heed(`${nameOf(objectPlan.ref)}: ${refused.leftUndone}. ${refusal.text}`)
    return { step: step + 1, answered }
  }
  const writeUntilDecided = async (
    change: SeenChange,
    { isFirst, tries: firstTry, turn = atOnce }: Parameters<ObjectWriter>[1],
  ): Promise<ObjectWritten> => {
    const ref = refOfObject(change.object)
    const inTurn: Writer = (...request) => turn(() => writer(...request))
    let objectPlan = isFirst ? change.objectPlan : await turn(() => planAgain(change))
    let from: From | undefined
    for (let tries = firstTry; ; ) {
      const sent = 'act' in objectPlan ? await carryOut(objectPlan, streams) : await sendAll(objectPlan, inTurn, from)
      if ('unknown' in sent) return { outcome: { ref, outcome: 'unknown', error: sent.unknown.message }, tries }
      if ('failed' in sent) {
        from = leaveUndone(objectPlan, sent, sent.failed)
        if (from !== undefined) continue
        const mayGoOn = 'waitOut' in objectPlan && sent.step === 0 && (await objectPlan.waitOut?.(sent.failed)) === true
        if (!mayGoOn) return failed(ref, sent.failed, tries)
        objectPlan = await turn(() => planAgain(change))
        continue
      }
      if ('done' in sent) {
        const uid = sent.done?.metadata.uid ?? ref.uid
        const blocks = await blockedAfter(change)
        return { outcome: { ref: { ...ref, ...(uid !== undefined && { uid }) }, outcome: 'succeeded' }, tries, blocks }
      }
      if (isFirst && sent.step === 0) return { ...failed(ref, sent.overtaken, tries), isOvertaken: true }
      if (!mayTryAgain(tries)) {
        from = leaveUndone(objectPlan, sent, sent.overtaken)
        if (from === undefined) return failed(ref, sent.overtaken, tries)
        continue
      }
      from = await stepAgain(objectPlan, sent)
      // What was made has gone again: to make it once more would be a second effect of one approval.
      if (from === undefined && objectPlan.before === undefined && sent.step > 0)
        return failed(ref, sent.overtaken, tries)
      if (from === undefined) objectPlan = await turn(() => planAgain(change))
      tries++
    }
  }
  return async (change, at) => {
    try {
      return await writeUntilDecided(change, at)
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      return failed(refOfObject(change.object), error, at.tries)
    }
  }
}

async function sendAll(
  objectPlan: Exclude<ObjectPlan, { act: unknown }>,
  writer: Writer,
  from: From = { step: 0, answered: objectPlan.before },
): Promise<Sent> {
  let { answered } = from
  for (const [step, each] of objectPlan.writes.entries()) {
    if (step < from.step) continue
    try {
      const request = await requestOf(each, answered)
      if (request === undefined) continue
      answered = await writer(objectPlan.target, request.write, request.live)
    } catch (error) {
      // The pod is gone, which is all that an eviction is for.
      if (isEviction(each) && error instanceof ToolError && error.code === 'NotFound') continue
      if (error instanceof AnswerLost) return { unknown: error }
      if (isPreconditionFailure(error) || isGone(error, each)) return { overtaken: error, step, answered }
      if (error instanceof ToolError) return { failed: error, step, answered }
      throw error
    }
  }
  return { done: answered }
}

async function requestOf(
  step: WriteStep,
  answered: KubeObject | undefined,
): Promise<{ write: Write; live: KubeObject | undefined } | undefined> {
  if (!('next' in step)) return { write: step, live: step.verb === 'create' ? undefined : answered }
  const next = answered && (await step.next(answered))
  return next === undefined || 'write' in next ? next : { write: next, live: answered }
}

function isEviction(step: WriteStep): boolean {
  return !('next' in step) && step.verb === 'evict'
}

/** A patch or a deletion found nothing under the name. Of a creation, it is the namespace that is not there. */
function isGone(error: unknown, step: WriteStep): error is ApiError {
  return step.verb !== 'create' && error instanceof ApiError && error.code === 'NotFound'
}

/** Once, whatever comes of it. */
async function carryOut(objectPlan: Extract<ObjectPlan, { act: unknown }>, streams: PodStreams): Promise<Sent> {
  try {
    await objectPlan.act.run(streams)
    return { done: objectPlan.before }
  } catch (error) {
    if (error instanceof AnswerLost) return { unknown: error }
    if (error instanceof ToolError) return { failed: error, step: 0, answered: objectPlan.before }
    throw error
  }
}

async function blockedAfter({ planned }: SeenChange): Promise<ToolError | undefined> {
  try {
    await planned.afterWrite?.()
    return undefined
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return error
  }
}

function failed(ref: ObjectRef, error: ToolError, tries: number): ObjectWritten {
  return { outcome: { ref, outcome: 'failed', error: error.text }, tries, error }
}

export function refOfObject({ cluster, apiVersion, kind, namespace, name, uid }: EffectObject): ObjectRef {
  return {
    cluster,
    apiVersion,
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
    ...(uid !== undefined && { uid }),
  }
}

/** `Deployment shop/web`. */
export function nameOf({ kind, namespace, name }: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

/** As JSON, since that is what was approved; the diff is for people. */
function isSameChange(left: EffectObject, right: EffectObject): boolean {
  return isDeepStrictEqual(approvedPart(left), approvedPart(right))
}

function approvedPart({ diff: _, ...approved }: EffectObject): unknown {
  return JSON.parse(JSON.stringify(approved))
}
