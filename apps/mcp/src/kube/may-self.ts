import type { AccessRequest } from '@fairlead/contract/tool/tool-meta'
import { serverItself } from './caller.ts'
import type { Cluster } from './cluster.ts'
import { sendOnce } from './http/http.ts'
import { baseUserAgent } from './kube.ts'

/** Whether this server's own account may do that, asked of the cluster. */
export async function maySelf(cluster: Cluster, resourceAttributes: AccessRequest): Promise<boolean> {
  const { body } = await sendOnce(cluster, {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    contentType: 'application/json',
    body: JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    }),
    caller: serverItself,
    userAgent: baseUserAgent,
  })
  return (body as { status?: { allowed?: boolean } }).status?.allowed === true
}
