import { z } from 'zod'
import { name, namespace } from '../../input/object-params.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { type Decision, decidedPlan } from '../shared/decided-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import { isPaused, type Rollout } from '../shared/rollout.ts'
import { nextWords } from '../shared/steps.ts'

export const argoResumeRollout = defineTool({
  name: 'argo_resume_rollout',
  title: 'Resume Argo Rollout',
  description: 'End the pause of a Rollout, by hand or by a step. To skip a step that runs use argo_promote.',
  changes: 'add',
  idempotent: true,
  openWorld: false,
  input: z.object({ name, namespace }),
  plan: (args, context) =>
    decidedPlan(args, context, {
      fixes: ['version', 'step'],
      decide: decideResumption,
      undo: {
        tool: 'argo_pause_rollout',
        args: { name: args.name, ...(args.namespace !== null && { namespace: args.namespace }) },
      },
      done: 'resumed',
    }),
})

export function decideResumption(rollout: Rollout, named: string): Decision {
  const { spec, status } = rollout
  if (status.abort === true)
    throw new ToolError('Refused', `${named} was aborted: it is not paused.`, {
      hint: 'argo_retry_rollout starts the update again.',
    })
  const index = status.currentStepIndex ?? 0
  const isInconclusive = status.canary?.currentStepAnalysisRunStatus?.status === 'Inconclusive'
  if (!isPaused(rollout)) {
    if (spec.paused !== true) return { nothing: `${named} is not paused` }
    return { spec: { paused: false }, summary: `Resume ${named}: the manual pause ends; ${nextWords(rollout, index)}` }
  }
  const next =
    isInconclusive && status.controllerPause === true
      ? { pauseConditions: null, controllerPause: false, currentStepIndex: index + 1 }
      : { pauseConditions: null }
  const isCanary = spec.strategy?.canary !== undefined
  return {
    ...(spec.paused === true && { spec: { paused: false }, isSpecFirst: true }),
    status: next,
    summary: `Resume ${named}: ${isCanary ? nextWords(rollout, index + 1) : 'the new version gets all of the traffic'}`,
    signals: [{ risk: 'medium', reason: 'sends more traffic, or all of it, to the new version' }],
  }
}
