import { isApiStatusError } from '../../api/values/api-status-error.ts'
import { type Client, isControlledBy, ownerOf } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { isActive, isAvailable, isReady, isSelected, podsOf, withCondition } from '../runtime/pod-state.ts'
import { type Controller, itself, ownersOf } from '../runtime/run-controllers.ts'
import type { Condition, Pod, ReplicaSet } from '../runtime/shapes.ts'

const RETRY_MS = 5_000

/** Keeps the number of pods that the spec wants. */
export function replicaSets(client: Client): Controller {
  return {
    name: 'replicaset',
    wakes(event) {
      if (event.resource === keys.replicaSets) return itself(event)
      return event.resource === keys.pods ? ownersOf(event, 'ReplicaSet') : []
    },
    reconcile(namespace, name) {
      const set = client.get<ReplicaSet>(keys.replicaSets, namespace, name)
      if (set === undefined) return undefined
      adopt(client, set)
      const pods = podsOf(client, set).filter(isActive)
      const failure = set.metadata.deletionTimestamp === undefined ? manage(client, set, pods) : undefined
      const now = podsOf(client, set).filter(isActive)
      report(client, set, now, failure)
      if (failure !== undefined) return RETRY_MS
      const isWaiting = now.some((pod) => isReady(pod) && !isAvailable(pod, set.spec.minReadySeconds, client.now))
      return isWaiting ? 1_000 : undefined
    },
  }
}

/** Takes pods that fit and belong to nobody. */
function adopt(client: Client, set: ReplicaSet): void {
  if (set.metadata.deletionTimestamp !== undefined) return
  for (const pod of client.list<Pod>(keys.pods, set.metadata.namespace)) {
    const isFree = !pod.metadata.ownerReferences?.some(({ controller }) => controller === true)
    if (!isFree || !isActive(pod) || !isSelected(set.spec.selector, pod)) {
      if (isControlledBy(pod, set) && !isSelected(set.spec.selector, pod)) release(client, set, pod)
      continue
    }
    client.change<Pod>(keys.pods, pod, ({ metadata }) => {
      metadata.ownerReferences = [...(metadata.ownerReferences ?? []), ownerOf(set)]
    })
  }
}

function release(client: Client, set: ReplicaSet, pod: Pod): void {
  client.change<Pod>(keys.pods, pod, ({ metadata }) => {
    metadata.ownerReferences = metadata.ownerReferences?.filter(({ uid }) => uid !== set.metadata.uid)
  })
}

/** The message of what kept a pod from being made. */
function manage(client: Client, set: ReplicaSet, pods: readonly Pod[]): string | undefined {
  const missing = set.spec.replicas - pods.length
  for (let count = 0; count < missing; count++) {
    try {
      const pod = client.create<Pod>(keys.pods, set.metadata.namespace, podOf(set))
      client.event(set, { reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}` })
    } catch (error) {
      if (!isApiStatusError(error)) throw error
      client.event(set, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${error.message}` })
      return error.message
    }
  }
  if (missing >= 0) return undefined
  const byWorth = pods.toSorted((left, right) => worthOf(left) - worthOf(right) || newerFirst(left, right))
  for (const pod of byWorth.slice(0, -missing)) {
    client.delete(keys.pods, pod)
    client.event(set, { reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` })
  }
  return undefined
}

function podOf(set: ReplicaSet): object {
  const { metadata, spec } = set.spec.template
  const { labels, annotations, finalizers } = metadata
  return {
    metadata: {
      generateName: `${set.metadata.name}-`,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [ownerOf(set)],
    },
    spec,
  }
}

/** What goes first when there are too many: not placed, not running, not ready. */
function worthOf(pod: Pod): number {
  if (!pod.spec.nodeName) return 0
  if (pod.status.phase === 'Pending') return 1
  if (!isReady(pod)) return 2
  const cost = Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0)
  return 3 + cost
}

function newerFirst(left: Pod, right: Pod): number {
  return Date.parse(right.metadata.creationTimestamp) - Date.parse(left.metadata.creationTimestamp)
}

function report(client: Client, set: ReplicaSet, pods: readonly Pod[], failure: string | undefined): void {
  const ready = pods.filter(isReady).length
  const available = pods.filter((pod) => isAvailable(pod, set.spec.minReadySeconds, client.now)).length
  const labeled = pods.filter((pod) =>
    Object.entries(set.spec.template.metadata.labels ?? {}).every(
      ([key, value]) => pod.metadata.labels?.[key] === value,
    ),
  ).length
  client.changeStatus<ReplicaSet>(keys.replicaSets, set, (status) => {
    const condition: Condition = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: failure }
    const others = status.conditions?.filter(({ type }) => type !== 'ReplicaFailure') ?? []
    const conditions = failure ? withCondition(status.conditions, condition, client.timestamp) : others
    return {
      replicas: pods.length,
      ...(labeled > 0 && { fullyLabeledReplicas: labeled }),
      ...(ready > 0 && { readyReplicas: ready }),
      ...(available > 0 && { availableReplicas: available }),
      observedGeneration: set.metadata.generation,
      ...(conditions.length > 0 && { conditions }),
    }
  })
}
