import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { knownHosts, unknownHostSentence } from '@fairlead/service-kit/known-hosts'
import { originValidation, toNodeHandler } from '@modelcontextprotocol/node'
import type { McpHttpHandler } from '@modelcontextprotocol/server'
import type { Metrics } from './metrics.ts'
import type { SseServer } from './serve-sse.ts'

export const MAX_BODY_BYTES = 8 * 1024 * 1024

/** For a request to arrive whole; an answer may take as long as it likes. */
const MAX_REQUEST_MS = 60_000

const LAST_ANSWERS_MS = 500

export type HttpServerOptions = {
  /** Answers `/mcp`. */
  handler: McpHttpHandler
  /** Undefined: HTTP+SSE is not served. */
  sse: SseServer | undefined
  /** Undefined: there is no `/metrics`. */
  metrics: Metrics | undefined
  host: string
  port: number
  allowedHosts: readonly string[]
  allowedOrigins: readonly string[]
  /** The token that every caller must show. */
  authToken: string | undefined
  /** The caller's own token is needed, since it is handed on. */
  needsToken: boolean
  readiness: () => Promise<{ status: 200 | 503; body: unknown }>
  onError: (fault: Error) => void
}

export type Listening = { url: string; close(): Promise<void> }

/** Streamable HTTP at `/mcp`, health beside it, old clients and metrics where wanted. Resolves once it listens; `port` 0 takes any free one. */
export async function listen(options: HttpServerOptions): Promise<Listening> {
  const server = createServer(requestListener(options))
  server.requestTimeout = MAX_REQUEST_MS
  server.keepAliveTimeout = 65_000
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(options.port, options.host.replace(/^\[|\]$/g, ''), resolve)
  await promise
  server.off('error', reject)
  server.on('error', options.onError)
  const { address, family, port } = server.address() as AddressInfo
  const host = family === 'IPv6' ? `[${address}]` : address
  return { url: `http://${host}:${port}/mcp`, close: () => closeServer(server) }
}

function requestListener(options: HttpServerOptions): (request: IncomingMessage, response: ServerResponse) => unknown {
  const hosts = knownHosts(options.allowedHosts)
  const isOriginAllowed = originValidation([...options.allowedOrigins])
  const answerMcp = toNodeHandler(options.handler, { onerror: options.onError, maxRequestBodySize: MAX_BODY_BYTES })
  const expected = options.authToken === undefined ? undefined : hashOf(options.authToken)

  return (request, response) => {
    const [path = ''] = (request.url ?? '/').split('?')
    if (path === '/health') return json(response, 200, { status: 'ok' })
    if (path === '/health/ready') {
      options.readiness().then(
        ({ status, body }) => json(response, status, body),
        (fault: Error) => {
          options.onError(fault)
          json(response, 503, { status: 'error', missing_tools: [] })
        },
      )
      return
    }
    const verdict = hosts.judge(request)
    if (verdict === 'malformed') return refuse(response, 400, 'The request names its server twice.')
    if (verdict === 'unknown' && path !== '/metrics') {
      return refuse(response, 421, unknownHostSentence(request.headers.host, 'MCP_ALLOWED_HOSTS'))
    }
    if (!(verdict === 'known' && isOwnOrigin(request)) && !isOriginAllowed(request, response)) return
    const token = bearerOf(request)
    const isKnown = expected === undefined || (token !== undefined && timingSafeEqual(hashOf(token), expected))
    if (!isKnown || (options.needsToken && token === undefined)) {
      response.setHeader('www-authenticate', 'Bearer')
      return json(response, 401, { error: 'unauthorized' })
    }
    const failed = (fault: Error) => {
      options.onError(fault)
      response.destroy()
    }
    const authInfo = { token: token ?? '', clientId: request.socket.remoteAddress ?? 'unknown', scopes: [] }
    if (options.sse?.handle({ request, response, path, authInfo })) return
    if (path === '/metrics' && options.metrics !== undefined)
      return sendMetrics(options.metrics, response).catch(failed)
    if (path !== '/mcp' && path !== '/mcp/') return json(response, 404, { error: 'not found' })
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST')
      return json(response, 405, { error: 'method not allowed' })
    }
    answerMcp(Object.assign(request, { auth: authInfo }), response).catch(failed)
  }
}

async function sendMetrics(metrics: Metrics, response: ServerResponse): Promise<void> {
  const { contentType, body } = await metrics.text()
  response.writeHead(200, { 'content-type': contentType }).end(body)
}

/** The request comes from a page that this server's own address has served. */
function isOwnOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers
  return origin !== undefined && URL.parse(origin)?.host === host
}

function bearerOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
}

/** Of equal length whatever the token's, so that the comparison takes the same time. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** As an error of the protocol, since a client shows those to its user. */
function refuse(response: ServerResponse, status: number, message: string): void {
  json(response, status, { jsonrpc: '2.0', error: { code: -32_000, message }, id: null })
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Answers that are on their way get half a second; idle connections are closed at once. */
async function closeServer(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS)
  await promise
  clearTimeout(timer)
}
