import { z } from 'zod'
import { name, namespace } from '../../input/object-params.ts'
import { type Decision, decidedPlan } from '../shared/decided-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import { isFullyPromoted, type Rollout } from '../shared/rollout.ts'

export const argoAbortRollout = defineTool({
  name: 'argo_abort_rollout',
  title: 'Abort Argo Rollout',
  description:
    'Take the new version back: traffic and replicas return to the stable one, the template keeps the new one until argo_undo.',
  changes: 'destroy',
  idempotent: true,
  openWorld: false,
  input: z.object({ name, namespace }),
  plan: (args, context) =>
    decidedPlan(args, context, {
      fixes: ['version'],
      decide: decideAbort,
      undo: {
        tool: 'argo_retry_rollout',
        args: { name: args.name, ...(args.namespace !== null && { namespace: args.namespace }) },
      },
      done: 'aborted; its template still holds the new version: argo_undo or argo_retry_rollout comes next',
    }),
})

export function decideAbort(rollout: Rollout, named: string): Decision {
  const { spec, status } = rollout
  if (isFullyPromoted(rollout)) return { nothing: `${named}: nothing to abort, the newest version is the stable one` }
  if (status.abort === true) return { nothing: `${named} is already aborted` }
  return {
    // A controller loops on a Rollout that is aborted and paused by hand.
    ...(spec.paused === true && { spec: { paused: false } }),
    // With a full promotion under way it would not look at the abort before the new version is available.
    status: { abort: true, ...(status.promoteFull === true && { promoteFull: false }) },
    summary: `Abort ${named}: traffic and replicas return to the stable version; its template keeps the new one`,
    signals: [{ risk: 'medium', reason: `takes the new version of ${named} back` }],
  }
}
