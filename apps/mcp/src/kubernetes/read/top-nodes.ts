import { z } from 'zod'
import type { KubeObject } from '../../effect/kube-object.ts'
import { InvalidInput } from '../../input/invalid-input.ts'
import { objectName } from '../../input/names.ts'
import { byLabels } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { text } from '../../input/reader.ts'
import type { Kube } from '../../kube/kube.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { defineTool } from '../shared/define-tool.ts'
import { metricsOf, noSamples, type Usage, type Used, usedOf } from '../shared/metrics/metrics.ts'
import { noHeaders, showUsage, sortBy, sorted } from '../shared/metrics/show-usage.ts'
import { mostNodes } from '../shared/nodes.ts'
import { cpuText, memoryText } from '../shared/quantity.ts'

type NodeMetrics = KubeObject & { usage?: Usage }

const columns = ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)']

export const k8sTopNodes = defineTool({
  name: 'k8s_top_nodes',
  title: 'Get Kubernetes Node Resource Usage',
  description: 'Show what nodes use of CPU and memory, in per cent of what pods can have.',
  tags: ['metrics'],
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({
    node_name: optional('node_name', text(objectName), null),
    sort_by: sortBy,
    label_selector: byLabels,
    no_headers: noHeaders,
  }),
  async run({ node_name, sort_by, label_selector, no_headers }, context): Promise<ToolResult> {
    if (node_name !== null && label_selector !== null)
      throw new InvalidInput('node_name and label_selector exclude each other.')
    const { kube } = context
    const resource = await metricsOf(kube, 'nodes')
    const nodes = await nodesOf(kube, node_name, label_selector ?? undefined)
    if (nodes.length === 0) return { output: 'No resources found.', total_items: 0, returned_items: 0 }
    const samples = await kube.list(resource, { labelSelector: label_selector ?? undefined })
    const usage = new Map((samples.items as NodeMetrics[]).map((each) => [each.metadata.name, each.usage]))
    const rows = nodes
      .map((node) => rowOf(node, usage.get(node.metadata.name)))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    if (rows.every(({ used }) => used === undefined))
      throw noSamples(node_name === null ? 'nodes' : `node "${node_name}"`)
    return showUsage(sorted(rows, sort_by), {
      columns,
      withHeader: !no_headers,
      narrow: 'node_name or label_selector',
      context,
    })
  },
})

async function nodesOf(kube: Kube, name: string | null, labelSelector: string | undefined): Promise<KubeObject[]> {
  const resource = await kube.resolve('nodes.v1.')
  return name === null
    ? (await kube.list(resource, { labelSelector, atMost: mostNodes })).items
    : [await kube.read({ resource, name })]
}

function rowOf({ metadata: { name }, status }: KubeObject, usage: Usage | undefined) {
  if (usage === undefined) return { name, used: undefined, cells: [name, ...Array<string>(4).fill('<unknown>')] }
  const { allocatable } = (status ?? {}) as { allocatable?: Usage }
  const [used, all] = [usedOf(usage), usedOf(allocatable)]
  const percent = (part: keyof Used) => (all[part] > 0 ? `${Math.round((100 * used[part]) / all[part])}%` : '<unknown>')
  const cells = [name, cpuText(used.cpu), percent('cpu'), memoryText(used.memory), percent('memory')]
  return { name, used, cells }
}
