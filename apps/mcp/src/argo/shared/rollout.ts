import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'

/** As much of a Rollout as is read; the server may leave out any of it. */
export type RolloutSpec = {
  replicas?: number
  paused?: boolean
  restartAt?: string
  selector?: unknown
  template?: Readonly<Record<string, unknown>>
  workloadRef?: { apiVersion?: string; kind?: string; name?: string }
  strategy?: { canary?: CanaryStrategy; blueGreen?: BlueGreenStrategy }
  rollbackWindow?: { revisions?: number }
}

export type CanaryStrategy = {
  steps?: readonly Step[]
  canaryService?: string
  stableService?: string
  trafficRouting?: Readonly<Record<string, unknown>>
  abortScaleDownDelaySeconds?: number
}

export type BlueGreenStrategy = {
  activeService?: string
  previewService?: string
  autoPromotionEnabled?: boolean
  autoPromotionSeconds?: number
}

/** One step of a canary: exactly one of these. */
export type Step = {
  setWeight?: number
  pause?: { duration?: string | number }
  setCanaryScale?: { replicas?: number; weight?: number; matchTrafficWeight?: boolean }
  analysis?: { templates?: readonly { templateName?: string }[] }
  experiment?: { templates?: readonly { name?: string }[] }
  setHeaderRoute?: { name?: string }
  setMirrorRoute?: { name?: string; percentage?: number }
  plugin?: { name?: string }
}

export type RunStatus = { name?: string; status?: string; message?: string }

export type RolloutStatus = {
  observedGeneration?: string
  workloadObservedGeneration?: string
  phase?: string
  message?: string
  abort?: boolean
  promoteFull?: boolean
  controllerPause?: boolean
  pauseConditions?: readonly { reason?: string; startTime?: string }[]
  currentStepIndex?: number
  currentPodHash?: string
  stableRS?: string
  restartedAt?: string
  replicas?: number
  updatedReplicas?: number
  readyReplicas?: number
  availableReplicas?: number
  conditions?: readonly { type?: string; status?: string; reason?: string; message?: string }[]
  canary?: {
    weights?: { canary?: { weight?: number }; stable?: { weight?: number } }
    currentStepAnalysisRunStatus?: RunStatus
    currentBackgroundAnalysisRunStatus?: RunStatus
    currentExperiment?: string
  }
  blueGreen?: {
    activeSelector?: string
    previewSelector?: string
    prePromotionAnalysisRunStatus?: RunStatus
    postPromotionAnalysisRunStatus?: RunStatus
  }
}

export type Rollout = KubeObject & { spec: RolloutSpec; status: RolloutStatus }

/** The same object with a spec and a status that may be read from. */
export function asRollout(object: KubeObject): Rollout {
  const { spec, status } = object
  return { ...object, spec: isRecord(spec) ? spec : {}, status: isRecord(status) ? status : {} }
}

export function stepsOf({ spec }: Pick<Rollout, 'spec'>): readonly Step[] {
  return spec.strategy?.canary?.steps ?? []
}

export function isPaused({ status }: Pick<Rollout, 'status'>): boolean {
  return (status.pauseConditions ?? []).length > 0
}

/** Somebody has just ended its pause, and the controller has not reacted yet. */
export function isBeingResumed({ status }: Pick<Rollout, 'status'>): boolean {
  return status.controllerPause === true && !isPaused({ status })
}

/** The newest version is the stable one. */
export function isFullyPromoted({ status: { stableRS, currentPodHash } }: Pick<Rollout, 'status'>): boolean {
  return stableRS !== undefined && stableRS !== '' && stableRS === currentPodHash
}

export function conditionOf({ status }: Pick<Rollout, 'status'>, type: string) {
  return status.conditions?.find((condition) => condition.type === type)
}
