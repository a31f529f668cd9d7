import type { Redis } from 'ioredis'
import { followRedisStream } from '../event-log/tail/follow-redis-stream.ts'
import type { RedisOutbox } from '../event-log/tail/redis-outbox.ts'
import type { RedisStreamReader } from '../event-log/tail/redis-stream-reader.ts'
import { keptMs, markerType, type UserStream } from './user-stream.ts'

/** Redis makes `<millisecond>-<n>`; n stays far below a thousand for what happens to one person in a millisecond. */
const ids = {
  toRedis: (id: number) => `${Math.floor(id / 1000)}-${id % 1000}`,
  fromRedis: (id: string) => {
    const [milliseconds, n] = id.split('-')
    return Number(milliseconds) * 1000 + Number(n)
  },
}
const keyOf = (userId: string) => `user:${userId}`

/** The user streams of engines that share a Redis. */
export function createRedisUserStream({
  redis,
  outbox,
  reader,
}: {
  redis: Redis
  outbox: RedisOutbox
  reader: RedisStreamReader
}): UserStream {
  const add = (userId: string, type: string, data: string) =>
    new Promise<number>((resolve, reject) => {
      outbox.add(() => {
        const key = keyOf(userId)
        return {
          commands: [
            ['xadd', key, 'MINID', '=', Date.now() - keptMs, '*', type, data],
            ['pexpire', key, keptMs],
          ],
          take: ([added]) => {
            const [error, id] = added ?? [new Error('Redis is away'), null]
            if (error) reject(error)
            else resolve(ids.fromRedis(typeof id === 'string' ? id : '0-0'))
          },
        }
      })
    })
  return {
    publish: (userId, type, data) => {
      // The connection reports its outages; readers lose their streams with it, and reload.
      add(userId, type, data).catch(() => {})
    },
    open: async (userId, lastEventId) => {
      const key = keyOf(userId)
      if (lastEventId !== undefined) {
        const seen = ids.toRedis(lastEventId)
        const [kept] = await redis.xrange(key, seen, seen)
        if (kept) return { position: lastEventId, resumed: true }
      }
      const [newest] = await redis.xrevrange(key, '+', '-', 'COUNT', 1)
      return { position: newest ? ids.fromRedis(newest[0]) : await add(userId, markerType, ''), resumed: false }
    },
    follow: async function* (userId, position, signal) {
      const after = { key: keyOf(userId), after: position, signal }
      for await (const batch of followRedisStream({ commands: redis, reader, ids }, after)) {
        if (batch === 'lost') return
        const events = batch.entries.filter(({ type }) => type !== markerType)
        if (events.length > 0) yield events
      }
    },
  }
}
