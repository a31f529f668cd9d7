import type { KubeObject } from '../../effect/kube-object.ts'
import { AnswerLost } from '../../target/answer-lost.ts'
import { nameOf } from '../../target/object-written.ts'
import type { ObjectSender, Sending, SendingAt, Turn } from '../../target/target-system.ts'
import { ToolError } from '../../tool/tool-error.ts'
import type { Target } from '../discovery/api-resource.ts'
import { ApiError, isPreconditionFailure } from '../http/api-error.ts'
import type { PodStreams } from '../pod-streams/pod-streams.ts'
import type { Write } from '../write.ts'
import type { ByAct, KubeObjectPlan, RequestsPlan, WriteStep } from './kube-plan.ts'
import type { Writer } from './writer.ts'

/** Where the sending begins, or goes on. */
type From = { step: number; answered: KubeObject | undefined }
type Overtaken = From & { overtaken: ToolError }
type Failed = From & { failed: ToolError }
type Sent = { done: KubeObject | undefined } | Overtaken | Failed | { unknown: AnswerLost }

type ActPlan = Extract<KubeObjectPlan, ByAct>

/**
 * Sends the requests of an object one after another, or carries out its act. A step that is made from the answer to the
 * one before is made again when it was overtaken; anything else that was overtaken is the gate's to plan again.
 */
export function createObjectSender({
  writer,
  streams,
  read,
  warn,
}: {
  writer: Writer
  streams: PodStreams
  /** The object as it is now. */
  read: (target: Target) => Promise<KubeObject | undefined>
  warn: (warning: string) => void
}): ObjectSender<KubeObjectPlan> {
  /** From what the object is now, as long as it is still that object. */
  const stepAgain = async (objectPlan: RequestsPlan, { step, answered }: Overtaken): Promise<From | undefined> => {
    const overtaken = objectPlan.writes[step]
    if (answered === undefined || overtaken === undefined || !('next' in overtaken)) return undefined
    const live = await read(objectPlan.target)
    return live?.metadata.uid === answered.metadata.uid ? { step, answered: live } : undefined
  }
  /** Past a step without which all that was approved is done; undefined for any other, and where the object has gone. */
  const leaveUndone = (objectPlan: RequestsPlan, { step, answered }: From, refusal: ToolError): From | undefined => {
    const refused = objectPlan.writes[step]
    if (refused === undefined || !('next' in refused) || refused.leftUndone === undefined) return undefined
    if (refusal.code === 'NotFound') return undefined
    warn(`${nameOf(objectPlan.ref)}: ${refused.leftUndone}. ${refusal.text}`)
    return { step: step + 1, answered }
  }
  const send = async (objectPlan: KubeObjectPlan, at: SendingAt): Promise<Sending> => {
    const { isFirst, tries: firstTry, mayTryAgain, turn } = at
    if ('act' in objectPlan) return carryOut(objectPlan, { streams, tries: firstTry })
    let from: From | undefined
    for (let tries = firstTry; ; ) {
      const sent = await sendAll(objectPlan, inTurn(writer, turn), from)
      if ('unknown' in sent) return { outcome: 'unknown', lost: sent.unknown, tries }
      if ('done' in sent) return { outcome: 'succeeded', uid: sent.done?.metadata.uid, tries }
      const isUntouched = sent.step === 0
      if ('failed' in sent) {
        from = leaveUndone(objectPlan, sent, sent.failed)
        if (from !== undefined) continue
        const mayPlanAgain = isUntouched && (await objectPlan.waitOut?.(sent.failed)) === true
        return { outcome: 'failed', error: sent.failed, mayPlanAgain, tries }
      }
      const stale: Sending = { outcome: 'stale', error: sent.overtaken, isUntouched, tries }
      if (isFirst && isUntouched) return stale
      if (mayTryAgain(tries)) {
        from = await stepAgain(objectPlan, sent)
        tries++
      } else from = leaveUndone(objectPlan, sent, sent.overtaken)
      if (from === undefined) return stale
    }
  }
  return { send }
}

function inTurn(writer: Writer, turn: Turn): Writer {
  return (...request) => turn(() => writer(...request))
}

async function sendAll(
  objectPlan: RequestsPlan,
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
async function carryOut(
  { act, before }: ActPlan,
  { streams, tries }: { streams: PodStreams; tries: number },
): Promise<Sending> {
  try {
    await act.run(streams)
    return { outcome: 'succeeded', uid: before?.metadata.uid, tries }
  } catch (error) {
    if (error instanceof AnswerLost) return { outcome: 'unknown', lost: error, tries }
    if (error instanceof ToolError) return { outcome: 'failed', error, mayPlanAgain: false, tries }
    throw error
  }
}
