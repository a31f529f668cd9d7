import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { Refusal } from '@fairlead/contract/errors'
import { trustedProxies } from '@fairlead/service-kit/client-address'
import { type KnownHosts, knownHosts, unknownHostSentence } from '@fairlead/service-kit/known-hosts'
import fastifyCookie from '@fastify/cookie'
import fastifyCors from '@fastify/cors'
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify'
import { answerError } from './answer-error.ts'
import { Answered, type Cookie } from './answered.ts'
import { type AuthenticatedUser, isAdmin } from './authenticated-user.ts'
import { clientGone } from './client-gone.ts'
import { presentedToken } from './credential.ts'
import { answerDownload, type Download } from './download.ts'
import { type EventStream, openEventStreams } from './event-stream.ts'
import type { Call, Handlers } from './handlers.ts'
import type { RateLimit } from './rate-limit.ts'
import { addBodyParser, bodyOf } from './request-body.ts'
import { parsePart } from './schema-faults.ts'

/** Tells once or more when the caller's session has ended, until it is forgotten by what is returned. */
export type WatchSession = (user: AuthenticatedUser, onEnd: () => void) => () => void

export type ServerOptions<Endpoints extends Readonly<Record<string, EndpointShape>>> = {
  config: {
    API_V1_STR: string
    DEBUG: boolean
    CORS_ALLOWED_ORIGINS: readonly string[]
    ALLOWED_HOSTS: readonly string[]
    TRUSTED_PROXIES: readonly string[]
    PUBLIC_URL: string
  }
  endpoints: Endpoints
  handlers: Handlers<Endpoints>
  /** The user whose access token this is, by the current rows; undefined for any other text. */
  authenticate(token: string): Promise<AuthenticatedUser | undefined>
  /** Every stream, and every download in pieces, ends with the session that opened it. */
  watchSession: WatchSession
  /** Counts requests per client and path; none where limiting is off. */
  limit?: RateLimit
  log: FastifyBaseLogger
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Looked at by machines that know this server by another name. */
    answersToAnyHost?: boolean
  }
  interface FastifyRequest {
    caller: AuthenticatedUser | undefined
    address: string
  }
}

const BODY_LIMIT_BYTES = 1024 * 1024
/** The longest id that stands in a path, that of a call, with every character percent-encoded. */
const PARAM_LIMIT = 3 * 128
const everyMethod = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const

