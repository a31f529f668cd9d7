import type { Kube } from '../../../kube/kube.ts'
import { podResource } from '../../../kube/workloads/workload-pods.ts'
import { type NodePod, nameOfPod } from './judge-pods.ts'

/** More than any node holds. */
const mostPods = 5_000

/** In all namespaces, by name. */
export async function podsOfNode(kube: Kube, node: string, labelSelector?: string | null): Promise<NodePod[]> {
  const { items } = await kube.list(await podResource(kube), {
    fieldSelector: `spec.nodeName=${node}`,
    labelSelector: labelSelector ?? undefined,
    atMost: mostPods,
  })
  return items.toSorted((left, right) => (nameOfPod(left) < nameOfPod(right) ? -1 : 1))
}
