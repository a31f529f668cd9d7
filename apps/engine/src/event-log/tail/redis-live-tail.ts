import type { Redis } from 'ioredis'
import { followRedisStream } from './follow-redis-stream.ts'
import { isContiguous } from './is-contiguous.ts'
import type { Batches, LiveTail, LiveTailOptions } from './live-tail.ts'
import { mergeBacklog } from './merge-backlog.ts'
import { OwnStreams } from './own-streams.ts'
import type { RedisOutbox } from './redis-outbox.ts'
import type { RedisStreamReader } from './redis-stream-reader.ts'
import { RedisTailWriter } from './redis-tail-writer.ts'

/** Ids are the engine's own, so the second half of a Redis id is always 0. */
const ids = { toRedis: (id: number) => `${id}-0`, fromRedis: (id: string) => Number.parseInt(id, 10) }

export type RedisLiveTailOptions = LiveTailOptions & {
  redis: Redis
  outbox: RedisOutbox
  reader: RedisStreamReader
  /** The server is there and says no, in these words: until it takes something again, readers have the record alone. */
  onRefused(reason: string): void
}

/** The live tail of engines that share a Redis: one Redis Stream per run. Neither connection nor reader is closed here. */
export function createRedisLiveTail({ redis, outbox, reader, onFenced, onRefused }: RedisLiveTailOptions): LiveTail {
  const own = new OwnStreams()
  const writer = new RedisTailWriter(
    { redis, outbox },
    {
      onFenced: (key) => {
        own.lose(key)
        onFenced(key)
      },
      onConfirmed: (key, entries) => own.confirm(key, entries),
      onDown: () => own.loseAll(),
      onRefused,
    },
  )
  return {
    push: (key, ...entries) => {
      own.begin(key, entries)
      writer.push(key, entries)
    },
    flush: (key) => writer.flush(key),
    takeOver: async (key) => {
      own.lose(key)
      return await writer.takeOver(key)
    },
    letGo: (key) => own.lose(key),
    has: async (key) => {
      if (own.has(key)) return true
      if (redis.status !== 'ready') return false
      return (await newestId(redis, key).catch(() => undefined)) !== undefined
    },
    follow: (key, after, signal) => {
      const server = { redis, reader }
      const elsewhere = (at: number) => followServer(server, { key, after: at, signal, isBacklog: true })
      return own.follow(key, { after, signal, elsewhere }) ?? followServer(server, { key, after, signal })
    },
    expireAfter: async (key, seconds) => {
      own.end(key, seconds)
      await writer.expire(key, seconds)
    },
    close: () => writer.close(),
  }
}

/** Id of the newest entry of a stream; undefined when there is none. */
async function newestId(redis: Redis, key: string): Promise<number | undefined> {
  const [newest] = await redis.xrevrange(key, '+', '-', 'COUNT', 1)
  return newest && ids.fromRedis(newest[0])
}

type Server = Pick<RedisLiveTailOptions, 'redis' | 'reader'>
type Following = { key: string; after: number; signal: AbortSignal; isBacklog?: boolean }

/** A stream as Redis has it. `lost` when it is gone, or when entries after the cursor are missing. */
async function* followServer({ redis, reader }: Server, { key, after, signal, isBacklog }: Following): Batches {
  if (after > 0 && !(await newestId(redis, key).catch(() => undefined))) {
    yield 'lost' as const
    return
  }
  let at = after
  for await (const batch of followRedisStream({ commands: redis, reader, ids }, { key, after, signal, isBacklog })) {
    if (batch === 'lost' || !isContiguous(at, batch.entries)) {
      yield 'lost' as const
      return
    }
    at = batch.entries.at(-1)?.id ?? at
    yield batch.isBacklog ? mergeBacklog(batch.entries) : batch.entries
  }
}
