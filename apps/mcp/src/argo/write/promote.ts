import { z } from 'zod'
import { name, namespace } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { bool } from '../../input/reader.ts'
import { decidedPlan } from '../shared/decided-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import { decidePromotion } from './promote/decide-promotion.ts'

export const argoPromote = defineTool({
  name: 'argo_promote',
  title: 'Promote Argo Rollout',
  description:
    'Go past the step at which a Rollout waits; full skips all steps and analyses. To end a manual pause alone use argo_resume_rollout.',
  changes: 'write',
  idempotent: false,
  openWorld: false,
  input: z.object({ name, namespace, full: optional('full', bool, false) }),
  plan: (args, context) =>
    decidedPlan(args, context, {
      // To the end, it is the same from whichever step.
      fixes: args.full ? ['version'] : ['version', 'step'],
      decide: (rollout, named) => decidePromotion(rollout, { named, isFull: args.full }),
      undo: undoOf(args),
      done: 'promoted',
    }),
})

function undoOf({ name, namespace, full }: { name: string; namespace: string | null; full: boolean }) {
  const where = { name, ...(namespace !== null && { namespace }) }
  // Once it is the stable version there is nothing to abort.
  return full ? { tool: 'argo_undo', args: where } : { tool: 'argo_abort_rollout', args: where }
}
