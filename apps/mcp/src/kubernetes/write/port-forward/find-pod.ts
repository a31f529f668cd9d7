import type { KubeObject } from '../../../effect/kube-object.ts'
import type { PortPair } from '../../../input/ports.ts'
import { describeTarget, type Target } from '../../../kube/discovery/api-resource.ts'
import type { Kube } from '../../../kube/kube.ts'
import type { Pod } from '../../../kube/workloads/pod.ts'
import { podResource, podsOf } from '../../../kube/workloads/workload-pods.ts'
import { ToolError } from '../../../tool/tool-error.ts'
import { requireRunning } from '../../shared/require-running.ts'

export const forwardable = ['pod', 'service', 'deployment'] as const
export type Forwardable = (typeof forwardable)[number]

/** A pod that runs, and its own ports for those that were asked for. */
export type Found = { pod: KubeObject & Pod; target: Target; ports: readonly PortPair[] }

/** The pod itself, or the first ready one by name of those that a Service or a Deployment has. */
export async function findPod(
  kube: Kube,
  { type, namespace, name, ports }: { type: Forwardable; namespace: string; name: string; ports: readonly PortPair[] },
): Promise<Found> {
  const resource = await podResource(kube)
  const found = async (pod: KubeObject & Pod, own: readonly PortPair[]): Promise<Found> => {
    requireRunning(pod, pod.spec?.containers?.[0]?.name ?? '')
    return { pod, target: { resource, namespace, name: pod.metadata.name }, ports: own }
  }
  if (type === 'pod') return found(await kube.read({ resource, namespace, name }), ports)
  const target: Target = { resource: await kube.resolve(type), namespace, name }
  const owner = await kube.read(target)
  const pods = await podsOf(kube, owner)
  const [ready] = pods.filter(isReady).toSorted((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1))
  if (ready === undefined)
    throw new ToolError('Unavailable', `${describeTarget(target)} has no ready pod (${pods.length} pods in all).`)
  const pod = await kube.read({ resource, namespace, name: ready.metadata.name })
  return found(pod, type === 'service' ? ports.map((pair) => ofPod(pair, { target, owner, pod })) : ports)
}

function isReady({ metadata, status }: Pod): boolean {
  const isGoing = metadata.deletionTimestamp !== undefined
  return !isGoing && status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') === true
}

type ServicePort = { name?: string; port: number; targetPort?: number | string }

/** A Service's port leads to another of the pod, which may have a name only. */
function ofPod(pair: PortPair, { target, owner, pod }: { target: Target; owner: KubeObject; pod: Pod }): PortPair {
  const { ports = [] } = (owner.spec ?? {}) as { ports?: ServicePort[] }
  const served = ports.find(({ port }) => port === pair.remote)
  if (served === undefined) {
    const known = ports.map(({ port }) => port).join(', ') || 'none'
    throw new ToolError('InvalidArgument', `${describeTarget(target)} has no port ${pair.remote}. Its ports: ${known}.`)
  }
  const { targetPort = served.port } = served
  if (typeof targetPort === 'number') return { ...pair, remote: targetPort }
  const declared = (pod.spec?.containers ?? []).flatMap(
    ({ ports: own }) => (own ?? []) as { name?: string; containerPort: number }[],
  )
  const named = declared.find(({ name }) => name === targetPort)
  if (named === undefined)
    throw new ToolError('NotFound', `pod "${pod.metadata.name}" has no port of the name "${targetPort}".`)
  return { ...pair, remote: named.containerPort }
}
