import type { IncomingMessage, ServerResponse } from 'node:http'
import { authorize } from '../access/rbac.ts'
import type { Asker, Cluster, User } from '../store/cluster.ts'
import { isReview } from '../store/resource.ts'
import {
  ApiStatusError,
  badRequest,
  forbidden,
  isApiStatusError,
  methodNotAllowed,
  noSuchResource,
  notFound,
} from '../values/api-status-error.ts'
import type { JsonObject } from '../values/json.ts'
import { type Answer, send } from './answer.ts'
import { type AuditNotes, auditEvent } from './audit.ts'
import { answerDocument } from './documents.ts'
import { negotiate } from './negotiate.ts'
import { sendPodLog } from './pod-log.ts'
import { isTrue } from './read-request.ts'
import { answerResource } from './resource-request.ts'
import { type Route, routeOf } from './route.ts'
import { signIn } from './sign-in.ts'
import { sendWatch } from './watch-answer.ts'

const ENDPOINTS_DEPRECATED = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'

export type Serving = {
  cluster: Cluster
  /** Users by their bearer token. */
  users: ReadonlyMap<string, User>
  /** `127.0.0.1:PORT`, for clients that ask where they are. */
  address: () => string
  /** Is called with each error that is a bug of the sandbox. */
  onBug: (error: unknown) => void
  /** Takes down each answered request. */
  audit: ((event: JsonObject) => void) | undefined
}

/** Answers one request of the API. */
export async function handleRequest(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const warnings: string[] = []
  const notes: AuditNotes = {}
  const { audit, cluster } = serving
  const record = (status: number) => {
    const event = audit && auditEvent(request, notes, { status, now: new Date(cluster.clock.now()) })
    if (event) audit?.(event)
  }
  // Before the answer: a client that has its answer finds the request in the record.
  const answer = (given: Answer) => {
    record(given.status)
    send(request, response, given)
  }
  try {
    const given = await answerOf(serving, { request, response, warnings, notes })
    if (given !== undefined) answer(given)
    else response.once('close', () => record(response.statusCode))
  } catch (error) {
    if (response.headersSent) {
      response.destroy()
      if (!isApiStatusError(error)) serving.onBug(error)
      return
    }
    answer({ ...errorAnswer(error, serving), warnings })
  }
}

type Exchange = { request: IncomingMessage; response: ServerResponse; warnings: string[]; notes: AuditNotes }

