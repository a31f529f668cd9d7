import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Cluster } from '../cluster.ts'
import type { StreamCaller } from './open-channels.ts'

export type Opened = { path: string; protocol: string; headers: Record<string, unknown>; socket: WebSocket }

/** Plays the streaming part of an API server, for what a real one cannot be brought to do. */
export async function startFakeKubelet({
  protocols,
  onOpen,
  refuse,
  hold,
}: {
  /** That it knows, the most wanted first. */
  protocols: readonly string[]
  onOpen: (opened: Opened) => void
  /** Answers in place of opening. */
  refuse?: { status: number; body: unknown }
  /** Is given the connection, which is never answered. */
  hold?: (connection: Duplex) => void
}) {
  const http = createServer()
  const streams = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => protocols.find((each) => offered.has(each)) ?? false,
  })
  http.on('upgrade', (request, socket, head) => {
    if (hold !== undefined) return hold(socket)
    if (refuse !== undefined) {
      const body = JSON.stringify(refuse.body)
      socket.end(
        `HTTP/1.1 ${refuse.status} No\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
      return
    }
    streams.handleUpgrade(request, socket, head, (opened) => {
      const { url = '', headers } = request
      onOpen({ path: url, protocol: opened.protocol, headers, socket: opened })
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const server = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const cluster: Pick<Cluster, 'server' | 'upgrade'> = {
    server,
    upgrade: async ({ path, userAgent }) => ({ url: server + path, headers: { 'user-agent': userAgent }, tls: {} }),
  }
  const who: StreamCaller = { cluster, caller: { as: 'server' }, userAgent: 'fairlead/test call/c1' }
  return {
    who,
    close: () => {
      for (const socket of streams.clients) socket.terminate()
      http.close()
      http.closeAllConnections()
    },
  }
}

/** A message on a channel. */
export function onChannel(channel: number, content: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(channel), typeof content === 'string' ? Buffer.from(content) : content])
}
