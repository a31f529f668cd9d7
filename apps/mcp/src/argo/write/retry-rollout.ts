import { z } from 'zod'
import { name, namespace } from '../../input/object-params.ts'
import { type Decision, decidedPlan } from '../shared/decided-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import type { Rollout } from '../shared/rollout.ts'
import { nextWords } from '../shared/steps.ts'

export const argoRetryRollout = defineTool({
  name: 'argo_retry_rollout',
  title: 'Retry Argo Rollout',
  description: 'Start an aborted Rollout again from its first step, with the version that was aborted.',
  changes: 'write',
  idempotent: true,
  openWorld: false,
  input: z.object({ name, namespace }),
  plan: (args, context) =>
    decidedPlan(args, context, {
      fixes: ['version'],
      decide: decideRetry,
      undo: {
        tool: 'argo_abort_rollout',
        args: { name: args.name, ...(args.namespace !== null && { namespace: args.namespace }) },
      },
      done: 'starts again',
    }),
})

export function decideRetry(rollout: Rollout, named: string): Decision {
  if (rollout.status.abort !== true) return { nothing: `${named} is not aborted: nothing to retry` }
  const isCanary = rollout.spec.strategy?.canary !== undefined
  return {
    status: { abort: false },
    summary: `Retry ${named} with the version that was aborted${isCanary ? `: ${nextWords(rollout, 0)}` : ''}`,
    signals: [{ risk: 'medium', reason: `rolls the aborted version of ${named} out again` }],
  }
}
