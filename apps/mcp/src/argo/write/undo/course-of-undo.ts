import type { Revision } from '../../../kube/workloads/rollout-revisions.ts'
import { hashOf } from '../../shared/replica-sets.ts'
import { isFullyPromoted, type Rollout } from '../../shared/rollout.ts'
import { nextWords } from '../../shared/steps.ts'

/** How the controller will go about a template that it has had before: step by step as with any update, or at once. */
export function courseOfUndo(
  rollout: Rollout,
  { to, revisions }: { to: Revision; revisions: readonly Revision[] },
): string {
  const { spec, status } = rollout
  if (spec.strategy?.canary === undefined) return 'it is rolled out as a new update'
  const isStable = hashOf(to.keeper) === status.stableRS
  if (isStable && !isFullyPromoted(rollout)) return 'it is the stable version, so its steps are skipped'
  const window = spec.rollbackWindow?.revisions
  if (window !== undefined && distance(to, revisions) <= window)
    return `it lies within the rollback window of ${window} revisions, so its steps are skipped`
  return `it is rolled out as a new update: ${nextWords(rollout, 0)}`
}

function distance(to: Revision, revisions: readonly Revision[]): number {
  return revisions.filter(({ revision }) => revision > to.revision).length
}
