import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import { Answered } from './answered.ts'
import type { Handlers } from './handlers.ts'

/** Each check resolves to a word for people; one of the tool server that rejects keeps traffic away. */
export type HealthPorts = {
  pingDatabase(): Promise<unknown>
  /** Such as `ok`, `in-process`; never a reason to take no traffic: runs go on without Redis. */
  redis(): Promise<string>
  mcp(): Promise<string>
  checkpointer: 'postgres' | 'memory'
  /** Seconds that the oldest unsealed audit row has waited. */
  sealerLag(): Promise<number>
  isStopping(): boolean
}

const LATE_SECONDS = 10

export function healthHandlers(
  ports: HealthPorts,
): Pick<Handlers<Endpoints>, 'health' | 'healthDatabase' | 'healthReady'> {
  const isUp = (check: () => Promise<unknown>) =>
    check().then(
      () => true,
      () => false,
    )
  return {
    health: async () => ({ status: 'ok' }),
    healthDatabase: async () =>
      (await isUp(ports.pingDatabase))
        ? { status: 'ok', database: 'connected' }
        : new Answered({ status: 'error', database: 'disconnected' }, { status: 503 }),
    healthReady: async () => {
      const isConnected = await isUp(ports.pingDatabase)
      const [redis, mcp, lag] = await Promise.all([
        ports.redis().catch(() => 'error'),
        ports.mcp().catch(() => 'error'),
        isConnected ? ports.sealerLag().catch(() => undefined) : undefined,
      ])
      const isReady = isConnected && mcp !== 'error' && !ports.isStopping()
      const audit = lag === undefined ? 'unknown' : lag < LATE_SECONDS ? 'ok' : `${Math.round(lag)} s behind`
      const checks = {
        database: isConnected ? 'ok' : 'error',
        redis,
        mcp,
        checkpointer: ports.checkpointer,
        audit,
      }
      return new Answered({ status: isReady ? 'ready' : 'error', checks }, { status: isReady ? 200 : 503 })
    },
  }
}
