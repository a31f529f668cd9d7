import { z } from 'zod'
import { nodeName } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { fields, section, tableSection } from '../../output/report.ts'
import { cutMiddle } from '../../output/truncate.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { nodeProxyPath } from '../shared/nodes.ts'
import { cpuText, memoryText } from '../shared/quantity.ts'

export const k8sNodeStats = defineTool({
  name: 'k8s_node_stats',
  title: 'Get Kubernetes Node Statistics',
  description: 'Show what a node uses by its kubelet: CPU, memory, disks, processes, pressure, and its largest pods.',
  group: 'nodes',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ node_name: nodeName, limit: optional('limit', integer(1, 100), 20) }),
  async run({ node_name, limit }, { kube, settings }) {
    const { node = {}, pods = [] } = summaryOf(await kube.text(nodeProxyPath(node_name, 'stats/summary')), node_name)
    const { cpu, memory, fs, runtime, rlimit } = node
    const largest = pods.toSorted((a, b) => memoryOf(b) - memoryOf(a))
    const lines = [
      ...fields([
        ['NODE', node_name],
        ['CPU', cpu?.usageNanoCores === undefined ? undefined : cpuText(cpu.usageNanoCores / 1e9)],
        ['MEMORY', `${bytes(memory?.workingSetBytes)} used, ${bytes(memory?.availableBytes)} available`],
        ['DISK', diskText(fs)],
        ['IMAGES', diskText(runtime?.imageFs)],
        ['PROCESSES', rlimit === undefined ? undefined : `${rlimit.curproc ?? '?'} of ${rlimit.maxpid ?? '?'}`],
      ]),
      ...section('Pressure (share of time in which work waited, 10 s / 60 s / 300 s)', pressureLines(node)),
      ...tableSection(
        'Pods by memory',
        ['NAMESPACE', 'NAME', 'CPU', 'MEMORY', 'DISK'],
        largest
          .slice(0, limit)
          .map((pod) => [
            pod.podRef?.namespace ?? '',
            pod.podRef?.name ?? '',
            pod.cpu?.usageNanoCores === undefined ? '' : cpuText(pod.cpu.usageNanoCores / 1e9),
            memoryText(memoryOf(pod)),
            bytes(pod['ephemeral-storage']?.usedBytes),
          ]),
      ),
    ]
    const cut = cutMiddle(lines.join('\n'), { most: settings.maxOutputChars, narrow: 'limit' })
    return {
      output: cut.output,
      truncated: cut.truncated,
      total_items: pods.length,
      returned_items: Math.min(limit, pods.length),
      data: { node },
    }
  },
})

/** What the kubelet measures, as far as it is read. Source: `stats/v1alpha1` of the kubelet. */
type Summary = { node?: Node; pods?: readonly Pod[] }
type Disk = { availableBytes?: number; capacityBytes?: number; usedBytes?: number }
type Pressure = { full?: Averages; some?: Averages }
type Averages = { avg10?: number; avg60?: number; avg300?: number }
type Cpu = { usageNanoCores?: number; psi?: Pressure }
type Memory = { workingSetBytes?: number; availableBytes?: number; psi?: Pressure }
type Node = {
  cpu?: Cpu
  memory?: Memory
  io?: { psi?: Pressure }
  fs?: Disk
  runtime?: { imageFs?: Disk }
  rlimit?: { curproc?: number; maxpid?: number }
}
type Pod = { podRef?: { name?: string; namespace?: string }; cpu?: Cpu; memory?: Memory } & {
  'ephemeral-storage'?: Disk
}

function summaryOf(text: string, node: string): Summary {
  try {
    return JSON.parse(text) as Summary
  } catch (cause) {
    throw new ToolError('Upstream', `the kubelet of node "${node}" has answered no JSON.`, { cause })
  }
}

function memoryOf({ memory }: Pod): number {
  return memory?.workingSetBytes ?? 0
}

function bytes(count: number | undefined): string {
  return count === undefined ? '?' : memoryText(count)
}

function diskText(disk: Disk | undefined): string | undefined {
  if (disk === undefined) return undefined
  return `${bytes(disk.usedBytes)} used, ${bytes(disk.availableBytes)} available of ${bytes(disk.capacityBytes)}`
}

/** Only newer kubelets, on kernels that measure it, tell of it. */
function pressureLines({ cpu, memory, io }: Node): string[] {
  return Object.entries({ cpu, memory, io }).flatMap(([what, measured]) =>
    (['some', 'full'] as const).flatMap((share) => {
      const { avg10, avg60, avg300 } = measured?.psi?.[share] ?? {}
      return avg10 === undefined ? [] : [`${what}, ${share}: ${avg10} % / ${avg60 ?? '?'} % / ${avg300 ?? '?'} %`]
    }),
  )
}
