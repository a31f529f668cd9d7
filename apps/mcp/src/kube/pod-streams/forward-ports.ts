import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { PortPair } from '../../input/ports.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { connectToPort, type PortConnection } from './connect-to-port.ts'
import type { StreamCaller } from './open-channels.ts'

/** Listeners on this machine that lead to ports of a pod. */
export type Forward = {
  id: string
  /** `local` as it was opened, where any was asked for. */
  ports: readonly PortPair[]
  until: Date
}

export type ForwardRequest = { namespace: string; pod: string; ports: readonly PortPair[] }

/** All that are open. They outlive the calls that opened them, and end with the client's connection. */
export type Forwards = {
  /** Throws ToolError `Conflict` when a local port is taken; then none of them is open. */
  open(who: StreamCaller, to: ForwardRequest): Promise<Forward>
  close(): Promise<void>
}

const LIFE_MS = 10 * 60_000
/** More than this under way to a side that does not read, and the other side has to wait. */
const MAX_PENDING = 1024 * 1024

/** `report` hears of single connections that failed; who made one only sees it end. */
export function createForwards(report: (fault: string) => void, { lifeMs = LIFE_MS } = {}): Forwards {
  const ends = new Set<() => Promise<void>>()
  return {
    async open(who, { namespace, pod, ports }) {
      const over = new AbortController()
      const sockets = new Set<Socket>()
      const servers: Server[] = []
      const end = async (): Promise<void> => {
        ends.delete(end)
        clearTimeout(timer)
        over.abort()
        for (const socket of sockets) socket.destroy()
        await Promise.all(servers.filter(({ listening }) => listening).map((server) => once(server.close(), 'close')))
      }
      const until = new Date(Date.now() + lifeMs)
      const timer = setTimeout(() => void end(), lifeMs).unref()
      ends.add(end)
      try {
        const opened: PortPair[] = []
        for (const { local, remote } of ports) {
          // A client that has said all it had to say still waits for the answer.
          const server = createServer({ allowHalfOpen: true }, (socket) => {
            sockets.add(socket)
            socket.once('close', () => sockets.delete(socket))
            void carry(socket, { who, namespace, pod, port: remote, signal: over.signal, report })
          })
          servers.push(server)
          opened.push({ local: await listen(server, local), remote })
        }
        return { id: randomUUID(), ports: opened, until }
      } catch (fault) {
        await end()
        throw fault
      }
    },
    async close() {
      await Promise.all([...ends].map((end) => end()))
    },
  }
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : String(fault)
    const why = code === 'EADDRINUSE' ? 'it is taken' : code === 'EACCES' ? 'it needs more rights' : code
    throw new ToolError('Conflict', `local port ${port} cannot be opened: ${why}. Local port 0 takes any that is free.`)
  }
  return (server.address() as AddressInfo).port
}

type Carried = {
  who: StreamCaller
  namespace: string
  pod: string
  port: number
  signal: AbortSignal
  report: (fault: string) => void
}

/** One connection of a local client, until either side ends it. */
async function carry(socket: Socket, { who, report, ...to }: Carried): Promise<void> {
  // Until the way is open the client waits; what it says meanwhile stays in its socket.
  socket.pause()
  socket.on('error', () => socket.destroy())
  let connection: PortConnection | undefined
  try {
    connection = await connectToPort(who, {
      ...to,
      onData: (bytes) => {
        if (!socket.write(bytes)) connection?.pause()
      },
    })
    join(socket, connection)
    const fault = await connection.ended
    if (fault !== undefined) report(fault.message)
    socket.end()
  } catch (fault) {
    report(fault instanceof Error ? fault.message : String(fault))
    socket.destroy()
  }
}

function join(socket: Socket, connection: PortConnection): void {
  socket.on('drain', connection.resume)
  socket.on('data', (bytes: Buffer) => {
    connection.send(bytes)
    if (connection.pending() > MAX_PENDING) void untilSent(socket, connection)
  })
  // The end of a forward destroys its sockets, and this ends what they were joined to.
  socket.once('close', connection.close)
  if (socket.destroyed) connection.close()
  socket.resume()
}

async function untilSent(socket: Socket, { pending }: { pending(): number }): Promise<void> {
  socket.pause()
  while (pending() > MAX_PENDING / 2 && !socket.destroyed) await new Promise((resolve) => setTimeout(resolve, 10))
  socket.resume()
}