function errorAnswer(error: unknown, { onBug }: Serving): Answer {
  if (!isApiStatusError(error)) onBug(error)
  const refusal = isApiStatusError(error)
    ? error
    : new ApiStatusError(
        500,
        'InternalError',
        `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
      )
  if (refusal.message === '404 page not found')
    return { status: 404, body: `${refusal.message}\n`, contentType: 'text/plain; charset=utf-8' }
  return { status: refusal.code, body: refusal.status }
}

async function answerOf(
  serving: Serving,
  { request, response, warnings, notes }: Exchange,
): Promise<Answer | undefined> {
  const { cluster } = serving
  const url = new URL(request.url ?? '/', 'https://sandbox')
  const { user, impersonator } = signIn(cluster, request, serving.users)
  const asker: Asker = { user, userAgent: String(request.headers['user-agent'] ?? '') }
  const method = request.method ?? 'GET'
  const route = routeOf(cluster.resources, url.pathname)
  if (route === undefined) {
    requirePath(cluster, user, { verb: verbOfMethod(method), path: url.pathname })
    return answerDocument(cluster, request, { path: url.pathname, address: serving.address() })
  }
  const verb = verbOf(method, route, url.searchParams)
  Object.assign(notes, { user: impersonator ?? user, impersonated: impersonator && user, verb, route })
  requireRight(cluster, user, verb, route)
  requirePlayed(route)
  requireServed(route, verb)
  if (route.resource.plural === 'endpoints' && route.resource.group === '') warnings.push(ENDPOINTS_DEPRECATED)
  const target = { resource: route.resource, namespace: route.namespace ?? '', name: route.name ?? '' }
  if (verb === 'watch') {
    const accepted = negotiate(request.headers.accept)
    sendWatch(cluster, route, { query: url.searchParams, accepted, response })
    return undefined
  }
  if (route.subresource === 'log' && method === 'GET') {
    sendPodLog(cluster, target, url.searchParams, response)
    return undefined
  }
  return answerResource(cluster, { route, verb, asker, query: url.searchParams, request, warnings, notes })
}

/** What only a container that runs could answer. */
const ofContainers: Readonly<Record<string, string>> = {
  exec: 'no command can be run in them',
  attach: 'there is no terminal to attach to',
  portforward: 'no port leads into them',
  proxy: 'no request reaches them',
  ephemeralcontainers: 'none can be put beside them',
}

/** Throws ApiStatusError, and says why, where a pod is asked for what played containers cannot give. */
function requirePlayed({ resource, subresource }: Route): void {
  const why = resource.plural === 'pods' ? ofContainers[subresource] : undefined
  if (why !== undefined) throw badRequest(`the containers of the sandbox are played: ${why}`)
}

function verbOfMethod(method: string): string {
  return (
    { GET: 'get', HEAD: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ??
    method.toLowerCase()
  )
}

/** What a request does, in the words of roles. */
function verbOf(method: string, { name, subresource }: Route, query: URLSearchParams): string {
  if (method === 'GET' && subresource === '' && isTrue(query, 'watch')) return 'watch'
  if (method === 'GET' && name === undefined) return 'list'
  if (method === 'DELETE' && name === undefined) return 'deletecollection'
  return verbOfMethod(method)
}

function requirePath(cluster: Cluster, user: User, { verb, path }: { verb: string; path: string }): void {
  const isOpen = /^\/(healthz|livez|readyz|version)(\/|$)/.test(path)
  if (isOpen || authorize(cluster, user, { verb, path }).isAllowed) return
  throw new ApiStatusError(403, 'Forbidden', `forbidden: User "${user.name}" cannot ${verb} path "${path}"`, {})
}

function requireRight(
  cluster: Cluster,
  user: User,
  verb: string,
  { resource, namespace, name, subresource }: Route,
): void {
  const { group, plural } = resource
  const isNamespace = group === '' && plural === 'namespaces' && name !== undefined
  const scope = isNamespace ? name : namespace
  const action = { verb, group, resource: plural, subresource, name, namespace: scope }
  if (authorize(cluster, user, action).isAllowed) return
  const where = scope === undefined ? 'at the cluster scope' : `in the namespace "${scope}"`
  const full = subresource ? `${plural}/${subresource}` : plural
  const why = `User "${user.name}" cannot ${verb} resource "${full}" in API group "${group}" ${where}`
  throw forbidden({ group, plural }, name ?? '', why)
}

/** Throws ApiStatusError when the resource does not have that verb or subresource. */
function requireServed({ resource, namespace, name, subresource }: Route, verb: string): void {
  if (subresource !== '') {
    const found = resource.subresources.find((each) => each.subresource === subresource)
    if (found === undefined) throw noSuchResource()
    if (!found.verbs.includes(verb)) throw methodNotAllowed()
    return
  }
  if (isReview(resource)) {
    if (verb !== 'create') throw methodNotAllowed()
    return
  }
  if (!resource.verbs.includes(verb)) throw methodNotAllowed()
  const isNamed = ['get', 'update', 'patch', 'delete'].includes(verb)
  if (isNamed && name === undefined) throw methodNotAllowed()
  if (verb === 'create' && name !== undefined) throw methodNotAllowed()
  if (resource.isNamespaced && namespace === undefined && !['list', 'watch'].includes(verb)) throw methodNotAllowed()
  if (namespace === '' && isNamed) throw notFound(resource, name ?? '')
}
