import { once } from 'node:events'
import { Redis } from 'ioredis'

export type RedisLog = { info(fields: object, message: string): void; warn(fields: object, message: string): void }

/**
 * A connection that comes back by itself. What was sent and not answered when it broke fails at once and is never sent
 * again behind the caller's back, and nothing queues up while it is down: each user knows its own way to go on.
 * Resolves after `connectMs` at the latest, connected or not (`status` tells).
 */
export async function connectRedis(url: string, { log, connectMs = 2000 }: { log: RedisLog; connectMs?: number }) {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    socketTimeout: 5000,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(25 * 2 ** times, 1000),
  })
  const server = maskedRedisUrl(url)
  let isDown = false
  redis.on('error', (error: Error) => {
    if (isDown) return
    isDown = true // said once an outage, not once an attempt
    log.warn({ server, reason: error.message }, 'Redis is unreachable')
  })
  redis.on('ready', () => {
    if (isDown) log.info({ server }, 'Redis is back')
    isDown = false
  })
  await once(redis, 'ready', { signal: AbortSignal.timeout(connectMs) }).catch((error: Error) => {
    if (error.name !== 'AbortError' && !isDown) throw error
  })
  return redis
}

/** A second connection for reads that block. Its faults are the first one's, which reports them. */
export function duplicateForBlocking(redis: Redis): Redis {
  // The first read waits for the connection, and fails with it.
  const blocking = redis.duplicate({ enableOfflineQueue: true })
  blocking.on('error', () => {})
  return blocking
}

/** Host, port and database, without what signs in. */
export function maskedRedisUrl(url: string): string {
  const masked = new URL(url)
  masked.username = ''
  masked.password = ''
  masked.search = ''
  return masked.toString()
}
