import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/** Below the ports that systems give to outgoing connections: one of those may take a port while its server restarts. */
const FIRST_PORT = 10_000
const LAST_PORT = 32_000
const MAX_TRIES = 100

/** Distinct free TCP ports of 127.0.0.1. Another process may take one before it is bound: callers try again. */
export async function freePorts(count: number): Promise<number[]> {
  // All listeners stay open until the last one is bound, so no port comes twice.
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere))
  const ports = servers.map(portOf)
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
  return ports
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  if (port === undefined) throw new Error('no free port')
  return port
}

async function listenAnywhere(): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listen(randomInt(FIRST_PORT, LAST_PORT))
    } catch (error) {
      if (attempt === MAX_TRIES) throw error
    }
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((listening, failed) => {
    const server = createServer()
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => listening(server))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not a TCP listener')
  return address.port
}
