import { setTimeout as sleep } from 'node:timers/promises'
import { type OwnRedisServer, startRedis } from '@fairlead/testing/servers/redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectRedis } from '../event-log/tail/connect-redis.ts'
import { RedisOutbox } from '../event-log/tail/redis-outbox.ts'
import { RedisStreamReader } from '../event-log/tail/redis-stream-reader.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import { createFeed, type Feed, type UserEventBody } from './feed.ts'
import { createMemoryUserStream } from './memory-user-stream.ts'
import { createRedisUserStream } from './redis-user-stream.ts'
import { feedHandlers } from './routes.ts'

let redis: OwnRedisServer
const cleanUps: (() => void)[] = []
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp()
})

async function openRedisFeed(): Promise<Feed> {
  const connection = await connectRedis(redis.url, { log: { info: () => {}, warn: () => {} } })
  const reader = new RedisStreamReader(connection)
  cleanUps.push(() => {
    reader.close()
    connection.disconnect()
  })
  return createFeed(createRedisUserStream({ redis: connection, outbox: new RedisOutbox(connection), reader }))
}

const started = (run: number): UserEventBody => ({ type: 'run.started', run_id: `run-${run}`, conversation_id: 'c' })
const never = () => new AbortController().signal

/** An open stream that collects the events it has been sent. */
async function watch(
  feed: Feed,
  { userId = 'ada', lastEventId, ended = never }: Partial<Parameters<Feed['open']>[0]> = {},
) {
  const stream = await feed.open({ userId, lastEventId, ended })
  const gone = new AbortController()
  cleanUps.push(() => gone.abort())
  const events: { id: string; type: string; [field: string]: unknown }[] = []
  const end = (async () => {
    for await (const batch of stream.batches(gone.signal))
      for (const { id, data } of batch) events.push({ ...JSON.parse(data), id: `${id}` })
  })()
  await expect.poll(() => events[0]?.type).toBe('ready')
  return { events, end, leave: () => gone.abort(), runs: () => events.map(({ run_id }) => run_id).filter(Boolean) }
}

let users = 0
const newUser = () => `user-${++users}`

describe.each([
  { name: 'memory', open: async () => createFeed(createMemoryUserStream()) },
  { name: 'Redis', open: openRedisFeed },
])('feed in $name', ({ open }) => {
  test('every stream of a user gets what happens, in order; other users get nothing', async () => {
    const [feed, userId] = [await open(), newUser()]
    const [one, two] = [await watch(feed, { userId }), await watch(feed, { userId })]
    const stranger = await watch(feed, { userId: newUser() })
    for (let run = 1; run <= 50; run++) feed.publish(userId, started(run))
    await expect.poll(() => [one.runs().length, two.runs().length]).toEqual([50, 50])
    expect(one.runs()).toEqual(Array.from({ length: 50 }, (_, index) => `run-${index + 1}`))
    expect(one.events.every(({ id }, index, all) => index === 0 || Number(id) > Number(all[index - 1]?.id))).toBe(true)
    expect(one.events.every(({ timestamp }) => typeof timestamp === 'number')).toBe(true)
    expect(stranger.events.length).toBe(1)
  })

  test('a client that comes back gets what it missed, even when it had seen no event', async () => {
    const [feed, userId] = [await open(), newUser()]
    const first = await watch(feed, { userId })
    expect(first.events[0]).toMatchObject({ resumed: false })
    first.leave()
    await first.end
    feed.publish(userId, started(1))
    feed.publish(userId, started(2))
    const second = await watch(feed, { userId, lastEventId: first.events[0]?.id })
    await expect.poll(() => second.runs()).toEqual(['run-1', 'run-2'])
    expect(second.events[0]).toMatchObject({ resumed: true })
    const third = await watch(feed, { userId, lastEventId: second.events[1]?.id })
    await expect.poll(() => third.runs()).toEqual(['run-2'])
  })

  test.each(['17', '9999999999999999', 'yesterday', ''])(
    'with the unknown position %j the client is told to reload',
    async (lastEventId) => {
      const [feed, userId] = [await open(), newUser()]
      feed.publish(userId, started(1))
      await sleep(20)
      const stream = await watch(feed, { userId, lastEventId })
      expect(stream.events[0]).toMatchObject({ resumed: false })
      feed.publish(userId, started(2))
      await expect.poll(() => stream.runs()).toEqual(['run-2'])
    },
  )

  test('the oldest of more than twenty streams is closed', async () => {
    const [feed, userId] = [await open(), newUser()]
    const oldest = await watch(feed, { userId })
    const others: Awaited<ReturnType<typeof watch>>[] = []
    for (let count = 0; count < 20; count++) others.push(await watch(feed, { userId }))
    await oldest.end
    feed.publish(userId, started(1))
    await expect.poll(() => others.every((stream) => stream.runs().length === 1)).toBe(true)
    expect(oldest.runs()).toEqual([])
  })

  test('a stream ends with its session', async () => {
    const [feed, userId] = [await open(), newUser()]
    const session = new AbortController()
    const stream = await watch(feed, { userId, ended: () => session.signal })
    session.abort()
    await stream.end
    feed.publish(userId, started(1))
    await sleep(20)
    expect(stream.runs()).toEqual([])
  })
})

test('engines that share a Redis share the feed, and its loss ends the streams', async () => {
  const [here, there, userId] = [await openRedisFeed(), await openRedisFeed(), newUser()]
  const stream = await watch(here, { userId })
  there.publish(userId, started(1))
  await expect.poll(() => stream.runs()).toEqual(['run-1'])
  const restarting = redis.restart()
  await stream.end
  await restarting
  await expect
    .poll(() =>
      here.open({ userId, lastEventId: undefined, ended: never }).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
  const again = await watch(here, { userId, lastEventId: stream.events.at(-1)?.id })
  expect(again.events[0]).toMatchObject({ resumed: false })
})

test('the handler opens the stream of the caller, from the header, until the session ends', async () => {
  const session = new AbortController()
  const gone = new AbortController().signal
  const user = { id: 'ada', session_id: 's1' } as AuthenticatedUser
  const opened: Parameters<Feed['open']>[0][] = []
  const watched: unknown[] = []
  const feed: Feed = {
    publish: () => {},
    open: async (options) => {
      opened.push(options)
      return { batches: async function* () {} }
    },
  }
  const whenTokenExpires = (...of: unknown[]) => {
    watched.push(of)
    return session.signal
  }
  const { userEvents } = feedHandlers({ feed, whenTokenExpires })
  await userEvents({ user, headers: { 'last-event-id': '12' } } as unknown as Parameters<typeof userEvents>[0])
  expect(opened[0]).toMatchObject({ userId: 'ada', lastEventId: '12' })
  expect(opened[0]?.ended(gone)).toBe(session.signal)
  expect(watched).toEqual([[user, gone]])
})
