import { z } from 'zod'
import type { KubeObject } from '../../effect/kube-object.ts'
import { InvalidInput } from '../../input/invalid-input.ts'
import { objectName } from '../../input/names.ts'
import { anyNamespace, byLabels, requireOneScope } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { bool, text } from '../../input/reader.ts'
import type { ApiResource } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import type { Pod } from '../../kube/workloads/pod.ts'
import { podResource } from '../../kube/workloads/workload-pods.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { metricsOf, noSamples, type Usage, type Used, usedOf } from '../shared/metrics/metrics.ts'
import { noHeaders, showUsage, sortBy, sorted, type UsageRow } from '../shared/metrics/show-usage.ts'
import { cpuText, memoryText } from '../shared/quantity.ts'

type PodMetrics = KubeObject & { containers?: { name: string; usage?: Usage }[] }

const input = z.object({
  pod_name: optional('pod_name', text(objectName), null),
  namespace: anyNamespace,
  all_namespaces: optional('all_namespaces', bool, false),
  show_containers: optional('show_containers', bool, false),
  label_selector: byLabels,
  sort_by: sortBy,
  no_headers: noHeaders,
})

type Args = z.output<typeof input>

export const k8sTopPods = defineTool({
  name: 'k8s_top_pods',
  title: 'Get Kubernetes Pod Resource Usage',
  description: 'Show what pods use of CPU and memory now.',
  tags: ['metrics'],
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input,
  async run(args, context): Promise<ToolResult> {
    requireOneScope(args)
    if (args.pod_name !== null && args.label_selector !== null)
      throw new InvalidInput('pod_name and label_selector exclude each other.')
    const resource = await metricsOf(context.kube, 'pods')
    const namespace = args.all_namespaces ? undefined : (args.namespace ?? context.defaultNamespace)
    const query = { args, namespace, context }
    const samples = await samplesOf(resource, query)
    if (samples.length === 0) return { ...(await withoutSamples(query)), namespace }
    const columns = [
      ...(args.all_namespaces ? ['NAMESPACE'] : []),
      ...(args.show_containers ? ['POD'] : []),
      'NAME',
      'CPU(cores)',
      'MEMORY(bytes)',
    ]
    const pods = sorted(
      samples.toSorted(byPlace).map((sample) => ({ sample, used: sumOf(sample) })),
      args.sort_by,
    )
    const rows = pods.flatMap((pod) => rowsOf(pod, args))
    const narrow = 'namespace, pod_name or label_selector'
    return { ...showUsage(rows, { columns, withHeader: !args.no_headers, narrow, context }), namespace }
  },
})

type Query = { args: Args; namespace: string | undefined; context: KubeContext }

async function samplesOf(resource: ApiResource, { args, namespace, context: { kube } }: Query): Promise<PodMetrics[]> {
  const { pod_name: name, label_selector } = args
  if (name !== null && namespace !== undefined) {
    const sample = await kube.find({ resource, namespace, name })
    return sample === undefined ? [] : [sample]
  }
  const { items } = await kube.list(resource, { namespace, labelSelector: label_selector ?? undefined })
  return name === null ? items : items.filter(({ metadata }) => metadata.name === name)
}

/** Nothing runs, or nothing was measured yet. */
async function withoutSamples({ args, namespace, context: { kube } }: Query): Promise<ToolResult> {
  const { pod_name: name, label_selector } = args
  const resource = await podResource(kube)
  if (name !== null && namespace !== undefined) {
    const { status = {} }: Pod = await kube.read({ resource, namespace, name })
    if (status.phase === 'Running') throw noSamples(`pod "${name}"`)
    throw new ToolError('Unavailable', `pod "${name}" has no samples: its phase is ${status.phase}.`)
  }
  const named = name === null ? '' : `,metadata.name=${name}`
  const { items } = await kube.list(resource, {
    namespace,
    labelSelector: label_selector ?? undefined,
    fieldSelector: `status.phase=Running${named}`,
    atMost: 1,
  })
  if (items.length > 0) throw noSamples('these pods')
  const where = namespace === undefined ? '' : ` in ${namespace} namespace`
  return { output: `No running pods found${where}.`, total_items: 0, returned_items: 0 }
}

function byPlace({ metadata: a }: PodMetrics, { metadata: b }: PodMetrics): number {
  return `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1
}

function sumOf({ containers = [] }: PodMetrics): Used {
  return containers
    .map(({ usage }) => usedOf(usage))
    .reduce((sum, { cpu, memory }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory }), { cpu: 0, memory: 0 })
}

function rowsOf({ sample, used }: { sample: PodMetrics; used: Used }, args: Args): UsageRow[] {
  const { name, namespace = '' } = sample.metadata
  const place = args.all_namespaces ? [namespace] : []
  if (!args.show_containers) return [{ used, cells: [...place, name, ...amounts(used)] }]
  const containers = (sample.containers ?? []).map(({ name, usage }) => ({ name, used: usedOf(usage) }))
  return sorted(containers, args.sort_by).map((container) => ({
    used: container.used,
    cells: [...place, name, container.name, ...amounts(container.used)],
  }))
}

function amounts({ cpu, memory }: Used): string[] {
  return [cpuText(cpu), memoryText(memory)]
}
