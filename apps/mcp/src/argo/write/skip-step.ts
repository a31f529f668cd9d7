import { z } from 'zod'
import { name, namespace } from '../../input/object-params.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { type Decision, decidedPlan } from '../shared/decided-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import { isFullyPromoted, type Rollout, stepsOf } from '../shared/rollout.ts'
import { nextWords, stepWords } from '../shared/steps.ts'

export const argoSkipStep = defineTool({
  name: 'argo_skip_step',
  title: 'Skip Argo Rollout Step',
  description: 'Leave the current step of a canary out, whatever it is. To go past a pause use argo_promote.',
  group: 'argo-extra',
  changes: 'write',
  idempotent: false,
  openWorld: false,
  input: z.object({ name, namespace }),
  plan: (args, context) =>
    decidedPlan(args, context, {
      fixes: ['version', 'step'],
      decide: decideSkip,
      undo: {
        tool: 'argo_abort_rollout',
        args: { name: args.name, ...(args.namespace !== null && { namespace: args.namespace }) },
      },
      done: 'is past the step',
    }),
})

export function decideSkip(rollout: Rollout, named: string): Decision {
  const { spec, status } = rollout
  const steps = stepsOf(rollout)
  if (status.abort === true)
    throw new ToolError('Refused', `${named} was aborted: skipping a step would change nothing.`, {
      hint: 'argo_retry_rollout starts the update again.',
    })
  if (isFullyPromoted(rollout)) return { nothing: `${named}: nothing to skip, the newest version is the stable one` }
  const index = status.currentStepIndex ?? 0
  const step = steps[index]
  if (step === undefined) {
    const why = steps.length === 0 ? 'it has no steps' : 'it is past its last step'
    return { nothing: `${named}: nothing to skip, ${why}` }
  }
  const stays = spec.paused === true ? '. It stays paused by hand' : ''
  return {
    status: {
      pauseConditions: null,
      ...(status.controllerPause === true && { controllerPause: false }),
      currentStepIndex: index + 1,
    },
    summary: `Skip step ${index + 1}/${steps.length} of ${named} (${stepWords(step)}): ${nextWords(rollout, index + 1)}${stays}`,
    signals: [{ risk: 'medium', reason: `the step that is left out is not done: ${stepWords(step)}` }],
  }
}
