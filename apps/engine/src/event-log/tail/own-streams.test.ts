import { expect, test } from 'vitest'
import type { TailEntry } from './live-tail.ts'
import { OwnStreams } from './own-streams.ts'

const key = 'run:1'
const entries = (from: number, to: number): TailEntry[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index, type: 'token', data: '{}' }))
const { signal } = new AbortController()

/** Streams with entries of one key, a hundred at a time. */
function opened(count: number) {
  const own = new OwnStreams()
  own.begin(key, entries(1, 1))
  let newest = 0
  const add = (more: number) => {
    for (const last = newest + more; newest < last; newest += 100) own.confirm(key, entries(newest + 1, newest + 100))
  }
  add(count)
  const follow = (after: number) => {
    const wentElsewhere: number[] = []
    const elsewhere = async function* (at: number) {
      wentElsewhere.push(at)
      yield 'lost' as const
    }
    return { batches: own.follow(key, { after, signal, elsewhere })?.[Symbol.asyncIterator](), wentElsewhere }
  }
  return { own, add, follow }
}

test('what every reader has taken is forgotten, and a later reader is not served from here', async () => {
  const { add, follow } = opened(200)
  const readers = [follow(0), follow(100)]
  for (const { batches } of readers) await batches?.next()
  expect(follow(100).batches).toBeDefined() // not asked, so it holds nothing
  add(100)
  expect(follow(199).batches).toBeUndefined()
  const { batches } = follow(200)
  expect((await batches?.next())?.value).toEqual(entries(201, 300))
})

test('as long as nobody reads, the newest thousand stay', () => {
  const { add, follow } = opened(1000)
  expect(follow(0).batches).toBeDefined()
  add(200)
  expect(follow(99).batches).toBeUndefined()
  expect(follow(100).batches).toBeDefined()
})

test('a reader holds back no more than a thousand entries: what came before them it gets elsewhere', async () => {
  const { add, follow } = opened(100)
  const [slow, fast] = [follow(0), follow(0)]
  for (const { batches } of [slow, fast]) expect((await batches?.next())?.value).toEqual(entries(1, 100))
  add(1000)
  expect((await fast.batches?.next())?.value).toEqual(entries(101, 600))
  add(200)
  expect((await slow.batches?.next())?.value).toBe('lost')
  expect(slow.wentElsewhere).toEqual([100])
  expect((await fast.batches?.next())?.value).toEqual(entries(601, 1100))
  expect(fast.wentElsewhere).toEqual([])
})

test('a reader of a tail that was lost is told so, not sent on', async () => {
  const { own, follow } = opened(100)
  const { batches, wentElsewhere } = follow(0)
  await batches?.next()
  own.lose(key)
  expect((await batches?.next())?.value).toBe('lost')
  expect(wentElsewhere).toEqual([])
})
