import type { EffectObject } from '@fairlead/contract/effect/effect'
import { compareObject } from '../../effect/compare-object.ts'
import { nameForPeople } from '../../effect/effect-object.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { refOfObject } from '../../target/object-written.ts'
import type { Verified, Verifying } from '../../target/target-system.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { awaitObject } from '../await-object.ts'
import { requireCredentials } from '../credentials-namespace.ts'
import type { Target } from '../discovery/api-resource.ts'
import type { KubeContext } from '../kube-context.ts'
import { waitingFor } from '../until-gone.ts'
import { type RolloutState, rolloutState } from '../workloads/rollout-state.ts'
import { rulesFor, type WorkloadRules } from '../workloads/workload-rules.ts'
import { workloadTrouble } from '../workloads/workload-trouble.ts'

const withRollout = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

type VerifyContext = Verifying & {
  context: Pick<KubeContext, 'kube' | 'settings' | 'progress'>
  /** Of workloads that are not Kubernetes' own. */
  workloads: readonly WorkloadRules[]
}

/** Reads one object of an effect back, and waits for its roll-out or the end of its deletion. */
export async function verifyObject(object: EffectObject, verifying: VerifyContext): Promise<Verified> {
  const ref = refOfObject(object)
  const unreadable: Verified = { verdict: { ref, verdict: 'unreadable', differences: [] } }
  if (object.cluster === '' || object.action === 'exec' || object.action === 'invoke') return unreadable
  const { kube, settings } = verifying.context
  try {
    const resource = await kube.resourceOf(object)
    if (resource === undefined) return unreadable
    const target = { resource, namespace: object.namespace, name: object.name }
    // What is to be read is the caller's word: of the credentials no more than what a write could be about.
    requireCredentials([{ target }], settings)
    return object.action === 'delete'
      ? await verifyDeletion(object, target, verifying)
      : await verifyChanges(object, target, verifying)
  } catch (error) {
    if (error instanceof ToolError && (error.code === 'Forbidden' || error.code === 'Unauthorized')) {
      return { ...unreadable, note: error.text }
    }
    throw error
  }
}

async function verifyDeletion(object: EffectObject, target: Target, verifying: VerifyContext): Promise<Verified> {
  const ref = refOfObject(object)
  const { kube } = verifying.context
  const isGone = (live: KubeObject | undefined): boolean => live === undefined || live.metadata.uid !== object.uid
  let live = await kube.find(target)
  const isGoing = live?.metadata.deletionTimestamp !== undefined
  if (verifying.mayWait && !isGone(live) && isGoing) {
    const seen = stateReporter(verifying, waitingFor)
    live = await awaitObject(kube, target, { from: live, until: isGone, signal: verifying.deadline, seen })
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

async function verifyChanges(object: EffectObject, target: Target, verifying: VerifyContext): Promise<Verified> {
  const ref = refOfObject(object)
  const { kube, settings } = verifying.context
  const isStillToDo = await verifying.stillToDo(object)
  const rules = rulesFor(object, verifying.workloads)
  const stateOf = (live: KubeObject) => rules?.stateOf(live, object) ?? rolloutOf(live)
  const isSettled = (live: KubeObject | undefined) => isOver(live && stateOf(live))
  const compare = (live: KubeObject) => {
    const compared = compareObject(object, live, { redactionKey: settings.redactionKey, isStillToDo })
    if (compared.at === 'after' || rules === undefined || live.metadata.uid !== object.uid) return compared
    const differences = compared.differences.filter(
      ({ path }) => !rules.isConsumed(path, live, { ...object, pins: verifying.pins }),
    )
    return differences.length === 0 ? { at: 'after' as const, differences } : { ...compared, differences }
  }
  let live = await kube.find(target)
  if (live === undefined && isReleased(object))
    return { verdict: { ref, verdict: 'as_approved', at: 'after', differences: [] } }
  if (live === undefined) {
    const differences = object.changes.map(({ path, after }) => ({ path, approved: after }))
    return { verdict: { ref, verdict: 'differs', at: object.action === 'create' ? 'before' : 'neither', differences } }
  }
  let compared = compare(live)
  if (compared.at === 'after' && verifying.mayWait && !isSettled(live)) {
    const seen = stateReporter(verifying, (state) => stateOf(state)?.message)
    live = await awaitObject(kube, target, { from: live, until: isSettled, signal: verifying.deadline, seen })
    if (live === undefined)
      return { verdict: { ref, verdict: 'differs', at: 'neither', differences: [{ path: '', approved: 'there' }] } }
    compared = compare(live)
  }
  if (compared.at !== 'after') return { verdict: { ref, verdict: 'differs', ...compared } }
  const state = stateOf(live)
  if (state === undefined || state.done) return { verdict: { ref, verdict: 'as_approved', ...compared } }
  const trouble = await workloadTrouble(live, kube)
  const note = trouble === undefined ? state.message : `${state.message}; ${trouble}`
  return { verdict: { ref, verdict: 'not_yet', ...compared }, note }
}

/** An object that only its finalizers held goes with them. */
function isReleased({ changes }: EffectObject): boolean {
  return changes.some(({ path, after }) => path === '/metadata/finalizers' && after === undefined)
}

/** Says in live output what is waited for, once for each state. */
function stateReporter(
  { context }: Pick<VerifyContext, 'context'>,
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

function rolloutOf(live: KubeObject): RolloutState | undefined {
  return live.apiVersion.startsWith('apps/') && withRollout.has(live.kind) ? rolloutState(live) : undefined
}

/** Done, or nothing more will come of waiting. */
function isOver(state: RolloutState | undefined): boolean {
  return state === undefined || state.done || state.error !== undefined
}
