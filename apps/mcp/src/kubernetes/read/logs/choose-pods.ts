import { InvalidInput } from '../../../input/invalid-input.ts'
import { objectName } from '../../../input/names.ts'
import { trimmed } from '../../../input/plain-word.ts'
import { readTypes } from '../../../input/resource-type.ts'
import { shownValue } from '../../../input/shown-value.ts'
import type { Kube } from '../../../kube/kube.ts'
import type { Pod } from '../../../kube/workloads/pod.ts'
import { listPods, podResource, podsOf } from '../../../kube/workloads/workload-pods.ts'
import { ToolError } from '../../../tool/tool-error.ts'

/** What has pods, by its singular, with its group and short name. */
const kinds = [
  { kind: 'deployment', group: 'apps', short: 'deploy' },
  { kind: 'replicaset', group: 'apps', short: 'rs' },
  { kind: 'statefulset', group: 'apps', short: 'sts' },
  { kind: 'daemonset', group: 'apps', short: 'ds' },
  { kind: 'job', group: 'batch', short: 'job' },
  { kind: 'service', group: '', short: 'svc' },
  { kind: 'pod', group: '', short: 'po' },
] as const
const mostPods = 5

/** What `pod_name` says: one pod, a workload, or any pod that fits the label selector. */
export type PodChoice = { pod: string } | { workload: (typeof kinds)[number]; name: string } | { any: true }

export function podChoice(parameter: string, value: string): PodChoice {
  if (trimmed(value) === '*') return { any: true }
  if (!value.includes('/')) return { pod: objectName(parameter, value) }
  const { types, name = '' } = readTypes(parameter, value)
  const type = (types[0] ?? '').toLowerCase()
  const workload = kinds.find(({ kind, group, short }) =>
    [kind, `${kind}s`, short].some((each) => type === each || (group !== '' && type === `${each}.${group}`)),
  )
  if (workload === undefined)
    throw new InvalidInput(
      `${parameter} ${shownValue(value)} is not a pod or one of ${kinds.map(({ kind }) => `${kind}/NAME`).join(', ')}.`,
    )
  return workload.kind === 'pod' ? { pod: name } : { workload, name }
}

export type ChosenPods = {
  pods: Pod[]
  /** How many fit; the newest of them were taken. */
  total: number
  /** They were chosen by what they belong to, so each log names its pod. */
  several: boolean
}

export async function choosePods(
  choice: PodChoice,
  namespace: string,
  labelSelector: string | null,
  kube: Kube,
): Promise<ChosenPods> {
  if ('pod' in choice) {
    return {
      pods: [await kube.read({ resource: await podResource(kube), namespace, name: choice.pod })],
      total: 1,
      several: false,
    }
  }
  const fitting = await fittingPods(choice, namespace, labelSelector, kube)
  return { pods: fitting.slice(0, mostPods), total: fitting.length, several: true }
}

async function fittingPods(
  choice: Exclude<PodChoice, { pod: string }>,
  namespace: string,
  labelSelector: string | null,
  kube: Kube,
): Promise<Pod[]> {
  if ('any' in choice) {
    if (labelSelector === null) throw new InvalidInput('pod_name "*" needs label_selector.')
    return requireSome(
      await listPods(kube, namespace, labelSelector),
      `label_selector ${shownValue(labelSelector)}`,
      namespace,
    )
  }
  const { kind, group } = choice.workload
  const target = { resource: await kube.resolve(`${kind}s.v1.${group}`), namespace, name: choice.name }
  const pods = await podsOf(kube, await kube.read(target), labelSelector)
  return requireSome(pods, `${kind} "${choice.name}"`, namespace)
}

function requireSome(pods: Pod[], of: string, namespace: string): Pod[] {
  if (pods.length === 0) throw new ToolError('NotFound', `no pods of ${of} in namespace ${namespace}.`)
  return pods
}
