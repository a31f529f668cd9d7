import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HostVerdict, knownHosts, unknownHostSentence } from '@fairlead/service-kit/known-hosts'
import type { Logger } from '@fairlead/service-kit/logger'
import type { Bff } from './bff.ts'
import { type BrowserRequest, createReadRequest } from './guard/browser-request.ts'
import { isPlainPath } from './guard/plain-path.ts'
import { BffRefusal } from './refusal.ts'
import { securityHeaders } from './security-headers.ts'
import type { ServeStatic } from './static-files.ts'

export type Listening = {
  port: number
  /** Takes no more requests, gives those under way a moment to end, and then cuts them off. */
  close(): Promise<void>
}

export type ListenOptions = {
  settings: {
    HOST: string
    PORT: number
    PUBLIC_URL?: string
    ALLOWED_HOSTS: readonly string[]
    TRUSTED_PROXIES: readonly string[]
  }
  bff: Pick<Bff, 'requests'>
  /** The framework: pages, static files and route handlers. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  serveStatic: ServeStatic
  log: Logger
}

const apiMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const readMethods = ['GET', 'HEAD']
/** Whoever looks after the process knows it by an address of its own. */
const healthPaths = ['/api/health', '/api/health/', '/api/health/ready', '/api/health/ready/']
/** Notes that the framework's parts leave each other, and a policy whose nonce it would believe: from outside, nobody's. */
const internalHeader = /^(?:x-middleware-|x-invoke-|x-nextjs-|x-matched-path$|x-now-|content-security-policy)/
/** A connection that an outer proxy keeps must not end here first. */
const KEEP_ALIVE_MS = 75_000
const DRAIN_MS = 1000

/** Judges each request by what was sent, before the framework reads anything into it. */
export async function listen({ settings, bff, handle, serveStatic, log }: ListenOptions): Promise<Listening> {
  const readRequest = createReadRequest(settings)
  const hosts = knownHosts([
    ...settings.ALLOWED_HOSTS,
    ...(settings.PUBLIC_URL === undefined ? [] : [new URL(settings.PUBLIC_URL).hostname]),
  ])
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, response) => {
    const request = readRequest(incoming, response)
    const headers = securityHeaders(request)
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const refusal = refusalFor(request, hosts.judge(incoming, request.forwardedHosts))
    if (refusal !== undefined) return refuse(response, refusal, request)
    if (serveStatic(request.path, incoming, response)) return
    for (const name of Object.keys(incoming.headers)) if (internalHeader.test(name)) delete incoming.headers[name]
    // Where the framework looks for the nonce that its own scripts are to carry, and where layouts do for theirs.
    incoming.headers['content-security-policy'] = headers['content-security-policy']
    incoming.headers['x-nonce'] = request.nonce
    bff.requests
      .run(request, () => handle(incoming, response))
      .catch((error: unknown) => {
        // An answer that broke off is the engine's end or the reader's; both are seen where they belong.
        log.debug({ err: error, requestId: request.id }, 'an answer was cut')
        response.destroy()
      })
  })
  server.listen({ host: settings.HOST, port: settings.PORT })
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
      await closed
      clearTimeout(late)
    },
  }
}

function refusalFor({ path, method, host }: BrowserRequest, verdict: HostVerdict): BffRefusal | undefined {
  if (verdict === 'malformed') return new BffRefusal(400, 'invalid_host', 'The request names its server twice.')
  if (verdict === 'unknown' && !healthPaths.includes(path)) {
    return new BffRefusal(421, 'misdirected', unknownHostSentence(host, 'PUBLIC_URL and ALLOWED_HOSTS'))
  }
  if (!isPlainPath(path)) return new BffRefusal(400, 'invalid_path', 'The path is not a plain one.')
  const methods = path.startsWith('/api/v1/') ? apiMethods : path.startsWith('/api/auth/') ? ['POST'] : readMethods
  if (methods.includes(method)) return undefined
  return new BffRefusal(405, 'method_not_allowed', 'Method Not Allowed', [['allow', methods.join(', ')]])
}

function refuse(response: ServerResponse, refusal: BffRefusal, { id, path }: BrowserRequest): void {
  const headers = Object.fromEntries(refusal.response(id).headers)
  // A person sees it where a page was meant to be.
  const isForPerson = refusal.status === 421 && !path.startsWith('/api/')
  const body = isForPerson ? `${refusal.detail}\n` : refusal.body(id)
  if (isForPerson) headers['content-type'] = 'text/plain; charset=utf-8'
  headers['content-length'] = String(Buffer.byteLength(body))
  // What else is on its way is not read: the connection ends with the answer.
  response.writeHead(refusal.status, { ...headers, connection: 'close' }).end(body)
}
