import { isApiStatusError } from '../../api/values/api-status-error.ts'
import { type Client, ownerOf } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { isAvailable, isReady, podsOf } from '../runtime/pod-state.ts'
import { type Controller, itself, ownersOf } from '../runtime/run-controllers.ts'
import type { Pod, StatefulSet } from '../runtime/shapes.ts'
import { keepRevisions, type Revision, templateOf } from './revisions.ts'

const HASH = 'controller-revision-hash'
const RETRY_MS = 5_000

/** Keeps pods with fixed names, one after the other. */
export function statefulSets(client: Client): Controller {
  return {
    name: 'statefulset',
    wakes(event) {
      if (event.resource === keys.statefulSets) return itself(event)
      return event.resource === keys.pods ? ownersOf(event, 'StatefulSet') : []
    },
    reconcile(namespace, name) {
      const set = client.get<StatefulSet>(keys.statefulSets, namespace, name)
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return undefined
      const { present, all } = keepRevisions(client, set)
      const before = all.find((each) => each.metadata.name === set.status.currentRevision) ?? present
      const failed = step(client, set, { present, before })
      report(client, set, present, before)
      return failed ? RETRY_MS : undefined
    },
  }
}

type Revisions = { present: Revision; before: Revision }

/** One step; whether it could not be done. */
function step(client: Client, set: StatefulSet, revisions: Revisions): boolean {
  const pods = new Map(podsOf(client, set).map((pod) => [ordinalOf(pod), pod]))
  const { replicas, podManagementPolicy, updateStrategy } = set.spec
  const isOrdered = podManagementPolicy === 'OrderedReady'
  const partition = updateStrategy.rollingUpdate?.partition ?? 0
  const isLagging = (pod: Pod | undefined) =>
    pod === undefined || !isReady(pod) || pod.metadata.deletionTimestamp !== undefined
  for (let ordinal = 0; ordinal < replicas; ordinal++) {
    const pod = pods.get(ordinal)
    if (pod && (pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded')) client.delete(keys.pods, pod)
    if (pod === undefined) {
      const revision = ordinal < partition ? revisions.before : revisions.present
      if (!create(client, set, ordinal, revision)) return true
    }
    if (isOrdered && isLagging(pod)) {
      // A pod of an older template that does not come up would hold the new one back for ever.
      const isOutdated = pod && revisionName(pod) !== revisions.present.metadata.name
      if (!(pod && isOutdated && ordinal >= partition && updateStrategy.type === 'RollingUpdate')) return false
    }
  }
  const beyond = [...pods].filter(([ordinal]) => ordinal >= replicas).toSorted(([left], [right]) => right - left)
  for (const [, pod] of beyond) {
    if (pod.metadata.deletionTimestamp === undefined) remove(client, set, pod)
    if (isOrdered) return false
  }
  if (updateStrategy.type !== 'RollingUpdate') return false
  for (let ordinal = replicas - 1; ordinal >= partition; ordinal--) {
    const pod = pods.get(ordinal)
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return false
    if (revisionName(pod) !== revisions.present.metadata.name) {
      remove(client, set, pod)
      return false
    }
    if (isLagging(pod)) return false
  }
  return false
}

function remove(client: Client, set: StatefulSet, pod: Pod): void {
  client.delete(keys.pods, pod)
  const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
  client.event(set, { reason: 'SuccessfulDelete', message })
}

function revisionName(pod: Pod): string | undefined {
  return pod.metadata.labels?.[HASH]
}

function ordinalOf(pod: Pod): number {
  return Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1)
}

function create(client: Client, set: StatefulSet, ordinal: number, revision: Revision): boolean {
  const name = `${set.metadata.name}-${ordinal}`
  const { metadata, spec } = templateOf(revision)
  const claims = (set.spec.volumeClaimTemplates ?? []).map((template) => {
    const claim = `${template.metadata.name}-${name}`
    if (client.get(keys.claims, set.metadata.namespace, claim) === undefined) {
      client.create(keys.claims, set.metadata.namespace, {
        metadata: { name: claim, labels: set.spec.selector.matchLabels },
        spec: template.spec,
      })
    }
    return { name: template.metadata.name, persistentVolumeClaim: { claimName: claim } }
  })
  const body = {
    metadata: {
      ...metadata,
      name,
      labels: {
        ...metadata.labels,
        'apps.kubernetes.io/pod-index': String(ordinal),
        [HASH]: revision.metadata.name,
        'statefulset.kubernetes.io/pod-name': name,
      },
      ownerReferences: [ownerOf(set)],
    },
    spec: {
      ...spec,
      hostname: name,
      ...(set.spec.serviceName && { subdomain: set.spec.serviceName }),
      ...(claims.length > 0 && { volumes: [...claims, ...(spec.volumes ?? [])] }),
    },
  }
  try {
    client.create(keys.pods, set.metadata.namespace, body)
    const message = `create Pod ${name} in StatefulSet ${set.metadata.name} successful`
    client.event(set, { reason: 'SuccessfulCreate', message })
    return true
  } catch (error) {
    if (!isApiStatusError(error)) throw error
    const message = `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${error.message}`
    client.event(set, { type: 'Warning', reason: 'FailedCreate', message })
    return false
  }
}

function report(client: Client, set: StatefulSet, present: Revision, before: Revision): void {
  const pods = podsOf(client, set).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  const count = (test: (pod: Pod) => boolean) => pods.filter(test).length
  const updated = count((pod) => revisionName(pod) === present.metadata.name)
  const ready = count(isReady)
  const isDone = updated === set.spec.replicas && pods.length === set.spec.replicas && ready === set.spec.replicas
  const current = isDone ? present : before
  const currentReplicas = count((pod) => revisionName(pod) === current.metadata.name)
  client.changeStatus<StatefulSet>(keys.statefulSets, set, (status) => ({
    ...(status.conditions ? { conditions: status.conditions } : {}),
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    ...(ready > 0 && { readyReplicas: ready }),
    availableReplicas: count((pod) => isAvailable(pod, set.spec.minReadySeconds, client.now)),
    ...(currentReplicas > 0 && { currentReplicas }),
    ...(updated > 0 && { updatedReplicas: updated }),
    currentRevision: current.metadata.name,
    updateRevision: present.metadata.name,
    collisionCount: 0,
  }))
}
