import { createHash } from 'node:crypto'
import { Agent, type Dispatcher } from 'undici'
import type { Caller } from './caller.ts'
import { clusterOf, contextOf, type Kubeconfig } from './kubeconfig.ts'
import { createLogin, type Tls } from './log-in.ts'
import { type TextAnswer, textAnswerOf } from './text-answer.ts'

/** Seconds for which headers of a login are used before the kubeconfig's provider is asked again; it caches longer itself. */
const LOGIN_FRESH_MS = 10_000

export type ClusterRequest = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Begins with `/`; the query stands in it. */
  path: string
  caller: Caller
  userAgent: string
  accept?: string
  contentType?: string
  body?: string
  signal?: AbortSignal
  /** Until the first byte of the answer, and between two pieces of it. 0: no limit. */
  timeoutMs?: number
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
  readonly server: string
  /** Of the kubeconfig's context. */
  readonly namespace: string | undefined
  send(request: ClusterRequest): Promise<Dispatcher.ResponseData>
  /** The same for an answer that is wanted whole; for most reads the cheaper way. */
  sendForText(request: ClusterRequest): Promise<TextAnswer>
  upgrade(request: Pick<ClusterRequest, 'path' | 'caller' | 'userAgent'>): Promise<Upgrade>
  close(): Promise<void>
}

type Fresh = { headers: Record<string, string>; until: number }

/** `config` with its current context set; throws when the context names no cluster. */
export function connectCluster(config: Kubeconfig, { name }: { name: string }): Cluster {
  const cluster = clusterOf(config)
  if (cluster === undefined) throw new Error(`The kubeconfig has no cluster for its context "${config.currentContext}"`)
  const logIn = createLogin(config, cluster)
  const { origin, pathname } = new URL(cluster.server)
  const prefix = pathname.replace(/\/$/, '')

  let login: Fresh | undefined
  let refreshing: Promise<Fresh> | undefined
  let own: { dispatcher: Dispatcher; print: string; tls: Tls } | undefined
  let anonymous: { dispatcher: Dispatcher; tls: Tls } | undefined

  /** Client certificates may rotate with the login, so the connections are rebuilt when they do, and only then. */
  const refresh = async (): Promise<Fresh> => {
    const { headers, tls, connect } = await logIn()
    const print = fingerprint(tls)
    if (own?.print !== print) {
      const retired = own?.dispatcher
      own = { dispatcher: (await connect?.()) ?? connections(tls), print, tls }
      void retired?.close()
    }
    return { headers, until: Date.now() + LOGIN_FRESH_MS }
  }
  const loggedIn = async (): Promise<Fresh> => {
    if (login !== undefined && login.until > Date.now()) return login
    refreshing ??= refresh().finally(() => {
      refreshing = undefined
    })
    login = await refreshing
    return login
  }
  /** A passed-through token must not travel over connections that also show the server's own certificate. */
  const withoutCertificate = async () => {
    if (anonymous !== undefined) return anonymous
    const { ca, servername, rejectUnauthorized } = (await logIn()).tls
    const tls = { ca, servername, rejectUnauthorized }
    anonymous = { dispatcher: connections(tls), tls }
    return anonymous
  }
  /** As whom: the headers, and the connections that go with them. */
  const attributed = async (caller: Caller) => {
    if (caller.as === 'passthrough') {
      return { headers: { authorization: `Bearer ${caller.token}` }, ...(await withoutCertificate()) }
    }
    const headers: Record<string, string | string[]> = { ...(await loggedIn()).headers }
    if (caller.as === 'impersonate') {
      headers['impersonate-user'] = caller.user
      if (caller.groups.length > 0) headers['impersonate-group'] = [...caller.groups]
    }
    if (own === undefined) throw new Error('The cluster has been closed')
    return { headers, dispatcher: own.dispatcher, tls: own.tls }
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
    const { headers: attribution, dispatcher } = await attributed(caller)
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
    server: cluster.server,
    namespace: contextOf(config)?.namespace,
    async send(request) {
      const { dispatcher, options } = await prepared(request)
      return dispatcher.request({ ...options, signal: request.signal })
    },
    async sendForText(request) {
      const { dispatcher, options } = await prepared(request)
      return textAnswerOf(dispatcher, options, request.signal)
    },
    async upgrade({ path, caller, userAgent }) {
      const { headers, tls } = await attributed(caller)
      return { url: `${origin}${prefix}${path}`, headers: { 'user-agent': userAgent, ...headers }, tls }
    },
    async close() {
      await Promise.all([own?.dispatcher.destroy(), anonymous?.dispatcher.destroy()])
      own = undefined
      anonymous = undefined
    },
  }
}

/** HTTP/1.1 on purpose: one answer that never comes must not hold the connection of another call. */
function connections({ ca, cert, key, servername, rejectUnauthorized }: Tls): Agent {
  const tls = Object.fromEntries(
    Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(([, value]) => value !== undefined),
  )
  return new Agent({
    allowH2: false,
    keepAliveTimeout: 30_000,
    connect: { ...tls, timeout: 5_000, keepAlive: true, keepAliveInitialDelay: 30_000 },
  })
}

function fingerprint({ ca, cert, key, servername, rejectUnauthorized }: Tls): string {
  const hash = createHash('sha256')
  for (const part of [ca, cert, key, servername, rejectUnauthorized]) hash.update(`${String(part)}\0`)
  return hash.digest('hex')
}
