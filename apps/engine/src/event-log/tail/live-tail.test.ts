import { setTimeout as sleep } from 'node:timers/promises'
import { type OwnRedisServer, startRedis } from '@fairlead/testing/servers/redis'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectRedis } from './connect-redis.ts'
import type { LiveTail, TailEntry } from './live-tail.ts'
import { createMemoryLiveTail } from './memory-live-tail.ts'
import { createRedisLiveTail } from './redis-live-tail.ts'
import { RedisOutbox } from './redis-outbox.ts'
import { RedisStreamReader } from './redis-stream-reader.ts'

const log = { info: () => {}, warn: () => {} }
const aToken = (id: number): TailEntry => ({
  id,
  type: 'token',
  data: JSON.stringify({ type: 'token', run_id: 'r', conversation_id: 'c', text: `${id} `, tokens_generated: id }),
})
const anEvent = (id: number, type = 'ready'): TailEntry => ({ id, type, data: JSON.stringify({ type, n: id }) })
const tokens = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => aToken(from + index))
const textOf = (entries: readonly TailEntry[]) =>
  entries.map(({ type, data }) => (type === 'token' ? JSON.parse(data).text : '')).join('')
const textOfTokens = (from: number, to: number) => textOf(tokens(from, to))

/** Reads until an entry of that type; goes on after the last one when the tail is lost. */
async function readOn(tail: LiveTail, key: string): Promise<TailEntry[]> {
  const entries: TailEntry[] = []
  for (;;) {
    const read = await readTo(tail, key, { after: entries.at(-1)?.id ?? 0 })
    entries.push(...read.entries)
    if (!read.isLost) return entries
    await sleep(20)
  }
}

/** Reads until an entry of that type, or until the tail is lost. */
async function readTo(tail: LiveTail, key: string, { after = 0, last = 'completed', each = async () => {} } = {}) {
  const entries: TailEntry[] = []
  for await (const batch of tail.follow(key, after, AbortSignal.timeout(10_000))) {
    if (batch === 'lost') return { entries, isLost: true }
    entries.push(...batch)
    if (entries.at(-1)?.type === last) return { entries, isLost: false }
    await each()
  }
  throw new Error(`no ${last} within the time; read ${entries.length} entries`)
}

/** Id of the last entry that a reader is given now; 0 without any. */
async function newestIn(tail: LiveTail, key: string): Promise<number> {
  let newest = 0
  for await (const batch of tail.follow(key, 0, AbortSignal.timeout(200))) {
    if (batch === 'lost') return newest
    newest = batch.at(-1)?.id ?? newest
  }
  return newest
}

let redis: OwnRedisServer
const cleanUps: (() => Promise<void> | void)[] = []
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function openRedisTail(
  onFenced: (key: string) => void = () => {},
  { url = redis.url, onRefused = () => {} }: { url?: string; onRefused?: (reason: string) => void } = {},
): Promise<LiveTail> {
  const connection = await connectRedis(url, { log })
  const reader = new RedisStreamReader(connection)
  const outbox = new RedisOutbox(connection)
  const tail = createRedisLiveTail({ redis: connection, outbox, reader, onFenced, onRefused })
  cleanUps.push(async () => {
    await tail.close()
    reader.close()
    connection.disconnect()
  })
  return tail
}

const adapters = [
  { name: 'memory', open: async (onFenced: (key: string) => void) => createMemoryLiveTail({ onFenced }) },
  { name: 'Redis', open: openRedisTail },
]
let keys = 0
const newKey = () => `run:${++keys}`

