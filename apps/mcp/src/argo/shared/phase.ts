import { isBeingResumed, isFullyPromoted, isPaused, type Rollout } from './rollout.ts'

export type Phase = 'Healthy' | 'Degraded' | 'Progressing' | 'Paused'

/** How a Rollout is, as the plugin of kubectl says it. `message` is empty when there is nothing to add. */
export type PhaseState = { phase: Phase; message: string }

/** By the controller's own word where it is fresh, computed only for controllers that say none. */
export function phaseOf(rollout: Rollout): PhaseState {
  const { status } = rollout
  if (!isObserved(rollout)) return progressing('waiting for rollout spec update to be observed')
  if (isBeingResumed(rollout)) return progressing('waiting for rollout to unpause')
  if (!isWorkloadObserved(rollout)) return progressing('waiting for rollout spec update to be observed')
  if (status.phase !== undefined && status.phase !== '')
    return { phase: status.phase as Phase, message: status.message ?? '' }
  return computed(rollout)
}

/** `observedGeneration` is a string: of old controllers a hash, which tells nothing. */
export function isObserved({ metadata: { generation = 0 }, status }: Rollout): boolean {
  const observed = status.observedGeneration
  if (observed === undefined) return false
  return !/^\d+$/.test(observed) || Number(observed) > generation || Number(observed) === generation
}

export const workloadGeneration = 'rollout.argoproj.io/workload-generation'

/** With a template by reference the controller notes down which generation of it it has seen, and which it has worked in. */
function isWorkloadObserved({ spec, metadata, status }: Rollout): boolean {
  if (spec.workloadRef === undefined) return true
  return status.workloadObservedGeneration === metadata.annotations?.[workloadGeneration]
}

function computed(rollout: Rollout): PhaseState {
  const { spec, status } = rollout
  const bad = (status.conditions ?? []).find(
    ({ type, reason }) =>
      type === 'InvalidSpec' ||
      (type === 'Progressing' && (reason === 'RolloutAborted' || reason === 'ProgressDeadlineExceeded')),
  )
  if (bad !== undefined) return { phase: 'Degraded', message: `${bad.reason ?? bad.type}: ${bad.message ?? ''}` }
  if (spec.paused === true) return { phase: 'Paused', message: 'manually paused' }
  if (isPaused(rollout)) return { phase: 'Paused', message: status.pauseConditions?.[0]?.reason ?? '' }
  const waits = waitsFor(rollout)
  return waits === undefined ? { phase: 'Healthy', message: '' } : progressing(waits)
}

function waitsFor(rollout: Rollout): string | undefined {
  const { spec, status } = rollout
  const { replicas: wanted = 1 } = spec
  const { updatedReplicas: updated = 0, availableReplicas: available = 0 } = status
  if (spec.restartAt !== undefined && spec.restartAt !== status.restartedAt)
    return 'rollout has not restarted all of its pods'
  if (updated < wanted) return 'more replicas need to be updated'
  if (available < updated) return 'updated replicas are still becoming available'
  if (spec.strategy?.blueGreen !== undefined && status.blueGreen?.activeSelector !== status.currentPodHash)
    return 'active service cutover pending'
  return isFullyPromoted(rollout) ? undefined : 'waiting for all steps to complete'
}

function progressing(message: string): PhaseState {
  return { phase: 'Progressing', message }
}
