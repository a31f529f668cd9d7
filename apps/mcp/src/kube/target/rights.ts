import type { AccessRequest } from '@fairlead/contract/tool/tool-meta'
import type { Rights, User } from '../../target/target-system.ts'
import { serverItself } from '../caller.ts'
import type { Cluster } from '../cluster.ts'
import { sendOnce } from '../http/http.ts'
import { baseUserAgent } from '../kube.ts'
import { rightsOfWrite } from '../write.ts'
import type { KubeObjectPlan } from './kube-plan.ts'

/** Which of the requests each user may not make, asked of the cluster's own authorizer. */
export async function rightsOf(
  users: readonly User[],
  wanted: readonly AccessRequest[],
  { cluster, signal }: { cluster: Cluster; signal: AbortSignal },
): Promise<Rights> {
  const requests = distinct(wanted)
  return Promise.all(
    users.map(async (user) => {
      const allowed = await Promise.all(requests.map((request) => isAllowed(user, request, { cluster, signal })))
      const missing = requests.filter((_, index) => allowed[index] === false)
      return { user: user.sub, allowed: missing.length === 0, missing }
    }),
  )
}

/** The requests that writing an object would make. */
export function accessRequests(objectPlan: KubeObjectPlan): AccessRequest[] {
  const { resource, namespace, name } = objectPlan.target
  const place = {
    group: resource.group,
    resource: resource.plural,
    ...(resource.namespaced && namespace !== undefined && { namespace }),
  }
  if ('act' in objectPlan) {
    // A stream is opened by a GET; API servers of late ask for `create` besides.
    const { subresource } = objectPlan.act
    return [
      { verb: 'get', ...place, name },
      ...['get', 'create'].map((verb) => ({ verb, ...place, subresource, name })),
    ]
  }
  const read: AccessRequest[] = objectPlan.before === undefined ? [] : [{ verb: 'get', ...place, name }]
  const written = objectPlan.writes.flatMap((step): AccessRequest[] => {
    if ('next' in step) return step.verb === undefined ? [] : [{ verb: step.verb, ...place, name }]
    return [{ ...place, ...rightsOfWrite(step), ...(step.verb !== 'create' && { name }) }]
  })
  return [...read, ...written]
}

function distinct(requests: readonly AccessRequest[]): readonly AccessRequest[] {
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()]
}

async function isAllowed(
  { sub, groups }: User,
  request: AccessRequest,
  { cluster, signal }: { cluster: Cluster; signal: AbortSignal },
): Promise<boolean> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: sub, groups, resourceAttributes: request },
  }
  const { body } = await sendOnce(cluster, {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    contentType: 'application/json',
    body: JSON.stringify(review),
    caller: serverItself,
    userAgent: baseUserAgent,
    signal,
  })
  return (body as { status?: { allowed?: boolean } }).status?.allowed === true
}
