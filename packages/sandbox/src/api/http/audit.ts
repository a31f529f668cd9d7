import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { User } from '../store/cluster.ts'
import { isObject, type JsonObject, textAt } from '../values/json.ts'
import type { Route } from './route.ts'

/** What has become known of a request while it was answered. */
export type AuditNotes = {
  user?: User
  /** Whom the user speaks for. */
  impersonated?: User
  verb?: string
  /** Undefined: no request for objects; it is not recorded. */
  route?: Route
  /** What was sent, as it came. */
  body?: Buffer
}

/** Contents that no record may hold. */
const secret = new Set(['secrets', 'configmaps', 'serviceaccounts/token', 'tokenreviews'])

/** The event of an answered request, as `audit.k8s.io/v1` has it; undefined for what nobody looks for: documents, leases. */
export function auditEvent(
  request: IncomingMessage,
  { user, impersonated, verb, route, body }: AuditNotes,
  { status, now }: { status: number; now: Date },
): JsonObject | undefined {
  if (route === undefined || verb === undefined || route.resource.plural === 'leases') return undefined
  const { resource, subresource } = route
  const isSecret = secret.has(subresource ? `${resource.plural}/${subresource}` : resource.plural)
  const sent = body === undefined ? undefined : objectOf(body)
  const name = route.name ?? textAt(sent, 'metadata', 'name')
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: isSecret ? 'Metadata' : 'RequestResponse',
    auditID: randomUUID(),
    stage: 'ResponseComplete',
    requestURI: request.url ?? '',
    verb,
    ...(user && { user: userOf(user) }),
    ...(impersonated && { impersonatedUser: userOf(impersonated) }),
    sourceIPs: [request.socket.remoteAddress ?? ''],
    userAgent: request.headers['user-agent'] ?? '',
    objectRef: {
      resource: resource.plural,
      ...(route.namespace !== undefined && { namespace: route.namespace }),
      ...(name !== undefined && { name }),
      ...(resource.group && { apiGroup: resource.group }),
      apiVersion: resource.version,
      ...(subresource && { subresource }),
    },
    responseStatus: { metadata: {}, code: status },
    ...(sent && !isSecret && { requestObject: sent }),
    stageTimestamp: now.toISOString(),
  }
}

function userOf({ name, groups }: User): JsonObject {
  return { username: name, groups: [...groups] }
}

/** Undefined when what was sent is no JSON object: the record then lacks it. */
function objectOf(body: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body.toString())
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
