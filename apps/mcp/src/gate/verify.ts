import type { EffectObject, ObjectVerdict, Verdict, Verification } from '@fairlead/contract/effect/effect'
import type { ToolAnswer, VerifyRequest } from '@fairlead/contract/tool/tool-meta'
import { changesOf, nameForPeople } from '../effect/effect-object.ts'
import type { KubeObject } from '../effect/kube-object.ts'
import { awaitObject } from '../kube/await-object.ts'
import { requireCredentials } from '../kube/credentials-namespace.ts'
import type { Target } from '../kube/discovery/api-resource.ts'
import { waitingFor } from '../kube/until-gone.ts'
import { rolloutState } from '../kube/workloads/rollout-state.ts'
import { workloadTrouble } from '../kube/workloads/workload-trouble.ts'
import { ToolError } from '../tool/tool-error.ts'
import { compareObject } from './compare-object.ts'
import type { WriteCallInHand } from './write-call.ts'
import { nameOf, refOfObject } from './write-object.ts'

/** The worst first: the verdict of a call is the worst of its objects'. */
const severity: readonly Verdict[] = ['differs', 'unreadable', 'not_yet', 'as_approved']

const withRollout = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

type Verified = { verdict: ObjectVerdict; note?: string }

/**
 * Reads the objects of an approved effect back, compares them with what was approved, and waits for roll-outs and
 * deletions to end, `wait_seconds` in all. Needs no grant and writes nothing.
 */
export async function verify(inHand: WriteCallInHand, request: VerifyRequest): Promise<ToolAnswer> {
  const started = performance.now()
  const deadline = AbortSignal.any([inHand.context.signal, AbortSignal.timeout(request.wait_seconds * 1000)])
  const stillToDo = whatIsStillToDo(inHand, request)
  const verified = await Promise.all(
    request.objects.map((object) =>
      verifyObject(object, { inHand, deadline, stillToDo, mayWait: request.wait_seconds > 0 }),
    ),
  )
  const verification: Verification = {
    verdict: worst(verified.map(({ verdict }) => verdict.verdict)),
    waited_ms: Math.round(performance.now() - started),
    objects: verified.map(({ verdict }) => verdict),
  }
  return {
    output: [headline(verification.verdict), ...verified.flatMap(linesOf)].join('\n'),
    error: false,
    verification,
  }
}

type Around = {
  inHand: WriteCallInHand
  deadline: AbortSignal
  mayWait: boolean
  stillToDo: (object: EffectObject) => Promise<(path: string) => boolean>
}

async function verifyObject(object: EffectObject, around: Around): Promise<Verified> {
  const ref = refOfObject(object)
  const unreadable: Verified = { verdict: { ref, verdict: 'unreadable', differences: [] } }
  if (object.cluster === '' || object.action === 'exec' || object.action === 'invoke') return unreadable
  const { kube, settings } = around.inHand.context
  try {
    const resource = await kube.resourceOf(object)
    if (resource === undefined) return unreadable
    const target = { resource, namespace: object.namespace, name: object.name }
    // What is to be read is the caller's word: of the credentials no more than what a write could be about.
    requireCredentials([{ target }], settings)
    return object.action === 'delete'
      ? await verifyDeletion(object, target, around)
      : await verifyChanges(object, target, around)
  } catch (error) {
    if (error instanceof ToolError && (error.code === 'Forbidden' || error.code === 'Unauthorized')) {
      return { ...unreadable, note: error.text }
    }
    throw error
  }
}

async function verifyDeletion(object: EffectObject, target: Target, around: Around): Promise<Verified> {
  const ref = refOfObject(object)
  const { kube } = around.inHand.context
  const isGone = (live: KubeObject | undefined): boolean => live === undefined || live.metadata.uid !== object.uid
  let live = await kube.find(target)
  const isGoing = live?.metadata.deletionTimestamp !== undefined
  if (around.mayWait && !isGone(live) && isGoing) {
    const seen = teller(around, waitingFor)
    live = await awaitObject(kube, target, { from: live, until: isGone, signal: around.deadline, seen })
  }
  if (live === undefined || isGone(live))
    return { verdict: { ref, verdict: 'as_approved', at: 'after', differences: [] } }
  if (live.metadata.deletionTimestamp !== undefined) {
    const finalizers = (live.metadata.finalizers ?? []).join(', ')
    const note = finalizers === '' ? 'is being deleted' : `is being deleted, waiting for its finalizers ${finalizers}`
    return { verdict: { ref, verdict: 'not_yet', at: 'after', differences: [] }, note }
  }
  const differences = [{ path: '/metadata/uid', actual: live.metadata.uid }]
  return { verdict: { ref, verdict: 'differs', at: 'before', differences } }
}

