import { z } from 'zod'
import { name, namespace } from '../../input/object-params.ts'
import { decidedPlan } from '../shared/decided-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import type { Rollout } from '../shared/rollout.ts'

export const argoPauseRollout = defineTool({
  name: 'argo_pause_rollout',
  title: 'Pause Argo Rollout',
  description:
    'Hold a Rollout where it is until argo_resume_rollout. To take the new version back use argo_abort_rollout.',
  changes: 'add',
  idempotent: true,
  openWorld: false,
  input: z.object({ name, namespace }),
  plan: (args, context) =>
    decidedPlan(args, context, {
      decide: decidePause,
      undo: {
        tool: 'argo_resume_rollout',
        args: { name: args.name, ...(args.namespace !== null && { namespace: args.namespace }) },
      },
      done: 'paused',
    }),
})

function decidePause({ spec }: Rollout, named: string) {
  if (spec.paused === true) return { nothing: `${named} is already paused` }
  return {
    spec: { paused: true },
    summary: `Pause ${named} where it is; its progress deadline stops, too`,
    signals: [{ risk: 'low', reason: 'a paused rollout never exceeds its progress deadline' } as const],
  }
}
