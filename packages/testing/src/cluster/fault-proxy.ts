import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import {
  type ClientRequest,
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer, request as requestHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { ApiServerAddress } from './api-server-address.ts'
import { writeKubeconfig } from './kubeconfig.ts'

export type ProxiedRequest = {
  method: string
  /** Path and query. */
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** Aborted once its answer is over, or the client has gone. */
  over: AbortSignal
}

/** What becomes of a request. */
export type Interference =
  | { do: 'pass' }
  /** The server does not see it until the promise resolves. */
  | { do: 'hold'; until: Promise<unknown> }
  /** The server never sees it, and the connection is dropped. */
  | { do: 'cut' }
  /** The server has done it, and the connection is dropped instead of the answer. */
  | { do: 'lose-answer' }
  /** The server has done it, and the answer waits for the promise. */
  | { do: 'hold-answer'; until: Promise<unknown> }
  /** The answer's bytes go through the generator, which may delay them, split them anywhere, or throw to break off. */
  | { do: 'reshape'; through: (answer: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array> }
  /** The server never sees it; this is the answer. */
  | { do: 'answer'; status: number; body: unknown; headers?: Record<string, string> }

export type Interfere = (request: ProxiedRequest) => Interference | Promise<Interference>

export type FaultProxy = {
  url: string
  /** Everything that arrived, in order. */
  requests: ProxiedRequest[]
  /** Decides about each request from now on; without it all pass. */
  interfere(decide: Interfere): void
  close(): Promise<void>
}

export type ProxyTarget = { url: string; tls?: { ca: string; cert: string; key: string } }

const pass: Interfere = () => ({ do: 'pass' })

/** A proxy on loopback in front of an HTTP server, or an HTTPS one whose certificate and key it may use. */
export async function startFaultProxy({ url, tls }: ProxyTarget): Promise<FaultProxy> {
  const target = new URL(url)
  const requests: ProxiedRequest[] = []
  let decide = pass
  const proxying: Proxying = {
    send: ({ method, url: path, headers }) => {
      const options = { method, path, headers, host: target.hostname, port: target.port }
      return tls ? requestHttps({ ...options, ca: tls.ca }) : requestHttp(options)
    },
    decide: async ({ method = 'GET', url: path = '/', headers }, body, over) => {
      const request = { method, path, headers, body, over }
      requests.push(request)
      return await decide(request)
    },
  }
  const onRequest = (incoming: IncomingMessage, response: ServerResponse) => {
    serve(proxying, incoming, response).catch(() => incoming.socket.destroy()) // as a broken connection
  }
  const server = tls ? createHttpsServer({ cert: tls.cert, key: tls.key }, onRequest) : createHttpServer(onRequest)
  server.on('upgrade', (incoming, near, head) => {
    connect(proxying, incoming, { near, head }).catch(() => near.destroy())
  })
  server.keepAliveTimeout = 300_000
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `${target.protocol}//127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    interfere: (next) => {
      decide = next
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

type Proxying = {
  /** Begins the same request at the target. */
  send(incoming: IncomingMessage): ClientRequest
  decide(incoming: IncomingMessage, body: string, over: AbortSignal): Promise<Interference>
}

async function serve(proxying: Proxying, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const over = new AbortController()
  response.on('close', () => over.abort())
  const what = await proxying.decide(incoming, body.toString(), over.signal)
  if (what.do === 'cut') return void incoming.socket.destroy()
  if (what.do === 'answer') {
    const type = { 'content-type': 'application/json', ...what.headers }
    return void response.writeHead(what.status, type).end(JSON.stringify(what.body))
  }
  if (what.do === 'hold') await what.until
  const answer = await answerTo(proxying.send(incoming), body)
  // A reader that leaves takes its request with it, as a watch would otherwise stay open for ever.
  response.on('close', () => answer.destroy())
  if (what.do === 'lose-answer') {
    // The head of an answer comes once the work is done, so from here on it happened.
    return void incoming.socket.destroy()
  }
  if (what.do === 'hold-answer') await what.until
  response.writeHead(answer.statusCode ?? 502, answer.headers)
  response.flushHeaders()
  answer.on('error', () => response.destroy())
  if (what.do !== 'reshape') return void answer.pipe(response)
  for await (const bytes of what.through(answer)) response.write(bytes)
  response.end()
}

function answerTo(sent: ClientRequest, body: Buffer): Promise<IncomingMessage> {
  return new Promise((answered, failed) => {
    sent.on('response', answered).on('error', failed).end(body)
  })
}

/** A stream both ways, as that of a command in a pod: passed, held or cut. */
async function connect(
  proxying: Proxying,
  incoming: IncomingMessage,
  { near, head }: { near: Duplex; head: Buffer },
): Promise<void> {
  const over = new AbortController()
  near.on('close', () => over.abort())
  near.on('error', () => near.destroy())
  const what = await proxying.decide(incoming, '', over.signal)
  if (what.do === 'hold') await what.until
  else if (what.do !== 'pass') return void near.destroy()
  const sent = proxying.send(incoming)
  sent.on('upgrade', ({ statusCode, statusMessage, rawHeaders }, far, farHead) => {
    const lines = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : []))
    near.write([`HTTP/1.1 ${statusCode} ${statusMessage}`, ...lines, '', ''].join('\r\n'))
    near.write(farHead)
    far.write(head)
    far.on('error', () => far.destroy())
    far.on('close', () => near.destroy())
    near.on('close', () => far.destroy())
    far.pipe(near).pipe(far)
  })
  sent.on('response', (answer) => {
    answer.resume()
    near.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nconnection: close\r\n\r\n`)
  })
  sent.on('error', () => near.destroy())
  sent.end()
}

export type ApiServerProxy = FaultProxy & {
  /** Path of a kubeconfig of the administrator that goes through the proxy. */
  kubeconfig: string
}

/** A fault proxy in front of a Kubernetes API server, with its certificate. Client certificates do not pass it. */
export async function startApiServerProxy(server: ApiServerAddress): Promise<ApiServerProxy> {
  const [ca, cert, key] = [server.caFile, server.certFile, server.keyFile].map((file) =>
    readFileSync(file, 'utf8'),
  ) as [string, string, string]
  const proxy = await startFaultProxy({ url: server.url, tls: { ca, cert, key } })
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-proxy-'))
  const { caFile, token } = server
  const options = { server: proxy.url, caFile, user: 'admin', token }
  return {
    ...proxy,
    kubeconfig: await writeKubeconfig(join(folder, 'kubeconfig'), options),
    close: async () => {
      await proxy.close()
      await rm(folder, { recursive: true })
    },
  }
}
