/** How far a workload's rollout is, by the rules of `kubectl rollout status`. */
export type RolloutState = {
  /** Nothing more will happen by itself. */
  done: boolean
  /** One line for people, "Waiting: …" while it is under way. */
  message: string
  /** Why waiting is pointless. `no-rollout` comes with `done`: the workload's strategy leaves updates to people. */
  error?: 'deadline-exceeded' | 'no-rollout' | 'degraded' | 'paused'
}

/** As much of a workload as the rules read; an object of the API as it is. */
export type Workload = {
  kind?: string
  metadata?: { name?: string; generation?: number }
  spec?: unknown
  status?: unknown
}

type Spec = {
  replicas?: number
  paused?: boolean
  updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } }
}

type Status = {
  observedGeneration?: number
  replicas?: number
  updatedReplicas?: number
  availableReplicas?: number
  readyReplicas?: number
  desiredNumberScheduled?: number
  updatedNumberScheduled?: number
  numberAvailable?: number
  currentRevision?: string
  updateRevision?: string
  conditions?: { type?: string; reason?: string }[]
}

/** A kind without a rollout is done as it stands. */
export function rolloutState(workload: Workload): RolloutState {
  const rule = rules[workload.kind ?? '']
  if (rule === undefined) return done(`${workload.kind ?? 'object'} has no rollout`)
  const spec = (workload.spec ?? {}) as Spec
  const status = (workload.status ?? {}) as Status
  if (workload.kind !== 'Deployment' && spec.updateStrategy?.type === 'OnDelete')
    return {
      ...done(`no rollout: ${titleOf(workload)} updates its pods only when they are deleted`),
      error: 'no-rollout',
    }
  if ((workload.metadata?.generation ?? 0) > (status.observedGeneration ?? 0))
    return waiting('the new specification has not been observed yet')
  return rule(titleOf(workload), spec, status)
}

type Rule = (title: string, spec: Spec, status: Status) => RolloutState

const deployment: Rule = (title, spec, status) => {
  const { replicas: wanted = 1, paused } = spec
  const { updatedReplicas: updated = 0, replicas: all = 0, availableReplicas: available = 0 } = status
  const progressing = status.conditions?.find((condition) => condition.type === 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    return { done: false, message: `${title} exceeded its progress deadline`, error: 'deadline-exceeded' }
  const held = paused ? ' (it is paused)' : ''
  if (updated < wanted) return waiting(`${updated} of ${wanted} new replicas have been updated${held}`)
  if (all > updated) return waiting(`${all - updated} old replicas are pending termination`)
  if (available < updated) return waiting(`${available} of ${updated} updated replicas are available`)
  return done(`${title} successfully rolled out`)
}

const daemonSet: Rule = (title, _, status) => {
  const {
    desiredNumberScheduled: wanted = 0,
    updatedNumberScheduled: updated = 0,
    numberAvailable: available = 0,
  } = status
  if (updated < wanted) return waiting(`${updated} of ${wanted} new pods have been updated`)
  if (available < wanted) return waiting(`${available} of ${wanted} updated pods are available`)
  return done(`${title} successfully rolled out`)
}

const statefulSet: Rule = (title, spec, status) => {
  const { replicas: wanted = 1 } = spec
  const { readyReplicas: ready = 0, updatedReplicas: updated = 0 } = status
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0
  if (ready < wanted) return waiting(`${ready} of ${wanted} pods are ready`)
  if (partition > 0) {
    const share = Math.max(wanted - partition, 0)
    if (updated < share) return waiting(`${updated} of ${share} pods of the partition have been updated`)
    return done(`${title} partitioned roll out complete: ${updated} new pods have been updated`)
  }
  if (status.updateRevision !== status.currentRevision)
    return waiting(`${updated} pods are at revision ${status.updateRevision}`)
  return done(`${title} successfully rolled out`)
}

const rules: { [kind: string]: Rule | undefined } = {
  Deployment: deployment,
  DaemonSet: daemonSet,
  StatefulSet: statefulSet,
}

function titleOf({ kind, metadata }: Workload): string {
  return `${kind} "${metadata?.name ?? ''}"`
}

function waiting(what: string): RolloutState {
  return { done: false, message: `Waiting: ${what}` }
}

function done(message: string): RolloutState {
  return { done: true, message }
}
