import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiServerAddress } from '@fairlead/testing/cluster/api-server'
import { Agent } from 'undici'
import { WebSocketServer } from 'ws'

export type Seen = {
  method: string
  path: string
  userAgent: string
  headers: IncomingMessage['headers']
  body: string
}

/** What a test does with a request: nothing (it is passed on), or an answer of its own, or none at all. */
export type Interference = (
  seen: Seen,
  act: {
    answer(status: number, body: unknown): void
    /** As something that is no API server may answer. */
    say(status: number, text: string, headers?: Record<string, string>): void
    /** The beginning of an answer, and no more. */
    breakOff(text: string): void
    cut(): void
    passOnThenCut(): Promise<void>
    hold(): void
  },
) => void | Promise<void>

/** Plays the command of an exec: what it prints. It ends well. */
export type PlayExec = (argv: readonly string[]) => string

/**
 * Stands between a tool server and its API server: records every request, and interferes where told to. Commands in pods
 * get no further than here: they are recorded, and played where a test says how.
 */
export async function startRecordingProxy(cluster: ApiServerAddress, playExec?: PlayExec) {
  const seen: Seen[] = []
  let interfere: Interference = () => undefined
  const agent = new Agent({ allowH2: false, connect: { ca: await readFile(cluster.caFile, 'utf8') } })

  const passOn = async (request: Seen, response?: ServerResponse) => {
    const { connection: _c, host: _h, 'content-length': _l, 'transfer-encoding': _t, ...headers } = request.headers
    const upstream = await agent.request({
      origin: cluster.url,
      path: request.path,
      method: request.method as 'GET',
      headers,
      body: request.body === '' ? undefined : request.body,
    })
    if (response === undefined) return void (await upstream.body.dump())
    response.writeHead(upstream.statusCode, upstream.headers)
    // Who asked may go away in the midst of a watch, which then has nobody left.
    response.once('close', () => upstream.body.destroy())
    upstream.body.on('error', () => response.destroy())
    await new Promise<void>((resolve) => upstream.body.pipe(response).once('close', resolve))
  }
  let open = 0
  const server = createServer((incoming, response) => {
    open++
    response.once('close', () => open--)
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk)
      const request: Seen = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        userAgent: incoming.headers['user-agent'] ?? '',
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }
      seen.push(request)
      let isHandled = false
      const handled = () => {
        isHandled = true
      }
      await interfere(request, {
        answer(status, body) {
          handled()
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
        },
        say(status, text, headers = {}) {
          handled()
          response.writeHead(status, headers).end(text)
        },
        breakOff(text) {
          handled()
          response.writeHead(200, { 'content-type': 'application/json' })
          response.write(text, () => response.destroy())
        },
        cut() {
          handled()
          response.destroy()
        },
        async passOnThenCut() {
          handled()
          await passOn(request)
          response.destroy()
        },
        hold: handled,
      })
      if (!isHandled) await passOn(request, response)
    })().catch(() => response.destroy())
  })
  const streams = new WebSocketServer({ noServer: true })
  server.on('upgrade', (incoming, socket, head) => {
    const { method = '', url: path = '', headers } = incoming
    seen.push({ method, path, userAgent: headers['user-agent'] ?? '', headers, body: '' })
    if (playExec === undefined) return socket.destroy()
    streams.handleUpgrade(incoming, socket, head, (stream) => {
      const argv = new URL(path, 'http://localhost').searchParams.getAll('command')
      stream.send(Buffer.concat([Buffer.of(1), Buffer.from(playExec(argv))]))
      stream.send(Buffer.concat([Buffer.of(3), Buffer.from('{"status":"Success"}')]))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'proxied',
    contexts: [{ name: 'proxied', context: { cluster: 'proxied', user: 'admin' } }],
    clusters: [{ name: 'proxied', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token: cluster.token } }],
  }
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-recording-'))
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, JSON.stringify(config))
  return {
    kubeconfig,
    seen,
    /** Requests that are not answered to their end yet: watches, followed logs, held ones. */
    open: () => open,
    /** Requests that would change something: no reads, dry runs, reviews. */
    writes: () =>
      seen.filter(
        ({ method, path, body }) =>
          method !== 'GET' &&
          !path.includes('dryRun=All') &&
          !body.includes('"dryRun":["All"]') &&
          !/reviews(\?|$)/.test(path),
      ),
    interfere(how: Interference) {
      interfere = how
    },
    async close() {
      for (const stream of streams.clients) stream.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await agent.destroy()
      await rm(folder, { recursive: true })
    },
  }
}
