import { isDeepStrictEqual } from 'node:util'
import type { EffectObject } from '@fairlead/contract/effect/effect'
import type { RolloutState } from '../kube/workloads/rollout-state.ts'
import type { Approved, WorkloadRules } from '../kube/workloads/workload-rules.ts'
import { phaseOf } from './shared/phase.ts'
import { asRollout, conditionOf, isBeingResumed, isFullyPromoted, isPaused, type Rollout } from './shared/rollout.ts'

/** A Rollout is approved to be somewhere on its way; its controller takes what was written for it and goes on. */
export const rolloutRules: WorkloadRules = {
  group: 'argoproj.io',
  kind: 'Rollout',
  stateOf: (live, approved) => stateOf(asRollout(live), approved),
  isConsumed: (path, live, approved) => isConsumed(path, asRollout(live), approved),
}

function stateOf(rollout: Rollout, approved: EffectObject): RolloutState {
  const { spec, status } = rollout
  const sets = (path: string) => approved.changes.find((change) => change.path === path)?.after
  const { phase, message } = phaseOf(rollout)
  const said = message === '' ? phase : `${phase} - ${message}`
  if (sets('/status/promoteFull') === true)
    return isFullyPromoted(rollout) ? done('promoted to the end') : waiting(said)
  if (sets('/status/abort') === true)
    return isAborted(rollout) ? done('aborted') : waiting('the controller has not aborted it yet')
  if (sets('/status/abort') === false)
    return isAborted(rollout) ? waiting('the controller has not started it again yet') : done(said)
  if (approved.changes.some(({ path }) => path.startsWith('/status/')) || sets('/spec/paused') === false)
    return isBeingResumed(rollout) ? waiting('the controller has not resumed it yet') : done(said)
  if (sets('/spec/paused') === true) return done(said)
  const restartAt = sets('/spec/restartAt')
  if (restartAt !== undefined) return status.restartedAt === restartAt ? done('restarted') : waiting(said)
  if (phase === 'Healthy') return done(said)
  if (phase === 'Degraded') return { done: false, message: said, error: 'degraded' }
  return phase === 'Paused' || spec.paused === true ? { done: false, message: said, error: 'paused' } : waiting(said)
}

function isConsumed(path: string, rollout: Rollout, approved: Approved): boolean {
  const { status } = rollout
  const change = approved.changes.find((each) => each.path === path)
  // Two pauses of one second look the same.
  const hasGoneOn = typeof approved.pins.step === 'number' && (status.currentStepIndex ?? 0) > approved.pins.step
  switch (path) {
    // Another pause than the one that was there: that one is over.
    case '/status/pauseConditions':
      return isPaused(rollout) && (hasGoneOn || !isDeepStrictEqual(status.pauseConditions, change?.before))
    case '/status/controllerPause':
      return isPaused(rollout) && (hasGoneOn || !isDeepStrictEqual(status.pauseConditions, formerPause(approved)))
    case '/status/currentStepIndex':
      return isFullyPromoted(rollout) || (status.currentStepIndex ?? 0) >= Number(change?.after)
    case '/status/promoteFull':
      return change?.after === true ? isFullyPromoted(rollout) : status.promoteFull !== true
    case '/status/abort':
      return change?.after === true ? isAborted(rollout) : status.abort !== true
    default:
      return false
  }
}

function formerPause({ changes }: Approved): unknown {
  return changes.find(({ path }) => path === '/status/pauseConditions')?.before
}

function isAborted(rollout: Rollout): boolean {
  return conditionOf(rollout, 'Progressing')?.reason === 'RolloutAborted'
}

function done(message: string): RolloutState {
  return { done: true, message }
}

function waiting(what: string): RolloutState {
  return { done: false, message: `Waiting: ${what}` }
}
