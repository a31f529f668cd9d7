import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ApiServerAddress } from '@fairlead/testing/api-server'
import { Agent } from 'undici'

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
  act: { answer(status: number, body: unknown): void; passOnThenCut(): Promise<void>; hold(): void },
) => void | Promise<void>

/** Stands between a tool server and its API server: records every request, and interferes where told to. */
export async function startRecordingProxy(cluster: ApiServerAddress, kubeconfigTo: string) {
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
  await writeFile(kubeconfigTo, JSON.stringify(config))
  return {
    kubeconfig: kubeconfigTo,
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
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await agent.destroy()
    },
  }
}
