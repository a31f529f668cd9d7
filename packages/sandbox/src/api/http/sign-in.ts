import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Cluster, User } from '../cluster.ts'
import { Fault, forbidden } from '../fault.ts'
import { authorize } from '../rbac.ts'

/** Who sends a request, or whom they speak for. Throws Fault: 401 for a token nobody has. */
export function userOf(cluster: Cluster, request: IncomingMessage, users: ReadonlyMap<string, User>): User {
  const header = request.headers.authorization
  if (header === undefined) return { name: 'system:anonymous', groups: ['system:unauthenticated'] }
  const token = /^Bearer (\S+)$/i.exec(header)?.[1] ?? ''
  const known = [...users].find(([each]) => isSame(each, token))
  if (known === undefined) throw new Fault(401, 'Unauthorized', 'Unauthorized')
  const user = { ...known[1], groups: [...known[1].groups, 'system:authenticated'] }
  return impersonated(cluster, request, user) ?? user
}

function isSame(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right))
}

function impersonated(cluster: Cluster, request: IncomingMessage, by: User): User | undefined {
  const name = request.headers['impersonate-user']
  const groups = request.headersDistinct['impersonate-group'] ?? []
  if (typeof name !== 'string') {
    if (groups.length > 0) {
      throw new Fault(
        500,
        'InternalError',
        `Internal error occurred: requested [{Group  ${groups[0]}    }] without impersonating a user`,
      )
    }
    return undefined
  }
  const ask = (resource: string, each: string) => {
    if (authorize(cluster, by, { verb: 'impersonate', resource, name: each }).isAllowed) return
    const why = `User "${by.name}" cannot impersonate resource "${resource}" in API group "" at the cluster scope`
    throw forbidden({ group: '', plural: resource }, each, why)
  }
  ask('users', name)
  for (const group of groups) ask('groups', group)
  const account = /^system:serviceaccount:([^:]+):/.exec(name)
  const implied = account ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`] : []
  const all = [...groups, ...(groups.length === 0 ? implied : []), 'system:authenticated']
  return { name, groups: [...new Set(all)] }
}