/** The engine's HTTP server: every endpoint on its handler. Not listening yet. */
export async function buildServer<Endpoints extends Readonly<Record<string, EndpointShape>>>(
  options: ServerOptions<Endpoints>,
): Promise<FastifyInstance> {
  const { config, log } = options
  const hosts = knownHosts([...config.ALLOWED_HOSTS, new URL(config.PUBLIC_URL).hostname])
  const app: FastifyInstance = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: PARAM_LIMIT },
    genReqId: ({ headers }) => acceptedRequestId(headers['x-request-id']) ?? randomUUID(),
    frameworkErrors: (_error, request, reply) =>
      answerError(hostRefusal(request.raw, hosts) ?? new Refusal('notFound'), request, reply),
  })
  const proxies = trustedProxies(config.TRUSTED_PROXIES)
  const addHeaders = (reply: FastifyReply) => {
    reply.header('x-process-time', (reply.elapsedTime / 1000).toFixed(6))
    reply.header('x-request-id', reply.request.id)
    reply.header('x-content-type-options', 'nosniff')
  }
  const streams = openEventStreams(app, { addHeaders })

  app.decorateRequest('caller', undefined)
  app.decorateRequest('address', '')
  app.addHook('onRequest', async ({ raw, routeOptions }) => {
    const refusal = hostRefusal(raw, hosts)
    if (refusal !== undefined && !routeOptions.config.answersToAnyHost) throw refusal
  })
  app.addHook('onRequest', async (request) => {
    request.address = proxies.clientAddress({ remoteAddress: request.socket.remoteAddress, headers: request.headers })
  })
  app.addHook('onSend', async (_request, reply) => addHeaders(reply))
  closeIdleAfterAnswers(app)
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply))
  app.setNotFoundHandler((request, reply) => answerError(new Refusal('notFound'), request, reply))
  await app.register(fastifyCookie)
  await app.register(fastifyCors, {
    origin: [...config.CORS_ALLOWED_ORIGINS],
    credentials: true,
    methods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'],
    maxAge: 600,
  })
  addBodyParser(app)

  const forwarded = (request: FastifyRequest, name: 'x-forwarded-proto' | 'x-forwarded-host') =>
    proxies.isTrusted(request.socket.remoteAddress)
      ? [request.headers[name]].flat()[0]?.split(',')[0]?.trim()
      : undefined
  const scheme = (request: FastifyRequest) => forwarded(request, 'x-forwarded-proto') ?? request.protocol
  const ownOrigin = new URL(config.PUBLIC_URL).origin
  const originRules = {
    allowedOrigins: [...config.CORS_ALLOWED_ORIGINS, ownOrigin],
    publicOrigin: (request: FastifyRequest) =>
      `${scheme(request)}://${forwarded(request, 'x-forwarded-host') ?? request.host}`,
  }
  const setCookie = (request: FastifyRequest, reply: FastifyReply, { name, value, maxAgeSeconds }: Cookie) =>
    reply.setCookie(name, value, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: !config.DEBUG && forwarded(request, 'x-forwarded-proto') !== 'http',
      maxAge: maxAgeSeconds,
    })

  /** Who calls, and how often: before a byte of the body is read. */
  const admit = (endpoint: EndpointShape, path: string) => async (request: FastifyRequest) => {
    const isOpen = endpoint.access === 'none' || endpoint.access === 'refresh-cookie'
    const token = isOpen ? undefined : presentedToken(request, originRules)
    request.caller = token === undefined ? undefined : await options.authenticate(token)
    if (!endpoint.unlimited) await options.limit?.count(`${request.caller?.id ?? request.address} ${path}`)
    if (isOpen) return
    if (request.caller === undefined) throw new Refusal('unauthorized')
    if (endpoint.access === 'admin' && !isAdmin(request.caller)) throw new Refusal('adminOnly')
  }

  const mount = (endpoint: EndpointShape, handle: (call: Call) => Promise<unknown>) => {
    const url = endpoint.atRoot ? endpoint.path : `${config.API_V1_STR}${endpoint.path}`
    app.route({
      method: endpoint.method,
      url,
      config: { answersToAnyHost: endpoint.unlimited },
      onRequest: admit(endpoint, endpoint.path),
      errorHandler: (error, request, reply) =>
        answerError(error, request, reply, (cookie) => {
          if (endpoint.access === 'refresh-cookie') setCookie(request, reply, cookie)
        }),
      handler: async (request, reply) => {
        const answer = await handle(callOf(endpoint, request, reply))
        const { caller } = request
        const watch = caller && ((onEnd: () => void) => options.watchSession(caller, onEnd))
        if (endpoint.answers === 'stream') return streams.answer(reply, answer as EventStream, watch)
        if (endpoint.answers === 'download')
          return answerDownload(request, reply, { download: answer as Download, watch })
        const { body, status, headers, cookies } = answer instanceof Answered ? answer : new Answered(answer)
        reply.status(status ?? endpoint.status ?? 200).headers(headers)
        for (const cookie of cookies) setCookie(request, reply, cookie)
        if (endpoint.answers === 'nothing') return reply.send()
        return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body))
      },
    })
    return url
  }

  const methodsOf = new Map<string, string[]>()
  for (const [name, endpoint] of Object.entries(options.endpoints)) {
    // Which handler belongs to which endpoint is what `Handlers` has checked.
    const url = mount(endpoint, options.handlers[name] as unknown as (call: Call) => Promise<unknown>)
    methodsOf.set(url, [...(methodsOf.get(url) ?? []), endpoint.method])
  }
  for (const [url, methods] of methodsOf) {
    app.route({
      method: everyMethod.filter((method) => !methods.includes(method)),
      url,
      handler: async (_request, reply) => {
        reply.header('allow', methods.join(', '))
        throw new Refusal('methodNotAllowed')
      },
    })
  }
  return app
}

/** Why a request is not for this server; found out before anything else is done with it, an unknown path's too. */
function hostRefusal(raw: IncomingMessage, hosts: KnownHosts): Refusal | undefined {
  const verdict = hosts.judge(raw)
  if (verdict === 'malformed') return new Refusal('hostTwice')
  if (verdict === 'known') return undefined
  const reason = unknownHostSentence(raw.headers.host, 'PUBLIC_URL and ALLOWED_HOSTS')
  return new Refusal('misdirected', { reason })
}

function callOf(endpoint: EndpointShape, request: FastifyRequest, reply: FastifyReply): Call {
  let signal: AbortSignal | undefined
  const call: Omit<Call, 'input' | 'params' | 'query' | 'user'> &
    Record<'input' | 'params' | 'query' | 'user', unknown> = {
    params: endpoint.params && parsePart(endpoint.params, 'path', request.params),
    query: endpoint.query && parsePart(endpoint.query, 'query', request.query),
    input: endpoint.input && parsePart(endpoint.input, 'body', bodyOf(request, endpoint.form ? 'form' : 'json')),
    user: request.caller,
    cookies: request.cookies,
    address: request.address,
    userAgent: request.headers['user-agent'],
    headers: request.headers,
    get signal() {
      signal ??= goneSignal(reply)
      return signal
    },
    log: request.log,
  }
  return call as Call
}

function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(clientGone)
  })
  return controller.signal
}

/** What a caller names its request stands in our logs: short and of plain characters. */
function acceptedRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : undefined
}

/** A connection whose request was under way when the server began to close is not kept for another one. */
function closeIdleAfterAnswers(app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onResponse', async () => {
    if (isClosing) setImmediate(() => app.server.closeIdleConnections())
  })
}
