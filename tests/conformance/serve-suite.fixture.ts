import { randomUUID } from 'node:crypto'
import { listen } from '@fairlead/mcp/transport/http-server'
import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'
import { createSuiteServer } from './suite-server.fixture.ts'

/**
 * The suite's server behind the product's own HTTP entry. `keepsSessions`: for the four scenarios of older protocols in
 * which the server asks in the midst of a call, which a stateless endpoint cannot; the product has no such mode.
 */
export async function serveSuite({ keepsSessions }: { keepsSessions: boolean }) {
  let handler: McpHttpHandler | undefined
  const make = (): McpServer => createSuiteServer(() => handler?.notify)
  handler = createMcpHandler(make)
  const http = await listen({
    handler: keepsSessions ? withSessions(handler, make) : handler,
    sse: undefined,
    metrics: undefined,
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    allowedOrigins: ['localhost', '127.0.0.1'],
    authToken: undefined,
    needsToken: false,
    readiness: async () => ({ status: 200, body: {} }),
    onError: () => undefined,
  })
  return {
    url: http.url,
    async [Symbol.asyncDispose]() {
      await http.close()
      await handler.close()
    },
  }
}

function withSessions(handler: McpHttpHandler, make: () => McpServer): McpHttpHandler {
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>()
  return {
    ...handler,
    async fetch(request, options) {
      const known = sessions.get(request.headers.get('mcp-session-id') ?? '')
      if (known !== undefined) return known.handleRequest(request, options)
      if (!(await isLegacyRequest(request, options?.parsedBody))) return handler.fetch(request, options)
      const transport = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (id) => void sessions.set(id, transport),
      })
      await make().connect(transport)
      return transport.handleRequest(request, options)
    },
  }
}
