import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { CallToolRequestSchema, ListToolsRequestSchema, type Tool } from '@modelcontextprotocol/sdk/types.js'

export type OtherCall = { name: string; args: unknown; meta: unknown }

/** An MCP server of somebody else, made with the protocol's public library alone. */
export type OtherMcpServer = AsyncDisposable & {
  url: string
  /** What it lists; may be changed. */
  tools: Tool[]
  /** What it has been asked to do, in its order. */
  calls: OtherCall[]
  /** Bearer tokens that came, one a request. */
  authorizations: Set<string | undefined>
  /** It refuses every connection from then on, until it is set back. */
  isDown: boolean
}

export const queryTool: Tool = {
  name: 'query',
  title: 'Query Metrics',
  description: 'Answer a query about metrics.',
  inputSchema: { type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] },
  annotations: { readOnlyHint: true },
}
export const silenceTool: Tool = {
  name: 'silence',
  description: 'Silence an alert.',
  inputSchema: { type: 'object', properties: { alert: { type: 'string' } }, required: ['alert'] },
  annotations: { readOnlyHint: false },
}

export async function startOtherMcpServer(): Promise<OtherMcpServer> {
  const http = createServer((request, response) => {
    other.authorizations.add(request.headers.authorization)
    if (other.isDown) return void request.socket.destroy()
    void answer(request, response).catch((fault: unknown) => response.writeHead(500).end(String(fault)))
  })
  await once(http.listen(0, '127.0.0.1'), 'listening')
  const other: OtherMcpServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    tools: [queryTool, silenceTool],
    calls: [],
    authorizations: new Set(),
    isDown: false,
    async [Symbol.asyncDispose]() {
      http.close()
      http.closeAllConnections()
      await Promise.resolve()
    },
  }

  /** Without sessions: each request has a server of its own. */
  async function answer(
    request: IncomingMessage,
    response: Parameters<StreamableHTTPServerTransport['handleRequest']>[1],
  ) {
    const server = new Server({ name: 'metrics', version: '1.0.0' }, { capabilities: { tools: {} } })
    server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: other.tools }))
    server.setRequestHandler(CallToolRequestSchema, async ({ params: { name, arguments: args, _meta: meta } }) => {
      other.calls.push({ name, args, meta })
      return { content: [{ type: 'text', text: `${name} says 42` }] }
    })
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
    response.on('close', () => void server.close())
    await server.connect(transport as Parameters<Server['connect']>[0])
    await transport.handleRequest(request, response)
  }
  return other
}
