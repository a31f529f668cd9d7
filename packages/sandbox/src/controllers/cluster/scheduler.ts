import { quantityOf } from '../../api/values/quantity.ts'
import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { conditionOf, isActive, isSelected, withCondition } from '../runtime/pod-state.ts'
import { type Controller, itself } from '../runtime/run-controllers.ts'
import type { Node, NodeTerm, Pod, Toleration } from '../runtime/shapes.ts'

const RETRY_MS = 30_000

/** Places pods onto nodes by what they ask for. */
export function scheduler(client: Client): Controller {
  return {
    name: 'scheduler',
    wakes(event) {
      if (event.resource === keys.pods) return [...itself(event), ...(event.type === 'DELETED' ? waiting(client) : [])]
      return event.resource === keys.nodes && event.type !== 'DELETED' ? waiting(client) : []
    },
    reconcile(namespace, name) {
      const pod = client.get<Pod>(keys.pods, namespace, name)
      if (pod === undefined || pod.spec.nodeName || !isActive(pod)) return undefined
      if (pod.spec.schedulerName !== 'default-scheduler') return undefined
      const nodes = client.list<Node>(keys.nodes)
      const placed = client.list<Pod>(keys.pods).filter((each) => each.spec.nodeName && isActive(each))
      const judged = nodes.map((node) => ({ node, why: obstacle(pod, node, placed) }))
      const fitting = judged.filter(({ why }) => why === undefined).map(({ node }) => node)
      if (fitting.length === 0) {
        refuse(
          client,
          pod,
          judged.map(({ why }) => why ?? ''),
        )
        return RETRY_MS
      }
      const load = (node: Node) => placed.filter(({ spec }) => spec.nodeName === node.metadata.name).length
      const [best] = fitting.toSorted((left, right) => load(left) - load(right))
      if (best) place(client, pod, best)
      return undefined
    },
  }
}

function waiting(client: Client): string[] {
  return client
    .list<Pod>(keys.pods)
    .filter((pod) => !pod.spec.nodeName && isActive(pod))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
}

function place(client: Client, pod: Pod, node: Node): void {
  const placed = client.change<Pod>(keys.pods, pod, ({ spec }) => {
    spec.nodeName = node.metadata.name
  })
  if (placed === undefined) return
  client.changeStatus<Pod>(keys.pods, placed, (status) => ({
    ...status,
    conditions: withCondition(status.conditions, { type: 'PodScheduled', status: 'True' }, client.timestamp),
  }))
  const { namespace, name } = pod.metadata
  const message = `Successfully assigned ${namespace}/${name} to ${node.metadata.name}`
  client.event(pod, { reason: 'Scheduled', message })
}

function refuse(client: Client, pod: Pod, reasons: readonly string[]): void {
  const counted = [...Map.groupBy(reasons, (each) => each)]
    .map(([reason, each]) => `${each.length} ${reason}`)
    .toSorted()
    .join(', ')
  const preemption = reasons.every((each) => /^Insufficient|^Too many/.test(each))
    ? `No preemption victims found for incoming pod`
    : `Preemption is not helpful for scheduling`
  const message =
    reasons.length === 0
      ? 'no nodes available to schedule pods'
      : `0/${reasons.length} nodes are available: ${counted}. preemption: 0/${reasons.length} nodes are available: ${reasons.length} ${preemption}.`
  if (conditionOf(pod, 'PodScheduled')?.message !== message) {
    client.changeStatus<Pod>(keys.pods, pod, (status) => ({
      ...status,
      conditions: withCondition(
        status.conditions,
        { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message },
        client.timestamp,
      ),
    }))
  }
  client.event(pod, { type: 'Warning', reason: 'FailedScheduling', message })
}

/** Why a pod cannot go onto a node, in the scheduler's words. */
export function obstacle(pod: Pod, node: Node, placed: readonly Pod[]): string | undefined {
  const taint = (node.spec.taints ?? []).find(
    (each) => each.effect !== 'PreferNoSchedule' && !(pod.spec.tolerations ?? []).some((one) => tolerates(one, each)),
  )
  if (taint?.key === 'node.kubernetes.io/unschedulable') return 'node(s) were unschedulable'
  if (!matchesNode(pod, node)) return "node(s) didn't match Pod's node affinity/selector"
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`
  const here = placed.filter(({ spec }) => spec.nodeName === node.metadata.name)
  const apart = pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  const isTooClose = apart.some(({ labelSelector }) =>
    here.some((each) => each.metadata.namespace === pod.metadata.namespace && isSelected(labelSelector ?? {}, each)),
  )
  if (isTooClose) return "node(s) didn't match pod anti-affinity rules"
  const allocatable = node.status.allocatable ?? {}
  if (here.length + 1 > Number(allocatable.pods ?? '110')) return 'Too many pods'
  for (const [name, wanted] of requestsOf(pod)) {
    const used = here.reduce((sum, each) => sum + (requestsOf(each).get(name) ?? 0n), 0n)
    if (wanted > 0n && used + wanted > (quantityOf(allocatable[name] ?? '0') ?? 0n)) return `Insufficient ${name}`
  }
  return undefined
}

function tolerates(toleration: Toleration, taint: { key: string; value?: string; effect: string }): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (!toleration.key) return toleration.operator === 'Exists'
  if (toleration.key !== taint.key) return false
  return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '')
}

/** Whether selector and affinity of a pod let it onto a node. */
export function matchesNode({ spec }: Pick<Pod, 'spec'>, { metadata }: Node): boolean {
  const labels = metadata.labels ?? {}
  const isSelectedByLabels = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return isSelectedByLabels && (terms === undefined || terms.some((term) => matchesTerm(term, labels, metadata.name)))
}

function matchesTerm(term: NodeTerm, labels: Record<string, string>, name: string): boolean {
  const holds = (
    of: Record<string, string>,
    { key, operator, values = [] }: { key: string; operator: string; values?: string[] },
  ) => {
    const value = of[key]
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value)
      case 'NotIn':
        return value === undefined || !values.includes(value)
      case 'Exists':
        return value !== undefined
      case 'DoesNotExist':
        return value === undefined
      case 'Gt':
        return Number(value) > Number(values[0])
      default:
        return Number(value) < Number(values[0])
    }
  }
  const byLabels = (term.matchExpressions ?? []).every((each) => holds(labels, each))
  return byLabels && (term.matchFields ?? []).every((each) => holds({ 'metadata.name': name }, each))
}

/** What a pod asks for in all, in billionths. */
export function requestsOf({ spec }: Pick<Pod, 'spec'>): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const { resources } of spec.containers) {
    for (const [name, amount] of Object.entries(resources?.requests ?? {})) {
      sums.set(name, (sums.get(name) ?? 0n) + (quantityOf(amount) ?? 0n))
    }
  }
  for (const { resources } of spec.initContainers ?? []) {
    for (const [name, amount] of Object.entries(resources?.requests ?? {})) {
      const wanted = quantityOf(amount) ?? 0n
      if (wanted > (sums.get(name) ?? 0n)) sums.set(name, wanted)
    }
  }
  return sums
}
