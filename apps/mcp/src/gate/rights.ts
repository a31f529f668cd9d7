import type { AccessRequest, ToolAnswer } from '@fairlead/contract/tool-meta'
import { serverItself } from '../kube/caller.ts'
import type { Cluster } from '../kube/cluster.ts'
import { sendOnce } from '../kube/http.ts'
import { baseUserAgent } from '../kube/kube.ts'
import { rightsVerb } from '../kube/write.ts'
import type { ComputedEffect } from './compute-effect.ts'
import type { Identity } from './identity.ts'
import type { Look } from './plan.ts'

export type Rights = NonNullable<ToolAnswer['rights']>

/** Which of the requests that an execution would make each user may not make, asked of the cluster's own authorizer. */
export async function rightsOf(
  identities: readonly Identity[],
  { changes }: ComputedEffect,
  { cluster, signal }: { cluster: Cluster; signal: AbortSignal },
): Promise<Rights> {
  const requests = distinct(changes.flatMap(({ look }) => accessRequests(look)))
  return Promise.all(
    identities.map(async (identity) => {
      const allowed = await Promise.all(requests.map((request) => isAllowed(identity, request, { cluster, signal })))
      const missing = requests.filter((_, index) => allowed[index] === false)
      return { user: identity.sub, allowed: missing.length === 0, missing }
    }),
  )
}

function accessRequests({ target, writes, before }: Look): AccessRequest[] {
  const { resource, namespace, name } = target
  const place = {
    group: resource.group,
    resource: resource.plural,
    ...(resource.namespaced && namespace !== undefined && { namespace }),
  }
  const read: AccessRequest[] = before === undefined ? [] : [{ verb: 'get', ...place, name }]
  const written = writes.map((write): AccessRequest => {
    // A step that depends on the answer before it mends what was just written: always a patch.
    if (typeof write === 'function') return { verb: 'patch', ...place, name }
    const subresource = write.verb === 'patch' ? write.subresource : undefined
    return {
      verb: rightsVerb(write),
      ...place,
      ...(subresource !== undefined && { subresource }),
      ...(write.verb !== 'create' && { name }),
    }
  })
  return [...read, ...written]
}

function distinct(requests: readonly AccessRequest[]): readonly AccessRequest[] {
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()]
}

async function isAllowed(
  { sub, groups }: Identity,
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
