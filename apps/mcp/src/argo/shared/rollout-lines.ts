import { ageOf } from '../../output/age.ts'
import { fields, type Lines, section, tableSection } from '../../output/report.ts'
import { phaseOf } from './phase.ts'
import { conditionOf, type Rollout, type RunStatus, stepsOf } from './rollout.ts'
import { setWeightOf, stepText, stepWords } from './steps.ts'
import { strategyName } from './strategy.ts'

/** `Paused - CanaryPauseStep`. */
export function phaseLine(rollout: Rollout): string {
  const { phase, message } = phaseOf(rollout)
  return message === '' ? phase : `${phase} - ${message}`
}

/** Strategy, step, weights, replicas, hashes, failing conditions and running analyses. */
export function statusLines(rollout: Rollout, now: Date): Lines {
  const { spec, status } = rollout
  const { canary, blueGreen } = status
  const weights = canary?.weights
  return [
    ...fields([
      ['Strategy', strategyName(rollout)],
      ['Step', stepText(rollout)],
      ['Set weight', percent(setWeightOf(rollout))],
      ['Actual weight', percent(weights?.canary?.weight)],
      [
        'Replicas',
        `${spec.replicas ?? 1} desired, ${status.replicas ?? 0} current, ${status.updatedReplicas ?? 0} updated, ${status.readyReplicas ?? 0} ready, ${status.availableReplicas ?? 0} available`,
      ],
      ['Stable version', status.stableRS],
      ['Newest version', status.currentPodHash],
      ['Active version', blueGreen?.activeSelector],
      ['Preview version', blueGreen?.previewSelector],
      ['Template of', spec.workloadRef && `${spec.workloadRef.kind}/${spec.workloadRef.name}`],
      ['Paused by hand', spec.paused === true ? 'yes' : undefined],
      ['Aborted', status.abort === true ? 'yes' : undefined],
      ['Being promoted to the end', status.promoteFull === true ? 'yes' : undefined],
      [
        'Restarting since',
        spec.restartAt !== undefined && spec.restartAt !== status.restartedAt ? spec.restartAt : undefined,
      ],
    ]),
    ...section('Pauses', pauseLines(rollout, now)),
    ...section('Analyses under way', runLines(rollout)),
    ...section('Failing', failingLines(rollout)),
  ]
}

function percent(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value} %`
}

function pauseLines({ status }: Rollout, now: Date): Lines {
  return (status.pauseConditions ?? []).map(({ reason, startTime }) => `${reason} for ${ageOf(startTime, now)}`)
}

function runLines({ status: { canary, blueGreen } }: Rollout): Lines {
  const runs: [what: string, run: RunStatus | undefined][] = [
    ['of the step', canary?.currentStepAnalysisRunStatus],
    ['in the background', canary?.currentBackgroundAnalysisRunStatus],
    ['before promotion', blueGreen?.prePromotionAnalysisRunStatus],
    ['after promotion', blueGreen?.postPromotionAnalysisRunStatus],
  ]
  const experiment = canary?.currentExperiment === undefined ? [] : [`experiment ${canary.currentExperiment}`]
  return [
    ...runs.flatMap(([what, run]) => {
      if (run === undefined) return []
      const message = run.message === undefined || run.message === '' ? '' : ` (${run.message})`
      return [`${run.name} ${what}: ${run.status}${message}`]
    }),
    ...experiment,
  ]
}

/** Conditions that say that something is wrong. */
function failingLines(rollout: Rollout): Lines {
  const invalid = conditionOf(rollout, 'InvalidSpec')
  const failing = (rollout.status.conditions ?? []).filter(
    ({ type, status, reason }) =>
      (type === 'Progressing' && status === 'False') ||
      (type === 'Progressing' && reason === 'ProgressDeadlineExceeded') ||
      (type === 'ReplicaFailure' && status === 'True'),
  )
  return [...(invalid ? [invalid] : []), ...failing].map(
    ({ type, reason, message }) => `${type} ${reason ?? ''}: ${message ?? ''}`,
  )
}

/** All steps, the one that is under way marked. */
export function stepLines(rollout: Rollout): Lines {
  const { status } = rollout
  const index = status.currentStepIndex ?? 0
  const rows = stepsOf(rollout).map((step, at) => [at === index ? '->' : '', String(at + 1), stepWords(step)])
  return tableSection('Steps', ['', 'STEP', 'WHAT'], rows)
}
