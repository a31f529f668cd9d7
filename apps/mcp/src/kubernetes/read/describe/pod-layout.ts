import { type Pod, troubleOf } from '../../../kube/workloads/pod.ts'
import { conditionTable } from '../../../output/condition-table.ts'
import { fields, section } from '../../../output/report.ts'
import { containerSection, type ShownContainer } from './container-lines.ts'
import { type Layout, partsOf } from './layout.ts'

type PodSpec = {
  nodeName: string
  serviceAccountName: string
  priorityClassName: string
  restartPolicy: string
  nodeSelector: Record<string, string>
  containers: ShownContainer[]
  initContainers: ShownContainer[]
  ephemeralContainers: ShownContainer[]
  volumes: { name: string; [source: string]: unknown }[]
}
type PodStatus = NonNullable<Pod['status']> & { podIP: string; qosClass: string; startTime: string }

export const podLayout: Layout = (object, { now }) => {
  const { spec, status } = partsOf<PodSpec, PodStatus>(object)
  return [
    ...fields([
      ['Status', status.phase],
      ['Trouble', troubleOf(object as Pod)],
      ['Node', spec.nodeName ?? null],
      ['IP', status.podIP],
      ['Service account', spec.serviceAccountName],
      ['QoS', status.qosClass],
      ['Priority class', spec.priorityClassName],
      ['Node selector', spec.nodeSelector],
    ]),
    ...containerSection('Init containers', spec.initContainers, now(), status.initContainerStatuses),
    ...containerSection('Containers', spec.containers, now(), status.containerStatuses),
    ...containerSection('Ephemeral containers', spec.ephemeralContainers, now(), status.ephemeralContainerStatuses),
    ...conditionTable(status),
    ...section('Volumes', (spec.volumes ?? []).map(volumeText)),
  ]
}

function volumeText({ name, ...sources }: { name: string; [source: string]: unknown }): string {
  const [kind = '', source] = Object.entries(sources)[0] ?? []
  const { secretName, claimName, name: named, path } = (source ?? {}) as Record<string, unknown>
  return [`${name}: ${kind}`, secretName ?? claimName ?? named ?? path].filter(Boolean).join(' ')
}
