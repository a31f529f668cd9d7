import type { KubeObject } from '../effect/kube-object.ts'
import { serverItself } from './caller.ts'
import type { Cluster } from './cluster.ts'
import { getWithRetry, sendOnce } from './http/http.ts'
import { baseUserAgent } from './kube.ts'

/** By what this server itself runs in the cluster, as far as its login tells. */
export type OwnWorkload = { serviceAccount?: string; deployment?: string }

type Review = { status: { userInfo: { username: string; extra?: Record<string, string[]> } } }

const SIGNAL_MS = 5_000

/**
 * Asks the API server whose token this is, and follows the owners of the pod that it is bound to. A pod that nothing
 * controls, or a login that is no ServiceAccount's, leaves its part out. Throws ToolError when a question is refused.
 */
export async function findOwnWorkload(cluster: Cluster): Promise<OwnWorkload> {
  const options = { caller: serverItself, userAgent: baseUserAgent, signal: AbortSignal.timeout(SIGNAL_MS) }
  const { body } = await sendOnce(cluster, {
    ...options,
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    contentType: 'application/json',
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }),
  })
  const { username, extra = {} } = (body as Review).status.userInfo
  const [, namespace, serviceAccount] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username) ?? []
  if (namespace === undefined || serviceAccount === undefined) return {}
  const [pod] = extra['authentication.kubernetes.io/pod-name'] ?? []
  if (pod === undefined) return { serviceAccount }

  const controllerOf = async (path: string, kind: string): Promise<string | undefined> => {
    const answer = await getWithRetry(cluster, { ...options, path })
    const { metadata } = (await answer.body.json()) as KubeObject
    return metadata.ownerReferences?.find((owner) => owner.controller === true && owner.kind === kind)?.name
  }
  const replicaSet = await controllerOf(`/api/v1/namespaces/${namespace}/pods/${pod}`, 'ReplicaSet')
  if (replicaSet === undefined) return { serviceAccount }
  const deployment = await controllerOf(`/apis/apps/v1/namespaces/${namespace}/replicasets/${replicaSet}`, 'Deployment')
  return { serviceAccount, ...(deployment !== undefined && { deployment }) }
}
