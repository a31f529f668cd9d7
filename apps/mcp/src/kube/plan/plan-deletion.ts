import type { KubeObject } from '../../effect/kube-object.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { touchesCredentials } from '../credentials-namespace.ts'
import type { Target } from '../discovery/api-resource.ts'
import type { KubeContext } from '../kube-context.ts'
import { type KubeObjectPlan, refOf } from '../target/kube-plan.ts'
import type { Write } from '../write.ts'
import { countDependents, type Dependents } from './dependents.ts'
import { dryRunOrCompute } from './dry-run-or-compute.ts'

export type Deletion = Omit<Extract<Write, { verb: 'delete' }>, 'verb'>

/** What deleting one object would do. `live` is the object as just read. */
export async function planDeletion(
  target: Target,
  live: KubeObject,
  deletion: Deletion,
  { kube, settings }: Pick<KubeContext, 'kube' | 'settings'>,
): Promise<KubeObjectPlan> {
  const write: Write = { verb: 'delete', ...deletion }
  const untried = await dryRunOrCompute<RiskSignal[]>(
    () => kube.dryRun(target, write).then(() => []),
    async (reason) => [{ risk: 'medium', reason }],
  )
  // Nothing is listed among credentials, and a Secret there owns nothing.
  const isListed = !touchesCredentials(target, settings)
  const dependents = isListed ? await countDependents(kube, target.resource, live) : nothing
  const isOrphaning = deletion.propagationPolicy === 'Orphan'
  return {
    ref: refOf(kube.cluster, target, live),
    target,
    action: 'delete',
    before: live,
    gone: isOrphaning ? [] : dependents.counts,
    basis: untried.length === 0 ? 'server' : 'computed',
    writes: [write],
    signals: isListed ? [...untried, ...deletionSignals(live, deletion, dependents)] : untried,
  }
}

const nothing: Dependents = { counts: [], total: 0, unreadable: [] }

function deletionSignals(
  live: KubeObject,
  { propagationPolicy }: Deletion,
  { counts, total, unreadable }: Dependents,
): RiskSignal[] {
  const signals: RiskSignal[] = []
  const listed = counts.map(({ kind, count }) => `${count} ${kind}`).join(', ')
  if (total > 0 && propagationPolicy === 'Orphan') {
    signals.push({ risk: 'low', reason: `leaves behind without an owner: ${listed}` })
  } else if (total > 0) {
    signals.push({ risk: total > 10 ? 'high' : 'low', reason: `deletes with it: ${listed}` })
  }
  if (unreadable.length > 0) {
    signals.push({ risk: 'low', reason: `may delete more with it: ${unreadable.join(', ')} could not be listed` })
  }
  const finalizers = live.metadata.finalizers ?? []
  if (finalizers.length > 0) {
    signals.push({ risk: 'low', reason: `ends only once its finalizers are done: ${finalizers.join(', ')}` })
  }
  return signals
}
