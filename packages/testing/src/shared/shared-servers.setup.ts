import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startCluster } from '../cluster/start-cluster.ts'
import { MissingPart } from '../servers/missing-part.ts'
import { startPostgres } from '../servers/postgres.ts'
import { startRedis } from '../servers/redis.ts'

export type SharedServerAnswer =
  | { is: 'running'; address: string }
  | { is: 'missing'; part: string; how: string }
  | { is: 'failed'; message: string }

type Started = { address: string; stop(): Promise<void> }

const starters = {
  'api-server': async (): Promise<Started> => {
    const { stop, ...server } = await startCluster({ audit: 'RequestResponse', rollouts: true })
    return { address: JSON.stringify(server), stop }
  },
  postgres: async (): Promise<Started> => {
    const { url, stop } = await startPostgres()
    return { address: url, stop }
  },
  redis: async (): Promise<Started> => {
    const { url, stop } = await startRedis()
    return { address: url, stop }
  },
}

export type SharedPart = keyof typeof starters

/**
 * vitest globalSetup: owns the servers that the workers ask for by name, and ends them after the last test. Each project
 * of a run asks for it; the first one's are there for all.
 */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env.FAIRLEAD_SHARED_SERVERS !== undefined) return async () => {}
  const started = new Map<SharedPart, Promise<Started>>()
  const start = (part: SharedPart) => {
    const running = started.get(part) ?? starters[part]()
    started.set(part, running)
    return running
  }
  const desk = createServer((request, response) => {
    const part = request.url?.slice(1) ?? ''
    if (!isShared(part)) {
      response.writeHead(404).end()
      return
    }
    void start(part)
      .then(({ address }): SharedServerAnswer => ({ is: 'running', address }), whyNot)
      .then((answer) => response.end(JSON.stringify(answer)))
  })
  await once(desk.listen(0, '127.0.0.1'), 'listening')
  process.env.FAIRLEAD_SHARED_SERVERS = `http://127.0.0.1:${(desk.address() as AddressInfo).port}`
  return async () => {
    desk.close()
    desk.closeAllConnections()
    const running = await Promise.allSettled(started.values())
    await Promise.all(running.map((part) => part.status === 'fulfilled' && part.value.stop()))
  }
}

function isShared(part: string): part is SharedPart {
  return Object.hasOwn(starters, part)
}

function whyNot(error: unknown): SharedServerAnswer {
  if (error instanceof MissingPart) return { is: 'missing', part: error.part, how: error.how }
  return { is: 'failed', message: error instanceof Error ? error.message : String(error) }
}
