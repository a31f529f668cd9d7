import type { Dispatcher } from 'undici'
import { ToolError } from '../tool/tool-error.ts'
import type { Caller } from './caller.ts'
import { type Connection, createConnection } from './http/connection.ts'
import type { ReadKubeconfig } from './login/follow-kubeconfig.ts'
import { clusterOf, contextOf, type Kubeconfig } from './login/kubeconfig.ts'
import { createLogin, type Tls } from './login/login.ts'

export type ClusterRequest = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Begins with `/`; the query stands in it. */
  path: string
  caller: Caller
  userAgent: string
  accept?: string
  contentType?: string
  body?: string | Uint8Array
  signal?: AbortSignal
  /** Until the first byte of the answer, and between two pieces of it. 0: no limit. */
  timeoutMs?: number
  /** Called as the request is about to leave, its login and all else at hand; what it throws is why it does not. */
  requireTime?: () => void
}

/** What a connection of its own to a path of the API server needs, for what no request and answer can carry. */
export type Upgrade = {
  /** `https://…`, the path in it. */
  url: string
  headers: Record<string, string | string[]>
  tls: Tls
}

/** One API server: its address, how to log in there, and its connections. Built once for the life of the process. */
export type Cluster = {
  /** The context's name, `default` when there is only one. */
  readonly name: string
  /** As the kubeconfig calls it and its context: what a person knows it by, though there be only one. */
  readonly known: { readonly cluster: string; readonly context: string }
  readonly server: string
  /** Of the kubeconfig's context. */
  readonly namespace: string | undefined
  send(request: ClusterRequest): Promise<Dispatcher.ResponseData>
  upgrade(request: Pick<ClusterRequest, 'path' | 'caller' | 'userAgent'>): Promise<Upgrade>
  close(): Promise<void>
}

/**
 * `config` with its current context set; throws when the context names no cluster. `read`: the same, as it is from time
 * to time; left out where it cannot change.
 */
export function connectCluster(
  config: Kubeconfig,
  { name, read = async () => config }: { name: string; read?: ReadKubeconfig },
): Cluster {
  const cluster = clusterOf(config)
  if (cluster === undefined) throw new Error(`The kubeconfig has no cluster for its context "${config.currentContext}"`)
  const { server } = cluster
  const { origin, pathname } = new URL(server)
  const prefix = pathname.replace(/\/$/, '')
  const connections: Connections = {
    own: createConnection(createLogin(read), server),
    withoutLogin: createConnection(createLogin(withoutUsers(read)), server),
  }

  const prepared = async ({
    method,
    path,
    caller,
    userAgent,
    accept,
    contentType,
    body,
    timeoutMs = 30_000,
  }: ClusterRequest) => {
    const { headers: attribution, dispatcher } = await openAs(caller, connections)
    const headers: Record<string, string | string[]> = {
      accept: accept ?? 'application/json',
      'user-agent': userAgent,
      ...attribution,
    }
    if (contentType !== undefined) headers['content-type'] = contentType
    const limits = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }
    return { dispatcher, options: { origin, path: `${prefix}${path}`, method, headers, body, ...limits } }
  }

  return {
    name,
    known: { cluster: cluster.name, context: config.currentContext },
    server,
    namespace: contextOf(config)?.namespace,
    async send(request) {
      const { dispatcher, options } = await prepared(request)
      request.requireTime?.()
      return dispatcher.request({ ...options, signal: request.signal })
    },
    async upgrade({ path, caller, userAgent }) {
      const { headers, tls } = await openAs(caller, connections)
      return { url: `${origin}${prefix}${path}`, headers: { 'user-agent': userAgent, ...headers }, tls }
    },
    async close() {
      await Promise.all([connections.own.close(), connections.withoutLogin.close()])
    },
  }
}

/** `withoutLogin`: a passed-through token must not travel over connections that also show the server's own certificate. */
type Connections = { own: Connection; withoutLogin: Connection }

/** The headers that say as whom a request is made, and the connections that go with them. */
async function openAs(caller: Caller, { own, withoutLogin }: Connections) {
  if (caller.as === 'passthrough') {
    return { ...(await withoutLogin.open()), headers: { authorization: `Bearer ${caller.token}` } }
  }
  const { headers: login, ...connection } = await own.open()
  const headers: Record<string, string | string[]> = { ...login }
  if (caller.as === 'impersonate') {
    requireOwnLogin(login)
    headers['impersonate-user'] = headerOf('user', caller.user)
    if (caller.groups.length > 0) headers['impersonate-group'] = caller.groups.map((group) => headerOf('group', group))
  }
  return { ...connection, headers }
}

/** Of two users that a request says the API server takes the first, which would be the kubeconfig's, whoever asked. */
function requireOwnLogin(login: Record<string, string>): void {
  if (!Object.keys(login).some((header) => /^impersonate-/i.test(header))) return
  const message =
    'this server acts as the user of each call (MCP_IDENTITY=impersonate), and the user of its kubeconfig acts as somebody else already (as).'
  throw new ToolError('Refused', message)
}

/**
 * A name as a header carries it: its UTF-8, byte by byte. Headers lose spaces at their ends, so a name that has some there
 * would be somebody else's.
 */
function headerOf(what: 'user' | 'group', name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  if (name !== '' && name === name.trim() && !/[\0-\x1f\x7f]/.test(name))
    return Buffer.from(name, 'utf8').toString('latin1')
  const message = `the ${what} ${JSON.stringify(name.slice(0, 80))} of the caller is no name that a request can carry.`
  throw new ToolError('Refused', message)
}

/** The same clusters with nobody's login. */
function withoutUsers(read: ReadKubeconfig): ReadKubeconfig {
  let last: { of: Kubeconfig; config: Kubeconfig } | undefined
  return async () => {
    const of = await read()
    if (last?.of !== of) last = { of, config: { ...of, users: [] } }
    return last.config
  }
}
