import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { conditionOf, withCondition } from '../runtime/pod-state.ts'
import type { Condition, Deployment, ReplicaSet } from '../runtime/shapes.ts'
import { limitsOf } from './deployment-limits.ts'

type Counts = Required<
  Pick<Deployment['status'], 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'>
>

/** Writes how far a roll-out is. The answer is when its deadline is to be looked at, in milliseconds. */
export function reportDeployment(
  client: Client,
  deployment: Deployment,
  newest: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
): number | undefined {
  const sum = (count: (set: ReplicaSet) => number | undefined) =>
    sets.reduce((all, each) => all + (count(each) ?? 0), 0)
  const counts: Counts = {
    replicas: sum(({ status }) => status.replicas),
    updatedReplicas: newest?.status.replicas ?? 0,
    readyReplicas: sum(({ status }) => status.readyReplicas),
    availableReplicas: sum(({ status }) => status.availableReplicas),
  }
  const unavailableReplicas = Math.max(
    0,
    Math.max(deployment.spec.replicas, counts.replicas) - counts.availableReplicas,
  )
  const live =
    client.get<Deployment>(keys.deployments, deployment.metadata.namespace, deployment.metadata.name) ?? deployment
  let conditions = withCondition(
    live.status.conditions,
    stamped(client, live, availability(deployment, counts)),
    client.timestamp,
  )
  const progress = progressOf(client, live, { newest, counts })
  if (progress) conditions = withCondition(conditions, stamped(client, live, progress), client.timestamp)
  const failed = sets.map((each) => conditionOf(each, 'ReplicaFailure')).find((each) => each !== undefined)
  conditions = failed
    ? withCondition(conditions, { ...failed, lastUpdateTime: failed.lastTransitionTime }, client.timestamp)
    : conditions.filter(({ type }) => type !== 'ReplicaFailure')
  client.changeStatus<Deployment>(keys.deployments, live, () => ({
    observedGeneration: live.metadata.generation,
    ...Object.fromEntries(Object.entries({ ...counts, unavailableReplicas }).filter(([, count]) => count > 0)),
    conditions,
  }))
  const isUnderWay = progress?.status === 'True' && progress.reason !== 'NewReplicaSetAvailable'
  if (!isUnderWay) return undefined
  const since = Date.parse(conditions.find(({ type }) => type === 'Progressing')?.lastUpdateTime ?? client.timestamp)
  return Math.max(1_000, since + deployment.spec.progressDeadlineSeconds * 1000 - client.now + 500)
}

/** The time of the last update moves when anything but the time is new. */
function stamped(client: Client, deployment: Deployment, next: Condition): Condition {
  const before = conditionOf(deployment, next.type)
  const isSame =
    before?.status === next.status &&
    before.reason === next.reason &&
    before.message === next.message &&
    !(next.type === 'Progressing' && next.lastUpdateTime !== undefined)
  return { ...next, lastUpdateTime: isSame ? before?.lastUpdateTime : client.timestamp }
}

function availability(deployment: Deployment, counts: Counts): Condition {
  const isEnough = counts.availableReplicas >= deployment.spec.replicas - limitsOf(deployment).unavailable
  return isEnough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      }
}

function progressOf(
  client: Client,
  deployment: Deployment,
  { newest, counts }: { newest: ReplicaSet | undefined; counts: Counts },
): Condition | undefined {
  const before = conditionOf(deployment, 'Progressing')
  if (deployment.spec.paused) {
    if (before?.reason === 'DeploymentPaused') return before
    const message = 'Deployment is paused'
    return { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', message }
  }
  const named = `ReplicaSet "${newest?.metadata.name}"`
  const { replicas } = deployment.spec
  const isDone =
    counts.updatedReplicas === replicas && counts.replicas === replicas && counts.availableReplicas === replicas
  if (isDone) {
    const message = `${named} has successfully progressed.`
    return { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message }
  }
  const was = deployment.status
  const hasMoved =
    counts.updatedReplicas > (was.updatedReplicas ?? 0) ||
    counts.readyReplicas > (was.readyReplicas ?? 0) ||
    counts.availableReplicas > (was.availableReplicas ?? 0) ||
    counts.replicas - counts.updatedReplicas < (was.replicas ?? 0) - (was.updatedReplicas ?? 0)
  const isNew = before === undefined || !before.message?.includes(`"${newest?.metadata.name}"`)
  // A roll-out that was done and merely lost a pod is no roll-out.
  if (
    before?.reason === 'NewReplicaSetAvailable' &&
    !isNew &&
    was.observedGeneration === deployment.metadata.generation &&
    counts.updatedReplicas === counts.replicas
  ) {
    return before
  }
  if (isNew || hasMoved || before.reason === 'DeploymentPaused') {
    return {
      type: 'Progressing',
      status: 'True',
      reason: isNew ? 'NewReplicaSetCreated' : 'ReplicaSetUpdated',
      message: isNew ? `Created new replica set "${newest?.metadata.name}"` : `${named} is progressing.`,
      lastUpdateTime: client.timestamp,
    }
  }
  if (before.reason === 'ProgressDeadlineExceeded') return before
  const since = Date.parse(before.lastUpdateTime ?? client.timestamp)
  if (client.now < since + deployment.spec.progressDeadlineSeconds * 1000) return before
  const message = `${named} has timed out progressing.`
  return { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message }
}
