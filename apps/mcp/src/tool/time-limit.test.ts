import { getEventListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { timeLimit } from './time-limit.ts'

test('the first of the others ends it, for its reason', () => {
  const [one, other] = [new AbortController(), new AbortController()]
  using limit = timeLimit(60_000, [one.signal, other.signal])
  other.abort('gone')
  one.abort('stopped')
  expect(limit.signal.reason).toBe('gone')
})

test('so does one that had fired before', () => {
  using limit = timeLimit(60_000, [new AbortController().signal, AbortSignal.abort('gone')])
  expect(limit.signal.reason).toBe('gone')
})

test('else it ends in its own time', async () => {
  using limit = timeLimit(5, [])
  await setTimeout(20)
  expect(limit.signal.reason).toMatchObject({ name: 'TimeoutError' })
})

test('with what was limited ends what hangs on it, and nothing stays behind', () => {
  const lasting = new AbortController()
  const ended = timeLimit(5, [lasting.signal])
  ended[Symbol.dispose]()
  expect(getEventListeners(lasting.signal, 'abort')).toEqual([])
  expect(ended.signal.reason).toMatchObject({ name: 'AbortError' })
})
