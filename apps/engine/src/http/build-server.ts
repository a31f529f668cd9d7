import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { Refusal } from '@fairlead/contract/errors'
import { trustedProxies } from '@fairlead/service-kit/client-address'
import { type KnownHosts, knownHosts, unknownHostSentence } from '@fairlead/service-kit/known-hosts'
import fastifyCookie from '@fastify/cookie'
import fastifyCors from '@fastify/cors'
import { type FastifyInstance, type FastifyReply, fastify, LogController } from 'fastify'
import { createAdmission } from './admission.ts'
import { answerError } from './answer-error.ts'
import type { AuthenticatedUser } from './authenticated-user.ts'
import { openEventStreams } from './event-stream.ts'
import type { Call } from './handlers.ts'
import { createAnswering, mountEndpoints } from './mount-endpoints.ts'
import { publicOrigins } from './public-origins.ts'
import { addBodyParser } from './request-body.ts'
import type { ServerOptions } from './server-options.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For probes, which call this server by another name. */
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
  const origins = publicOrigins(config, proxies)
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

  mountEndpoints(app, {
    endpoints: options.endpoints,
    // `Handlers` has checked that each endpoint has its own handler.
    handlers: options.handlers as unknown as Record<string, (call: Call) => Promise<unknown>>,
    basePath: config.API_V1_STR,
    admit: createAdmission({ ...options, origins }),
    answer: createAnswering({ streams, watchSession: options.watchSession, setCookie: origins.setCookie }),
    setCookie: origins.setCookie,
  })
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
