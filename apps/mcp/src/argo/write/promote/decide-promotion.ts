import { ToolError } from '../../../tool/tool-error.ts'
import type { Decision, Written } from '../../shared/decided-plan.ts'
import { conditionOf, isFullyPromoted, isPaused, type Rollout, stepsOf } from '../../shared/rollout.ts'
import { nextWords } from '../../shared/steps.ts'

/** What promotes a Rollout, by how it waits. */
export function decidePromotion(rollout: Rollout, { named, isFull }: { named: string; isFull: boolean }): Decision {
  const { spec, status } = rollout
  if (status.abort === true) throw isAborted(named, isFull)
  const invalid = conditionOf(rollout, 'InvalidSpec')
  if (invalid !== undefined) throw new ToolError('Refused', `${named} is invalid: ${invalid.message ?? invalid.reason}`)
  if (isFullyPromoted(rollout)) return { nothing: `${named}: nothing to promote, the newest version is the stable one` }
  const unpause = spec.paused === true ? { spec: { paused: false as const } } : {}
  if (isFull) return fullPromotion(rollout, named, unpause)
  const step = stepPromotion(rollout)
  if ('nothing' in step && spec.paused !== true) return { nothing: `${named} ${step.nothing}` }
  if ('nothing' in step) return { ...unpause, summary: `End the manual pause of ${named}; it ${step.nothing}`, signals }
  const skips = spec.paused === true && step.skips ? ' End its manual pause, too, and skip the current step.' : ''
  return {
    ...unpause,
    isSpecFirst: !step.skips,
    status: step.status,
    summary: `Promote ${named}: ${step.next}.${skips}`.replace(/\.$/, ''),
    signals,
  }
}

const signals: Written['signals'] = [{ risk: 'medium', reason: 'sends more traffic, or all of it, to the new version' }]

/** By a step alone nothing would change; to the end, it would ship what was aborted, past every analysis. */
function isAborted(named: string, isFull: boolean): ToolError {
  const why = isFull
    ? 'a full promotion would ship the aborted version without any analysis'
    : 'promoting it would change nothing'
  return new ToolError('Refused', `${named} was aborted: ${why}.`, {
    hint: 'argo_retry_rollout starts the update again; argo_undo goes back to another version.',
  })
}

function fullPromotion(rollout: Rollout, named: string, unpause: { spec?: { paused: false } }): Decision {
  const { status } = rollout
  if (status.promoteFull === true && unpause.spec === undefined)
    return { nothing: `${named} is already being promoted to the end` }
  const left = stepsOf(rollout).length - (status.currentStepIndex ?? 0)
  const skips = left > 0 ? `: the ${left} steps that are left, and their analyses, are skipped` : ''
  return {
    ...unpause,
    status: { promoteFull: true },
    summary: `Promote ${named} to the end${skips}; the new version becomes the stable one`,
    signals: [{ risk: 'high', reason: 'promotes to the end without the steps and analyses that are left' }],
  }
}

type StepPromotion = { status: Record<string, unknown>; next: string; skips: boolean } | { nothing: string }

function stepPromotion(rollout: Rollout): StepPromotion {
  const { spec, status } = rollout
  const steps = stepsOf(rollout)
  const index = status.currentStepIndex ?? 0
  const isCanary = spec.strategy?.canary !== undefined
  const isInconclusive = status.canary?.currentStepAnalysisRunStatus?.status === 'Inconclusive'
  if (isPaused(rollout) && isCanary && isInconclusive && status.controllerPause === true) {
    const next = { pauseConditions: null, controllerPause: false, currentStepIndex: index + 1 }
    return {
      status: next,
      next: `past the inconclusive analysis of step ${index + 1}; ${nextWords(rollout, index + 1)}`,
      skips: false,
    }
  }
  if (isPaused(rollout)) {
    const next = isCanary ? nextWords(rollout, index + 1) : 'the new version gets all of the traffic'
    return { status: { pauseConditions: null }, next, skips: false }
  }
  if (!isCanary) return { nothing: waitsWords(rollout) }
  // Past the last step nothing is left to skip: the controller waits for pods.
  if (index >= steps.length) return { nothing: waitsWords(rollout) }
  return {
    status: { pauseConditions: null, currentStepIndex: index + 1 },
    next: nextWords(rollout, index + 1),
    skips: true,
  }
}

function waitsWords({ status }: Rollout): string {
  const what = status.message === undefined || status.message === '' ? 'its pods to become available' : status.message
  return `is not paused; it waits for: ${what}`
}
