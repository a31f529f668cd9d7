import { createMcpHandler } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { type HttpServerOptions, listen, MAX_BODY_BYTES } from './http-server.ts'
import { createServerFactory, type ServerDescription } from './server.ts'

/** By what callers reach the tools: HTTP or stdio. */
export type Transport = {
  /** Ends with `/mcp`; undefined over stdio. */
  url: string | undefined
  close(): Promise<void>
  /** Resolves when the other side has ended it, where it can. */
  ended?: Promise<void>
}

export type Served = Pick<HttpServerOptions, 'metrics' | 'readiness' | 'onError'> &
  Omit<ServerDescription, 'lifetime'> & {
    /** How often a stream carries a comment. */
    commentMs: number
  }

export type TransportOptions = Pick<
  HttpServerOptions,
  'host' | 'port' | 'allowedHosts' | 'allowedOrigins' | 'authToken' | 'needsToken'
> & {
  transport: 'http' | 'stdio'
  /** HTTP+SSE of 2024-11-05 is served, too. */
  sse: boolean
}

export async function openTransport(options: TransportOptions, served: Served): Promise<Transport> {
  return options.transport === 'stdio' ? openStdio(served) : openHttp(options, served)
}

function openStdio({ onError, ...described }: Served): Transport {
  const handle = serveStdio(createServerFactory({ ...described, lifetime: 'connection' }), { onerror: onError })
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  process.stdin.once('end', resolve).once('close', resolve)
  return { url: undefined, close: () => handle.close(), ended }
}

async function openHttp(
  { sse: servesSse, host, port, allowedHosts, allowedOrigins, authToken, needsToken }: TransportOptions,
  { metrics, readiness, onError, commentMs, ...described }: Served,
): Promise<Transport> {
  const handler = createMcpHandler(createServerFactory({ ...described, lifetime: 'request' }), {
    maxRequestBodySize: MAX_BODY_BYTES,
    keepAliveMs: commentMs,
    onerror: onError,
  })
  const stopTelling = described.tools.onChange?.(() => handler.notify.toolsChanged())
  // Loaded only when it is served: few installations do.
  const sse = servesSse
    ? (await import('./serve-sse.ts')).createSseServer(createServerFactory({ ...described, lifetime: 'connection' }), {
        commentMs,
        onError,
      })
    : undefined
  const http = await listen({
    handler,
    sse,
    metrics,
    host,
    port,
    allowedHosts,
    allowedOrigins,
    authToken,
    needsToken,
    readiness,
    onError,
  })
  return {
    url: http.url,
    async close() {
      // Streams have no end of their own; those of the handler must not be cut off while an answer is being written.
      stopTelling?.()
      await sse?.close()
      await http.close()
      await handler.close()
    },
  }
}
