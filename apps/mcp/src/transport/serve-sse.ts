import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AuthInfo, McpRequestContext, Server } from '@modelcontextprotocol/server'
import { SSEServerTransport } from '@modelcontextprotocol/server-legacy/sse'

const MAX_STREAMS = 64
const MESSAGES_PATH = '/messages'

/** HTTP+SSE as it was on 2024-11-05, for clients that know nothing newer. */
export type SseServer = {
  /** Answers what is for it; false, having touched nothing, for any other path. */
  handle(exchange: SseExchange): boolean
  close(): Promise<void>
}

export type SseExchange = { request: IncomingMessage; response: ServerResponse; path: string; authInfo: AuthInfo }

type Stream = { transport: SSEServerTransport; token: string }

/**
 * `GET /sse` opens a stream with a server object of its own; `POST /messages?sessionId=…` is what its client says. A
 * stream is its opener's: to anybody with another token it is not there. It lives in this process alone.
 */
export function createSseServer(
  factory: (of: McpRequestContext) => Server,
  { commentMs, onError }: { commentMs: number; onError: (fault: Error) => void },
): SseServer {
  const streams = new Map<string, Stream>()

  const openStream = async ({ response, authInfo }: SseExchange): Promise<void> => {
    if (streams.size >= MAX_STREAMS) return refuse(response, 503, `at most ${MAX_STREAMS} streams are open at once`)
    const server = factory({ era: 'legacy' })
    const transport = new SSEServerTransport(MESSAGES_PATH, response)
    streams.set(transport.sessionId, { transport, token: authInfo.token })
    const comments = setInterval(() => response.write(': keepalive\n\n'), commentMs)
    response.once('close', () => {
      clearInterval(comments)
      streams.delete(transport.sessionId)
    })
    server.onerror = onError
    await server.connect(transport)
  }
  const receive = async ({ request, response, authInfo }: SseExchange): Promise<void> => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost')
    const stream = streams.get(searchParams.get('sessionId') ?? '')
    if (stream === undefined || stream.token !== authInfo.token) return refuse(response, 404, 'no such session')
    await stream.transport.handlePostMessage(Object.assign(request, { auth: authInfo }), response)
  }
  const answered = (exchange: SseExchange, answering: Promise<void>): true => {
    answering.catch((fault: Error) => {
      onError(fault)
      exchange.response.destroy()
    })
    return true
  }
  return {
    handle(exchange) {
      const { path, request } = exchange
      if (path === '/sse' && request.method === 'GET') return answered(exchange, openStream(exchange))
      if (path === MESSAGES_PATH && request.method === 'POST') return answered(exchange, receive(exchange))
      return false
    },
    async close() {
      await Promise.all([...streams.values()].map(({ transport }) => transport.close()))
    },
  }
}

function refuse(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
}
