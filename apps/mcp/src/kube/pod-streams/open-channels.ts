import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { WebSocket } from 'ws'
import { interrupted } from '../../tool/interrupted.ts'
import type { Caller } from '../caller.ts'
import type { Cluster } from '../cluster.ts'
import { apiErrorOf } from '../http/api-error.ts'
import { writeFaultOf } from '../http/http.ts'

/** As whom a stream is opened, and what stands in the cluster's audit log. */
export type StreamCaller = {
  cluster: Pick<Cluster, 'server' | 'upgrade'>
  caller: Caller
  userAgent: string
  /** As of a request to the cluster. */
  requireTime?: () => void
}

/** Several streams over one connection: each message begins with the number of its channel. */
export type Channels = {
  /** The subprotocol that the server chose. */
  readonly protocol: string
  send(channel: number, bytes: Uint8Array): void
  /** Bytes that were sent and have not left yet. */
  pending(): number
  /** Stops reading, so that the server waits. */
  pause(): void
  resume(): void
  /** Resolves, and never rejects, once the connection has ended, by whomever. */
  readonly ended: Promise<void>
  /** Ends it at once; the server takes its part for gone. */
  close(): void
}

/** Connections that are silent are cut by what stands between; this is well below what is usual there. */
const PING_MS = 10_000
/** The server sends pieces of 32 KiB; what is longer is nothing that we asked for. */
const LONGEST_MESSAGE = 4 * 1024 * 1024
const HANDSHAKE_MS = 30_000

/**
 * Opens the channels of a subresource of a pod. `onMessage` is called from the first message on. Throws ToolError when the
 * server refused or was not reached, AnswerLost when it may have begun all the same. `signal` ends the opening only.
 */
export async function openChannels(
  { cluster, caller, userAgent, requireTime }: StreamCaller,
  {
    path,
    protocols,
    signal,
    onMessage,
  }: {
    path: string
    /** The most wanted first. */
    protocols: readonly string[]
    signal: AbortSignal
    onMessage: (channel: number, bytes: Buffer) => void
  },
): Promise<Channels> {
  const { url, headers, tls } = await cluster.upgrade({ path, caller, userAgent })
  if (signal.aborted) throw interrupted(signal)
  requireTime?.()
  const socket = new WebSocket(url, [...protocols], {
    headers,
    ...definedOnly(tls),
    perMessageDeflate: false,
    maxPayload: LONGEST_MESSAGE,
    handshakeTimeout: HANDSHAKE_MS,
  })
  socket.on('message', (data: Buffer) => {
    const channel = data[0]
    if (channel !== undefined && data.length > 1) onMessage(channel, data.subarray(1))
  })
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const abort = () => socket.terminate()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await untilOpen(socket)
  } catch (fault) {
    throw writeFaultOf(fault, cluster, signal)
  } finally {
    signal.removeEventListener('abort', abort)
  }
  const pinging = setInterval(() => socket.ping(), PING_MS)
  void ended.then(() => clearInterval(pinging))
  return {
    protocol: socket.protocol,
    send: (channel, bytes) => {
      // What is sent into a connection that has just ended is lost, as in any other; its end is told by `ended`.
      if (socket.readyState === WebSocket.OPEN) socket.send(Buffer.concat([Buffer.of(channel), bytes]))
    },
    pending: () => socket.bufferedAmount,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    ended,
    close: () => socket.terminate(),
  }
}

function untilOpen(socket: WebSocket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.once('open', resolve)
  socket.once('unexpected-response', (_request, response) => {
    void refusalOf(response).then(reject, reject)
  })
  // After the opening a fault is followed by the end, which is what counts.
  socket.on('error', reject)
  socket.once('close', () => reject(new Error('the connection ended')))
  return promise
}

async function refusalOf(response: IncomingMessage): Promise<Error> {
  const body = await text(response)
  response.destroy()
  return apiErrorOf(response.statusCode ?? 500, body, 'the opening of a stream into a pod')
}

function definedOnly<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}
