import { ToolError } from '../../tool/tool-error.ts'
import { describeTarget, type Target } from '../discovery/api-resource.ts'
import type { Revision } from './rollout-revisions.ts'

type RevisionRequest = {
  /** Null and 0: the one before. */
  requested: number | null
  pins: Readonly<Record<string, unknown>>
  target: Target
}

/**
 * The revision that a workload has, and the one it shall go back to. `pins` of an earlier choice hold: a revision that
 * has come back meanwhile got a new number from its controller, the newest one.
 */
export function chooseRevision(revisions: readonly Revision[], { requested, pins, target }: RevisionRequest) {
  const from = revisions.at(-1)
  const known = revisions.map(({ revision }) => revision).join(', ') || 'none'
  if (from === undefined) throw new ToolError('NotFound', `${describeTarget(target)} has no revisions.`)
  if (requested !== null && requested !== 0) {
    const to = revisions.find(({ revision }) => revision === requested) ?? (cameBack(from, pins) ? from : undefined)
    if (to !== undefined) return { from, to }
    throw new ToolError(
      'NotFound',
      `revision ${requested} of ${describeTarget(target)} not found. Known revisions: ${known}.`,
    )
  }
  const to =
    revisions.find(({ revision }) => revision === pins.to_revision) ?? (cameBack(from, pins) ? from : undefined)
  const previous = to ?? revisions.at(-2)
  if (previous !== undefined) return { from, to: previous }
  throw new ToolError('NotFound', `${describeTarget(target)} has no previous revision.`)
}

function cameBack(newest: Revision, { from_revision }: RevisionRequest['pins']): boolean {
  return typeof from_revision === 'number' && newest.revision > from_revision
}