describe.each(adapters)('live tail in $name', ({ open }) => {
  test('a reader gets every entry once, in order, what came before it and what comes after', async () => {
    const [tail, key] = [await open(() => {}), newKey()]
    tail.push(key, anEvent(1), ...tokens(2, 40))
    await tail.flush(key)
    const reading = readTo(tail, key)
    for (let id = 41; id <= 400; id += 3) {
      tail.push(key, aToken(id))
      tail.push(key, ...tokens(id + 1, id + 2))
      if (id % 5 === 0) await sleep(1)
    }
    tail.push(key, anEvent(401, 'completed'))
    const { entries } = await reading
    expect(entries).toEqual([anEvent(1), ...tokens(2, 400), anEvent(401, 'completed')])
  })

  test('a reader may be there before the first entry, and go on after any id', async () => {
    const [tail, key] = [await open(() => {}), newKey()]
    const early = readTo(tail, key)
    await sleep(50)
    tail.push(key, anEvent(1), ...tokens(2, 9), anEvent(10, 'completed'))
    expect((await early).entries.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect((await readTo(tail, key, { after: 7 })).entries.map(({ id }) => id)).toEqual([8, 9, 10])
  })

  test('a paused reader loses nothing, doubles nothing, and gets neighbouring pieces joined', async () => {
    const [tail, key] = [await open(() => {}), newKey()]
    let resume = () => {}
    const paused = new Promise<void>((resolve) => {
      resume = resolve
    })
    tail.push(key, anEvent(1))
    const reading = readTo(tail, key, { each: () => paused })
    await sleep(50)
    for (let id = 2; id <= 6000; id += 100) {
      tail.push(key, ...tokens(id, Math.min(id + 99, 6000)))
      await sleep(1)
    }
    await tail.flush(key)
    resume()
    tail.push(key, anEvent(6001, 'thinking.complete'), ...tokens(6002, 6003), anEvent(6004, 'completed'))
    const { entries, isLost } = await reading
    expect(isLost).toBe(false)
    expect(textOf(entries)).toBe(textOfTokens(2, 6003).replace('6001 ', ''))
    expect(entries.length).toBeLessThan(2500)
    expect(entries.every(({ id }, index) => index === 0 || id > (entries[index - 1]?.id ?? 0))).toBe(true)
    const joined = entries.filter(({ data }) => data.length > 500)
    expect(joined.length).toBeGreaterThan(0)
    for (const { id, data } of joined) expect(JSON.parse(data).tokens_generated).toBe(id)
  })

  test('many readers of one key each get all of it', async () => {
    const [tail, key] = [await open(() => {}), newKey()]
    const readings = Array.from({ length: 20 }, () => readTo(tail, key))
    await sleep(20)
    for (const entry of [anEvent(1), ...tokens(2, 300), anEvent(301, 'completed')]) tail.push(key, entry)
    for (const { entries } of await Promise.all(readings)) expect(entries.length).toBe(301)
  })

  test('a reader that comes while another one reads gets all of it, from any id', async () => {
    const [tail, key] = [await open(() => {}), newKey()]
    const first = readTo(tail, key)
    tail.push(key, anEvent(1))
    for (let id = 2; id <= 800; id += 10) {
      tail.push(key, ...tokens(id, id + 9))
      await tail.flush(key)
    }
    const late = [0, 400, 801].map((after) => readTo(tail, key, { after }))
    await sleep(20)
    tail.push(key, anEvent(802, 'completed'))
    const { entries } = await first
    expect(entries).toEqual([anEvent(1), ...tokens(2, 801), anEvent(802, 'completed')])
    const read = await Promise.all(late)
    expect(read.map(({ isLost }) => isLost)).toEqual([false, false, false])
    expect(read.map(({ entries }) => textOf(entries))).toEqual([textOfTokens(2, 801), textOfTokens(401, 801), ''])
  })

  test('after a flush all that was pushed can be read', async () => {
    const [tail, key] = [await open(() => {}), newKey()]
    tail.push(key, anEvent(1), ...tokens(2, 50))
    await tail.flush(key)
    expect(await tail.has(key)).toBe(true)
    expect(await newestIn(tail, key)).toBe(50)
  })

  test('an id that is not new fences the writer until it takes over', async () => {
    const fenced: string[] = []
    const [tail, key] = [await open((which) => fenced.push(which)), newKey()]
    tail.push(key, anEvent(1), ...tokens(2, 5))
    await tail.flush(key)
    tail.push(key, ...tokens(4, 7))
    await tail.flush(key)
    tail.push(key, aToken(8))
    await tail.flush(key)
    expect(fenced).toEqual([key])
    expect(await tail.takeOver(key)).toBe(5)
    tail.push(key, anEvent(6, 'completed'))
    expect((await readTo(tail, key)).entries).toEqual([anEvent(1), ...tokens(2, 5), anEvent(6, 'completed')])
    expect(fenced).toEqual([key])
  })

  test('a gap, at the beginning or later, is told as lost', async () => {
    const [tail, key, late] = [await open(() => {}), newKey(), newKey()]
    tail.push(key, anEvent(1), aToken(2), aToken(5))
    await tail.flush(key)
    expect(await readTo(tail, key, { last: 'none' })).toMatchObject({ isLost: true })
    tail.push(late, aToken(58))
    await tail.flush(late)
    expect(await readTo(tail, late)).toEqual({ entries: [], isLost: true })
    tail.push(late, anEvent(59, 'completed'))
    expect((await readTo(tail, late, { after: 57 })).entries.map(({ id }) => id)).toEqual([58, 59])
  })

  test('a tail that is gone is lost to a reader with a cursor', async () => {
    const [tail, key] = [await open(() => {}), newKey()]
    expect(await readTo(tail, key, { after: 3 })).toEqual({ entries: [], isLost: true })
    expect(await tail.has(key)).toBe(false)
    expect(await tail.takeOver(key)).toBeUndefined()
  })

  test('an ended tail is removed after its time', async () => {
    const [tail, key] = [await open(() => {}), newKey()]
    tail.push(key, anEvent(1), anEvent(2, 'completed'))
    await tail.expireAfter(key, 1)
    expect((await readTo(tail, key)).entries.length).toBe(2)
    await sleep(1100)
    expect(await tail.has(key)).toBe(false)
  })

  test('an abort ends a waiting reader quietly', async () => {
    const [tail, key] = [await open(() => {}), newKey()]
    const leaving = new AbortController()
    const reading = tail.follow(key, 0, leaving.signal)[Symbol.asyncIterator]().next()
    await sleep(30)
    leaving.abort()
    expect(await reading).toEqual({ done: true, value: undefined })
  })
})

describe('live tail in Redis', () => {
  test('two engines: what one writes, readers of both get; the one that is behind is fenced', async () => {
    const fenced: string[] = []
    const [one, other, key] = [await openRedisTail((which) => fenced.push(which)), await openRedisTail(), newKey()]
    one.push(key, anEvent(1), ...tokens(2, 10))
    await one.flush(key)
    const readings = [readOn(one, key), readOn(other, key)]
    expect(await other.takeOver(key)).toBe(10)
    other.push(key, aToken(11))
    await other.flush(key)
    one.push(key, ...tokens(11, 14)) // the late one's whole batch is refused, 12 to 14 included
    await one.flush(key)
    other.push(key, anEvent(12, 'completed'))
    for (const entries of await Promise.all(readings))
      expect(entries).toEqual([anEvent(1), ...tokens(2, 11), anEvent(12, 'completed')])
    expect(fenced).toEqual([key])
  })

  test('from a take-over on the engine before is refused, though its successor has not written yet', async () => {
    const fenced: [who: string, key: string][] = []
    const one = await openRedisTail((which) => fenced.push(['one', which]))
    const other = await openRedisTail((which) => fenced.push(['other', which]))
    const key = newKey()
    one.push(key, anEvent(1), ...tokens(2, 10))
    await one.flush(key)
    const readings = [readOn(one, key), readOn(other, key)]
    expect(await other.takeOver(key)).toBe(10)
    one.push(key, anEvent(11, 'tool.progress'))
    await one.flush(key)
    other.push(key, anEvent(11, 'tool.result'), anEvent(12, 'completed'))
    const all = [anEvent(1), ...tokens(2, 10), anEvent(11, 'tool.result'), anEvent(12, 'completed')]
    for (const entries of await Promise.all(readings)) expect(entries).toEqual(all)
    expect(fenced).toEqual([['one', key]])
  })

  test('an engine that takes its own run over sends nothing of what it had not sent before', async () => {
    const fenced: string[] = []
    const [tail, key] = [await openRedisTail((which) => fenced.push(which)), newKey()]
    tail.push(key, anEvent(1), ...tokens(2, 10))
    await tail.flush(key)
    const reading = readOn(tail, key)
    tail.push(key, ...tokens(11, 20_000)) // far more than leave at once
    await new Promise((resolve) => setImmediate(resolve)) // so many as do are on their way
    const taken = (await tail.takeOver(key)) ?? 0
    expect(taken).toBeLessThan(20_000)
    tail.push(key, anEvent(taken + 1, 'completed'))
    for (const entries of [await reading, (await readTo(tail, key)).entries]) {
      expect(textOf(entries)).toBe(textOfTokens(2, taken))
      expect(entries.at(-1)).toEqual(anEvent(taken + 1, 'completed'))
    }
    expect(fenced).toEqual([])
  })

  test('a tail whose owner may not be named, or which is no stream, is not taken over', async () => {
    const direct = new Redis(redis.url)
    await direct.call('ACL', 'SETUSER', 'ownerless', 'on', '>pw', '~*', '+@all', '-set')
    const key = newKey()
    const other = await openRedisTail(undefined, { url: redis.url.replace('redis://', 'redis://ownerless:pw@') })
    other.push(key, anEvent(1))
    await other.flush(key)
    await expect(other.takeOver(key)).rejects.toThrow('EXECABORT')
    await direct.call('ACL', 'SETUSER', 'ownerless', '+set')
    await direct.set(key, 'no stream')
    await expect(other.takeOver(key)).rejects.toThrow('WRONGTYPE')
    await direct.call('ACL', 'DELUSER', 'ownerless')
    direct.disconnect()
  })

  test('a tail that was gone when it was taken over is not begun again by the engine before', async () => {
    const fenced: string[] = []
    const [one, other, key] = [await openRedisTail((which) => fenced.push(which)), await openRedisTail(), newKey()]
    expect(await other.takeOver(key)).toBeUndefined()
    one.push(key, aToken(11))
    await one.flush(key)
    expect(await other.has(key)).toBe(false)
    expect(fenced).toEqual([key])
  })

  test('what is pushed faster than it can be written is all there, and does not stand before other runs', async () => {
    const [tail, long, short] = [await openRedisTail(), newKey(), newKey()]
    const direct = new Redis(redis.url)
    tail.push(long, anEvent(1))
    await tail.flush(long)
    const last = 60_000
    for (let id = 2; id <= last; id++) tail.push(long, aToken(id))
    tail.push(long, anEvent(last + 1, 'completed'))
    tail.push(short, anEvent(1, 'completed'))
    expect((await readTo(tail, short)).entries).toHaveLength(1)
    const [newest] = await direct.xrevrange(long, '+', '-', 'COUNT', 1)
    direct.disconnect()
    expect(Number.parseInt(newest?.[0] ?? '', 10)).toBeLessThan(last)
    const said = textOf((await readTo(tail, long)).entries)
    expect(said === textOfTokens(2, last)).toBe(true) // nobody wants to see the difference
  })

  test('an engine that lets go of a run sends its readers to the next owner', async () => {
    const [one, other, key] = [await openRedisTail(), await openRedisTail(), newKey()]
    one.push(key, anEvent(1), ...tokens(2, 10))
    await one.flush(key)
    const reading = readOn(one, key)
    await sleep(50)
    one.letGo(key)
    expect(await other.takeOver(key)).toBe(10)
    other.push(key, aToken(11), anEvent(12, 'completed'))
    expect(await reading).toEqual([anEvent(1), ...tokens(2, 11), anEvent(12, 'completed')])
  })

  test('flushed during a run: a reader that is up to date goes on, one that is not is told', async () => {
    const [tail, elsewhere, key] = [await openRedisTail(), await openRedisTail(), newKey()]
    tail.push(key, anEvent(1), ...tokens(2, 10))
    await tail.flush(key)
    const readings = [readTo(tail, key), readTo(elsewhere, key)]
    await sleep(100)
    const direct = new Redis(redis.url)
    await direct.flushall()
    direct.disconnect()
    tail.push(key, aToken(11), anEvent(12, 'completed'))
    for (const { entries } of await Promise.all(readings)) {
      expect(entries.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    }
    expect(await readTo(elsewhere, key, { after: 4 })).toEqual({ entries: [], isLost: true })
  })

  test('restarted during a run: readers are told, and what was pushed meanwhile can be read afterwards', async () => {
    const [tail, elsewhere, key] = [await openRedisTail(), await openRedisTail(), newKey()]
    tail.push(key, anEvent(1), ...tokens(2, 10))
    await tail.flush(key)
    const [reading, readingElsewhere] = [readTo(tail, key), readTo(elsewhere, key)]
    await sleep(100)
    const restarting = redis.restart()
    expect((await readingElsewhere).isLost).toBe(true)
    tail.push(key, ...tokens(11, 20))
    await tail.flush(key) // does not hold up the run
    expect((await reading).isLost).toBe(true)
    await restarting
    tail.push(key, anEvent(21, 'completed'))
    await expect.poll(() => tail.has(key), { timeout: 8000 }).toBe(true)
    expect((await readTo(tail, key, { after: 10 })).entries).toEqual([...tokens(11, 20), anEvent(21, 'completed')])
  })

  test('a connection that is cut in the middle loses, doubles and reorders nothing', async () => {
    const [tail, key] = [await openRedisTail(), newKey()]
    const direct = new Redis(redis.url)
    // No more than are kept while Redis is away, however long it takes to come back.
    for (let id = 1; id <= 900; id += 3) {
      tail.push(key, ...tokens(id, id + 2))
      if (id % 300 === 151) await direct.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      await sleep(1)
    }
    tail.push(key, anEvent(901, 'completed'))
    await expect.poll(() => newestIn(tail, key), { timeout: 8000 }).toBe(901)
    direct.disconnect()
    await expect.poll(async () => (await readTo(tail, key)).isLost, { timeout: 5000 }).toBe(false)
    expect(textOf((await readTo(tail, key)).entries)).toBe(textOfTokens(1, 900))
  })

  test('refused: said once, tried again without haste, and all is there when it is allowed', async () => {
    const direct = new Redis(redis.url)
    const user = `engine${keys}`
    await direct.call('ACL', 'SETUSER', user, 'on', '>pw', '~*', '+@all', '-xadd')
    const url = redis.url.replace('redis://', `redis://${user}:pw@`)
    const reasons: string[] = []
    const [tail, key] = [await openRedisTail(undefined, { url, onRefused: (reason) => reasons.push(reason) }), newKey()]
    tail.push(key, anEvent(1), ...tokens(2, 10))
    await expect.poll(() => reasons.length).toBe(1)
    expect(reasons[0]).toContain("can't run this command")
    const scriptCalls = async () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(await direct.info('commandstats'))?.[1])
    const before = await scriptCalls()
    await sleep(1200)
    expect((await scriptCalls()) - before).toBeLessThan(3)
    expect(reasons).toHaveLength(1)
    await direct.call('ACL', 'SETUSER', user, '+xadd')
    await expect.poll(() => newestIn(tail, key), { timeout: 5000 }).toBe(10)
    tail.push(key, anEvent(11, 'completed'))
    expect((await readTo(tail, key)).entries.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    await direct.call('ACL', 'DELUSER', user)
    direct.disconnect()
  })

  test('frozen: pushing and flushing do not wait for it, and it has everything when it is back', async () => {
    const [tail, key] = [await openRedisTail(), newKey()]
    tail.push(key, anEvent(1))
    await tail.flush(key)
    redis.pause()
    const started = performance.now()
    tail.push(key, ...tokens(2, 100))
    await tail.flush(key)
    expect(performance.now() - started).toBeLessThan(3000)
    redis.resume()
    tail.push(key, anEvent(101, 'completed'))
    expect(textOf((await readTo(tail, key)).entries)).toBe(textOfTokens(2, 100))
  })
})
