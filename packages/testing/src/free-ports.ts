import { createServer, type Server } from 'node:net'

/** Distinct free TCP ports of 127.0.0.1. Another process may take one before it is bound: callers try again. */
export async function freePorts(count: number): Promise<number[]> {
  // All listeners stay open until the last one is bound, so no port comes twice.
  const servers = await Promise.all(Array.from({ length: count }, listen))
  const ports = servers.map(portOf)
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
  return ports
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  if (port === undefined) throw new Error('no free port')
  return port
}

function listen(): Promise<Server> {
  return new Promise((listening, failed) => {
    const server = createServer()
    server.once('error', failed)
    server.listen(0, '127.0.0.1', () => listening(server))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not a TCP listener')
  return address.port
}
