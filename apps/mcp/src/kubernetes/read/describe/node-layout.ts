import type { KubeContext } from '../../../kube/kube-context.ts'
import type { Container, Pod } from '../../../kube/workloads/pod.ts'
import { podResource } from '../../../kube/workloads/workload-pods.ts'
import { conditionTable } from '../../../output/condition-table.ts'
import { fields, type Lines, partOf, section, tableSection } from '../../../output/report.ts'
import { rolesOf } from '../../shared/nodes.ts'
import { cpuText, memoryText, quantityOf } from '../../shared/quantity.ts'
import { type Layout, partsOf } from './layout.ts'

type NodeSpec = { unschedulable: boolean; taints: { key: string; value?: string; effect: string }[] }
type NodeStatus = {
  addresses: { type: string; address: string }[]
  capacity: Record<string, string>
  allocatable: Record<string, string>
  nodeInfo: Record<string, string>
}

export const nodeLayout: Layout = async (object, context) => {
  const { spec, status } = partsOf<NodeSpec, NodeStatus>(object)
  return [
    ...fields([
      ['Roles', rolesOf(object)],
      ['Unschedulable', spec.unschedulable ?? false],
      ['Taints', (spec.taints ?? []).map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`)],
      ['Addresses', status.addresses?.map(({ type, address }) => `${type} ${address}`)],
      ['Kubelet', status.nodeInfo?.kubeletVersion],
      ['Runtime', status.nodeInfo?.containerRuntimeVersion],
      ['System', [status.nodeInfo?.osImage, status.nodeInfo?.architecture].filter(Boolean)],
    ]),
    ...conditionTable(status),
    ...section('Capacity', fields(Object.entries(status.capacity ?? {}))),
    ...section('Allocatable', fields(Object.entries(status.allocatable ?? {}))),
    ...(await partOf('Pods', podsOfNode(object.metadata.name, status.allocatable ?? {}, context))),
  ]
}

const resources = ['cpu', 'memory'] as const
type Sums = Record<`${'requests' | 'limits'}.${(typeof resources)[number]}`, number>

async function podsOfNode(name: string, allocatable: Record<string, string>, { kube }: KubeContext): Promise<Lines> {
  const { items } = await kube.list(await podResource(kube), { fieldSelector: `spec.nodeName=${name}` })
  const running = (items as Pod[]).filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
  const sums = running.map((pod) => ({ pod, sum: sumOf(pod) }))
  const rows = sums.map(({ pod: { metadata }, sum }) => [metadata.namespace, metadata.name, ...sumCells(sum)])
  const total = sums.map(({ sum }) => sum).reduce(added, noSum)
  const percent = (used: number, of: string | undefined) =>
    quantityOf(of) > 0 ? `${Math.round((100 * used) / quantityOf(of))}%` : ''
  return [
    ...tableSection(
      `Pods (${running.length})`,
      ['NAMESPACE', 'NAME', 'CPU REQUESTS', 'CPU LIMITS', 'MEMORY REQUESTS', 'MEMORY LIMITS'],
      rows,
    ),
    ...section(
      'Totals',
      fields([
        ['CPU requests', `${cpuText(total['requests.cpu'])} ${percent(total['requests.cpu'], allocatable.cpu)}`],
        ['CPU limits', `${cpuText(total['limits.cpu'])} ${percent(total['limits.cpu'], allocatable.cpu)}`],
        [
          'Memory requests',
          `${memoryText(total['requests.memory'])} ${percent(total['requests.memory'], allocatable.memory)}`,
        ],
        [
          'Memory limits',
          `${memoryText(total['limits.memory'])} ${percent(total['limits.memory'], allocatable.memory)}`,
        ],
      ]),
    ),
  ]
}

const noSum: Sums = { 'requests.cpu': 0, 'requests.memory': 0, 'limits.cpu': 0, 'limits.memory': 0 }

/** What the scheduler counts: init containers run one after another and before the others, so the larger of both. */
function sumOf({ spec }: Pod): Sums {
  const together = (spec?.containers ?? []).map(sumOfContainer).reduce(added, noSum)
  return (spec?.initContainers ?? []).map(sumOfContainer).reduce(larger, together)
}

function sumOfContainer(container: Container): Sums {
  const { requests = {}, limits = {} } = (container.resources ?? {}) as Record<
    string,
    Record<string, string> | undefined
  >
  return {
    'requests.cpu': quantityOf(requests.cpu),
    'requests.memory': quantityOf(requests.memory),
    'limits.cpu': quantityOf(limits.cpu),
    'limits.memory': quantityOf(limits.memory),
  }
}

function added(a: Sums, b: Sums): Sums {
  return combined(a, b, (left, right) => left + right)
}

function larger(a: Sums, b: Sums): Sums {
  return combined(a, b, Math.max)
}

function combined(a: Sums, b: Sums, combine: (left: number, right: number) => number): Sums {
  return Object.fromEntries((Object.keys(a) as (keyof Sums)[]).map((key) => [key, combine(a[key], b[key])])) as Sums
}

function sumCells(sum: Sums): string[] {
  return [
    cpuText(sum['requests.cpu']),
    cpuText(sum['limits.cpu']),
    memoryText(sum['requests.memory']),
    memoryText(sum['limits.memory']),
  ]
}