async function verifyChanges(object: EffectObject, target: Target, around: Around): Promise<Verified> {
  const ref = refOfObject(object)
  const { kube, settings } = around.inHand.context
  const isStillToDo = await around.stillToDo(object)
  const compare = (live: KubeObject) =>
    compareObject(object, live, { redactionKey: settings.redactionKey, isStillToDo })
  let live = await kube.find(target)
  if (live === undefined && isLetGo(object))
    return { verdict: { ref, verdict: 'as_approved', at: 'after', differences: [] } }
  if (live === undefined) {
    const differences = object.changes.map(({ path, after }) => ({ path, approved: after }))
    return { verdict: { ref, verdict: 'differs', at: object.action === 'create' ? 'before' : 'neither', differences } }
  }
  let compared = compare(live)
  if (compared.at === 'after' && around.mayWait && !isSettled(live)) {
    const seen = teller(around, (state) => rolloutOf(state)?.message)
    live = await awaitObject(kube, target, { from: live, until: isSettled, signal: around.deadline, seen })
    if (live === undefined)
      return { verdict: { ref, verdict: 'differs', at: 'neither', differences: [{ path: '', approved: 'there' }] } }
    compared = compare(live)
  }
  if (compared.at !== 'after') return { verdict: { ref, verdict: 'differs', ...compared } }
  const state = rolloutOf(live)
  if (state === undefined || state.done) return { verdict: { ref, verdict: 'as_approved', ...compared } }
  const trouble = await workloadTrouble(live, kube)
  const note = trouble === undefined ? state.message : `${state.message}; ${trouble}`
  return { verdict: { ref, verdict: 'not_yet', ...compared }, note }
}

/** An object that only its finalizers held goes with them. */
function isLetGo({ changes }: EffectObject): boolean {
  return changes.some(({ path, after }) => path === '/metadata/finalizers' && after === undefined)
}

/** Says in live output what is waited for, once for each state. */
function teller(
  { inHand: { context } }: Pick<Around, 'inHand'>,
  stateOf: (live: KubeObject) => string | undefined,
): (live: KubeObject) => void {
  let said: string | undefined
  return (live) => {
    const state = stateOf(live)
    if (state !== undefined && state !== said) {
      context.progress('status', `${nameForPeople({ ...live, ...live.metadata })}: ${state}\n`)
    }
    said = state
  }
}

function rolloutOf(live: KubeObject): ReturnType<typeof rolloutState> | undefined {
  return live.apiVersion.startsWith('apps/') && withRollout.has(live.kind) ? rolloutState(live) : undefined
}

/** Done, or nothing more will come of waiting. */
function isSettled(live: KubeObject | undefined): boolean {
  if (live === undefined) return true
  const state = rolloutOf(live)
  return state === undefined || state.done || state.error !== undefined
}

/**
 * For values that are hidden without a hash the call's own arguments tell: what a look would still change is not done.
 * Looked at once, and only when there is such a value.
 */
function whatIsStillToDo(
  { call, context }: WriteCallInHand,
  { objects, pins }: VerifyRequest,
): (object: EffectObject) => Promise<(path: string) => boolean> {
  const isHidden = (object: EffectObject): boolean =>
    object.changes.some(({ before, after }) => before !== undefined && JSON.stringify(before) === JSON.stringify(after))
  const planning = objects.some(isHidden)
    ? call.plan({ ...context, pins }).then((plan) => Promise.allSettled(plan.objects.map((planned) => planned.plan())))
    : undefined
  return async (object) => {
    if (planning === undefined || !isHidden(object)) return () => false
    const objectPlans = await planning
    const objectPlan = objectPlans
      .flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      .find(({ ref }) => nameOf(ref) === nameOf(object) && ref.apiVersion === object.apiVersion)
    // What the write has deleted cannot be looked at any more; that says nothing of the others.
    const failure = objectPlans.find((each) => each.status === 'rejected')
    if (objectPlan === undefined && failure !== undefined) throw failure.reason
    const paths = new Set(objectPlan === undefined ? [] : changesOf(objectPlan).map(({ path }) => path))
    return (path) => paths.has(path)
  }
}

function worst(verdicts: readonly Verdict[]): Verdict {
  return severity.find((each) => verdicts.includes(each)) ?? 'as_approved'
}

function headline(verdict: Verdict): string {
  return verdict.replace('_', ' ')
}

function linesOf({ verdict: { ref, verdict, differences }, note }: Verified): string[] {
  if (verdict === 'as_approved') return []
  const told = differences.map(
    ({ path, approved, actual }) => `  ${path || '/'}: approved ${shown(approved)}, is ${shown(actual)}`,
  )
  return [`${nameOf(ref)} ${headline(verdict)}${note === undefined ? '' : `: ${note}`}`, ...told]
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
