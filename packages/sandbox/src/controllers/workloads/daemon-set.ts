import { isApiStatusError } from '../../api/values/api-status-error.ts'
import { matchesNode } from '../cluster/scheduler.ts'
import { type Client, ownerOf } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { isAvailable, isOver, isReady, podsOf } from '../runtime/pod-state.ts'
import { type Controller, itself, ownersOf } from '../runtime/run-controllers.ts'
import type { DaemonSet, Node, Pod } from '../runtime/shapes.ts'
import { portion } from './deployment-limits.ts'
import { hashOf, keepRevisions, type Revision } from './revisions.ts'

const HASH = 'controller-revision-hash'
const RETRY_MS = 5_000
const always = ['not-ready', 'unreachable', 'disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable']

/** Keeps one pod on each node. */
export function daemonSets(client: Client): Controller {
  return {
    name: 'daemonset',
    wakes(event) {
      if (event.resource === keys.daemonSets) return itself(event)
      if (event.resource === keys.nodes) {
        return client.list<DaemonSet>(keys.daemonSets).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
      }
      return event.resource === keys.pods ? ownersOf(event, 'DaemonSet') : []
    },
    reconcile(namespace, name) {
      const set = client.get<DaemonSet>(keys.daemonSets, namespace, name)
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return undefined
      const { present } = keepRevisions(client, set)
      const nodes = client.list<Node>(keys.nodes).filter((node) => matchesNode(set.spec.template, node))
      const failed = place(client, set, present, nodes)
      update(client, set, present, nodes)
      report(client, set, present, nodes)
      return failed ? RETRY_MS : undefined
    },
  }
}

function nodeOf(pod: Pod): string {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return pod.spec.nodeName ?? terms?.[0]?.matchFields?.[0]?.values?.[0] ?? ''
}

function place(client: Client, set: DaemonSet, present: Revision, nodes: readonly Node[]): boolean {
  const pods = podsOf(client, set)
  for (const pod of pods) {
    const isMisplaced = !nodes.some(({ metadata }) => metadata.name === nodeOf(pod))
    if ((isMisplaced || isOver(pod)) && pod.metadata.deletionTimestamp === undefined) client.delete(keys.pods, pod)
  }
  for (const node of nodes) {
    if (pods.some((pod) => nodeOf(pod) === node.metadata.name)) continue
    try {
      const pod = client.create<Pod>(keys.pods, set.metadata.namespace, podFor(set, present, node))
      client.event(set, { reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}` })
    } catch (error) {
      if (!isApiStatusError(error)) throw error
      client.event(set, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${error.message}` })
      return true
    }
  }
  return false
}

function podFor(set: DaemonSet, present: Revision, node: Node): object {
  const { metadata, spec } = set.spec.template
  const tolerations = always.map((each) => ({
    key: `node.kubernetes.io/${each}`,
    operator: 'Exists',
    effect: each === 'not-ready' || each === 'unreachable' ? 'NoExecute' : 'NoSchedule',
  }))
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node.metadata.name] }]
  return {
    metadata: {
      ...metadata,
      generateName: `${set.metadata.name}-`,
      labels: {
        ...metadata.labels,
        [HASH]: hashOf(present),
        'pod-template-generation': set.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? '1',
      },
      ownerReferences: [ownerOf(set)],
    },
    spec: {
      ...spec,
      affinity: {
        ...spec.affinity,
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } },
      },
      tolerations: [...(spec.tolerations ?? []), ...tolerations],
    },
  }
}

/** Replaces pods of an older template, as many at once as may be missing. */
function update(client: Client, set: DaemonSet, present: Revision, nodes: readonly Node[]): void {
  if (set.spec.updateStrategy.type !== 'RollingUpdate') return
  const pods = podsOf(client, set)
  const most = Math.max(1, portion(set.spec.updateStrategy.rollingUpdate?.maxUnavailable, nodes.length, 'up'))
  const isDown = (pod: Pod) =>
    pod.metadata.deletionTimestamp !== undefined || !isAvailable(pod, set.spec.minReadySeconds, client.now)
  const old = pods.filter(
    (pod) => pod.metadata.labels?.[HASH] !== hashOf(present) && pod.metadata.deletionTimestamp === undefined,
  )
  let free = most - pods.filter(isDown).length - (nodes.length - pods.length)
  for (const pod of old.toSorted((left, right) => Number(isDown(right)) - Number(isDown(left)))) {
    if (!isDown(pod)) {
      if (free <= 0) continue
      free--
    }
    client.delete(keys.pods, pod)
    client.event(set, { reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` })
  }
}

function report(client: Client, set: DaemonSet, present: Revision, nodes: readonly Node[]): void {
  const pods = podsOf(client, set).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  const count = (test: (pod: Pod) => boolean) => pods.filter(test).length
  const available = count((pod) => isAvailable(pod, set.spec.minReadySeconds, client.now))
  const updated = count((pod) => pod.metadata.labels?.[HASH] === hashOf(present))
  const unavailable = nodes.length - available
  client.changeStatus<DaemonSet>(keys.daemonSets, set, () => ({
    currentNumberScheduled: pods.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: nodes.length,
    numberReady: count(isReady),
    observedGeneration: set.metadata.generation,
    ...(updated > 0 && { updatedNumberScheduled: updated }),
    ...(available > 0 && { numberAvailable: available }),
    ...(unavailable > 0 && { numberUnavailable: unavailable }),
  }))
}
