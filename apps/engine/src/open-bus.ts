import type { Logger } from '@fairlead/service-kit/logger'
import type { Redis } from 'ioredis'
import { connectRedis, maskedRedisUrl } from './event-log/tail/connect-redis.ts'
import type { LiveTail, LiveTailOptions } from './event-log/tail/live-tail.ts'
import { createMemoryLiveTail } from './event-log/tail/memory-live-tail.ts'
import { createRedisLiveTail } from './event-log/tail/redis-live-tail.ts'
import { RedisOutbox } from './event-log/tail/redis-outbox.ts'
import { RedisStreamReader } from './event-log/tail/redis-stream-reader.ts'
import { createMemoryUserStream } from './feed/memory-user-stream.ts'
import { createRedisUserStream } from './feed/redis-user-stream.ts'
import type { UserStream } from './feed/user-stream.ts'

/** What moves between engines: tails of runs, events of users, windows of the limiter. */
export type Bus = {
  tail: LiveTail
  userStream: UserStream
  /** A connection that fails at once, since a window in the process stands in for it. */
  limiterRedis: Redis | undefined
  health(): Promise<string>
  close(): Promise<void>
}

/** @param url undefined: in this process */
export async function openBus(url: string | undefined, options: LiveTailOptions & { log: Logger }): Promise<Bus> {
  if (url === undefined) {
    const tail = createMemoryLiveTail(options)
    return {
      tail,
      userStream: createMemoryUserStream(),
      limiterRedis: undefined,
      health: async () => 'in-process',
      close: () => tail.close(),
    }
  }
  const redis = await connectRedis(url, { log: options.log })
  const reader = new RedisStreamReader(redis)
  const outbox = new RedisOutbox(redis)
  const tail = createRedisLiveTail({
    redis,
    outbox,
    reader,
    onFenced: options.onFenced,
    onRefused: (reason) => {
      const logFields = { server: maskedRedisUrl(url), reason }
      options.log.warn(
        logFields,
        'Redis refuses the live tail; until it takes it, events of runs come late, from the record',
      )
    },
  })
  const limiterRedis = redis.duplicate({ enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 300 })
  limiterRedis.on('error', () => {}) // the first connection reports the same fault
  return {
    tail,
    userStream: createRedisUserStream({ redis, outbox, reader }),
    limiterRedis,
    health: async () => (redis.status === 'ready' ? 'ok' : 'disconnected'),
    close: async () => {
      await tail.close()
      await reader.close()
      limiterRedis.disconnect()
      redis.disconnect()
    },
  }
}
