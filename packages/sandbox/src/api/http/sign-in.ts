import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { userOfAccountToken } from '../access/account-tokens.ts'
import { authorize } from '../access/rbac.ts'
import type { Cluster, User } from '../store/cluster.ts'
import { ApiStatusError, forbidden } from '../values/api-status-error.ts'

export type SignedIn = {
  /** The user that a request acts as. */
  user: User
  /** Who sent it, when they speak for the user. */
  impersonator: User | undefined
}

/**
 * Who sends a request, by certificate or bearer token, and whom they speak for. Throws ApiStatusError: 401 for a token nobody
 * has, or a certificate of another authority.
 */
export function signIn(cluster: Cluster, request: IncomingMessage, users: ReadonlyMap<string, User>): SignedIn {
  const known = ofCertificate(request) ?? ofToken(cluster, request, users)
  if (known === undefined) {
    return { user: { name: 'system:anonymous', groups: ['system:unauthenticated'] }, impersonator: undefined }
  }
  const sender = { ...known, groups: [...known.groups, 'system:authenticated'] }
  const user = impersonated(cluster, request, sender)
  return user === undefined ? { user: sender, impersonator: undefined } : { user, impersonator: sender }
}

function ofToken(cluster: Cluster, request: IncomingMessage, users: ReadonlyMap<string, User>): User | undefined {
  const header = request.headers.authorization
  if (header === undefined) return undefined
  const token = /^Bearer (\S+)$/i.exec(header)?.[1] ?? ''
  const known = [...users].find(([each]) => isSame(each, token))?.[1] ?? userOfAccountToken(cluster, token)
  if (known === undefined) throw new ApiStatusError(401, 'Unauthorized', 'Unauthorized')
  return known
}

/** A certificate names its user as CN and their groups as O. */
function ofCertificate({ socket }: IncomingMessage): User | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  // Empty when the client has shown none, null when it has gone.
  const shown = socket.getPeerCertificate() as { subject?: { CN?: string; O?: string | string[] } } | null
  if (!shown?.subject) return undefined
  const { subject } = shown
  if (!socket.authorized) throw new ApiStatusError(401, 'Unauthorized', 'Unauthorized')
  return { name: subject.CN ?? '', groups: [subject.O ?? []].flat() }
}

function isSame(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right))
}

/** Names in headers are UTF-8, which Node reads byte by byte. */
function namesIn({ headersDistinct }: IncomingMessage, header: string): string[] {
  return (headersDistinct[header] ?? []).map((each) => Buffer.from(each, 'latin1').toString('utf8'))
}

function impersonated(cluster: Cluster, request: IncomingMessage, by: User): User | undefined {
  const [name] = namesIn(request, 'impersonate-user')
  const groups = namesIn(request, 'impersonate-group')
  if (name === undefined) {
    if (groups.length > 0) {
      throw new ApiStatusError(
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
