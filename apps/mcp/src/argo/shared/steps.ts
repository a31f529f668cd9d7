import { isFullyPromoted, type Rollout, type Step, stepsOf } from './rollout.ts'

const MAX_STEPS_IN_WORDS = 4

/** What the controller does in a step: `set weight 40 %`. */
export function stepWords(step: Step): string {
  if (step.setWeight !== undefined) return `set weight ${step.setWeight} %`
  if (step.pause !== undefined) {
    const { duration } = step.pause
    if (duration === undefined) return 'pause until it is promoted'
    return `pause for ${typeof duration === 'number' || /^\d+$/.test(duration) ? `${duration}s` : duration}`
  }
  if (step.setCanaryScale !== undefined) return `scale the canary to ${scaleWords(step.setCanaryScale)}`
  if (step.analysis !== undefined) return `run analysis ${namesOf(step.analysis.templates?.map((t) => t.templateName))}`
  if (step.experiment !== undefined)
    return `run an experiment with ${namesOf(step.experiment.templates?.map((t) => t.name))}`
  if (step.setHeaderRoute !== undefined) return `route headers by ${step.setHeaderRoute.name ?? 'a route'}`
  if (step.setMirrorRoute !== undefined)
    return `mirror ${step.setMirrorRoute.percentage ?? 100} % of the traffic by ${step.setMirrorRoute.name ?? 'a route'}`
  if (step.plugin !== undefined) return `run plugin ${step.plugin.name ?? ''}`.trimEnd()
  return Object.keys(step)[0] ?? 'do nothing'
}

function scaleWords({ replicas, weight }: NonNullable<Step['setCanaryScale']>): string {
  if (replicas !== undefined) return `${replicas} replicas`
  return weight === undefined ? 'its traffic weight' : `${weight} %`
}

function namesOf(names: readonly (string | undefined)[] = []): string {
  return names.filter((name) => name !== undefined).join(', ') || '(no template)'
}

/**
 * What the controller will do once it is at step `from` (counted from 0), up to where it waits for somebody or something:
 * `step 2/5: set weight 40 %, then pause until it is promoted`.
 */
export function nextWords(rollout: Rollout, from: number): string {
  const steps = stepsOf(rollout)
  if (from >= steps.length) return 'the new version becomes the stable one once all of its pods are available'
  const rest = steps.slice(from)
  const end = rest.findIndex(({ pause, analysis, experiment }) => pause ?? analysis ?? experiment)
  const until = end === -1 ? rest : rest.slice(0, end + 1)
  const words = until.slice(0, MAX_STEPS_IN_WORDS).map(stepWords)
  if (until.length > MAX_STEPS_IN_WORDS) words.push('and so on')
  else if (end === -1) words.push('the new version becomes the stable one')
  return `step ${from + 1}/${steps.length}: ${words.join(', then ')}`
}

/** Per cent of the traffic, or of the replicas, that the new version shall have; undefined without canary. */
export function setWeightOf(rollout: Rollout): number | undefined {
  const { spec, status } = rollout
  if (spec.strategy?.canary === undefined) return undefined
  if (status.abort === true) return 0
  if (isFullyPromoted(rollout)) return 100
  const steps = stepsOf(rollout)
  const index = status.currentStepIndex ?? 0
  if (index >= steps.length) return 100
  return steps.slice(0, index + 1).findLast(({ setWeight }) => setWeight !== undefined)?.setWeight ?? 0
}

/** `2/5`; undefined where there are no steps. */
export function stepText(rollout: Rollout): string | undefined {
  const steps = stepsOf(rollout)
  if (steps.length === 0) return undefined
  return `${rollout.status.currentStepIndex ?? 0}/${steps.length}`
}
