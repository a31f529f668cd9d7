import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { retryWhilePortTaken } from '@fairlead/testing/servers/retry-while-port-taken'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, type McpServer, McpServer as RealServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { connectTools } from './connect-tools.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse, body: Record<string, unknown>) => unknown
export const never = new AbortController().signal
export const log = { warn: () => undefined }

/** Serves `handle` over real HTTP; remembers what came. */
export async function serve(handle: Handler, port = 0) {
  const seen: { headers: IncomingMessage['headers']; body: Record<string, unknown> }[] = []
  let sockets = 0
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    const body = text === '' ? {} : JSON.parse(text)
    seen.push({ headers: request.headers, body })
    await handle(request, response, body)
  })
  server.on('connection', () => {
    sockets++
  })
  await retryWhilePortTaken(() => once(server.listen(port, '127.0.0.1'), 'listening'))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp/`,
    seen,
    methods: () => seen.map(({ body }) => body.method),
    get sockets() {
      return sockets
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type ToolOptions = { before?: Handler; port?: number }

/** A real tool server, as ours is built. */
export function serveTools(build: (server: McpServer) => void, { before, port }: ToolOptions = {}) {
  const handler = toNodeHandler(
    createMcpHandler(() => {
      const server = new RealServer({ name: 'test', version: '1' })
      build(server)
      return server
    }),
  )
  return serve(async (request, response, body) => {
    await before?.(request, response, body)
    if (!response.headersSent && !response.destroyed) await handler(request, response, body)
  }, port)
}

export const text = (value: string) => [{ type: 'text' as const, text: value }]
export const echo = (server: McpServer) => {
  server.registerTool(
    'k8s_get',
    { description: 'Reads.', inputSchema: z.object({ name: z.string() }) },
    ({ name }) => ({
      content: text(`got ${name}`),
    }),
  )
}

export function connect(url: string, options: Partial<Parameters<typeof connectTools>[0]> = {}) {
  return connectTools({ url, timeoutSeconds: 30, pins: {}, log, ...options })
}
export const get = { name: 'k8s_get', args: { name: 'web' }, callId: 'call_1', signal: never }

/** A server that answers `tools/call` with `result` as it stands, whatever the protocol's version. */
export function serveRaw(onCall: Handler) {
  return serve((request, response, body) => {
    const answer = (result: unknown) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: body.id, result }))
    if (body.method === 'initialize') {
      const serverInfo = { name: 'raw', version: '1' }
      return answer({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo })
    }
    if (body.method === 'server/discover') return response.writeHead(404).end()
    if (body.id === undefined) return response.writeHead(202).end()
    return onCall(request, response, body)
  })
}
export const resultOf =
  (result: unknown): Handler =>
  (_, response, { id }) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }))
