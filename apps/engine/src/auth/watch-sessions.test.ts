import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type LiveSession, watchSessions } from './watch-sessions.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const ada: LiveSession = { session_id: 's1', role: 'admin', is_superuser: true, view_only: false, grants: ['audit'] }
const within = 4500

it.each<[string, LiveSession | undefined, boolean]>([
  ['revoked', undefined, true],
  ['no administrator any more', { ...ada, role: 'member', is_superuser: false }, true],
  ['no superuser any more', { ...ada, is_superuser: false }, true],
  ['allowed to look only', { ...ada, view_only: true }, true],
  ['without a grant', { ...ada, grants: [] }, true],
  ['as before', ada, false],
  ['with one grant more', { ...ada, grants: ['approve', 'audit'] }, false],
])('a session that is found %s', async (_, found, ends) => {
  const onEnd = vi.fn()
  watchSessions(async () => (found === undefined ? [] : [found]))(ada, onEnd)
  await vi.advanceTimersByTimeAsync(within)
  expect(onEnd.mock.calls.length > 0).toBe(ends)
})

it('asks once for all streams, and nothing once they are gone', async () => {
  const reads: string[][] = []
  const watch = watchSessions(async (ids) => {
    reads.push([...ids])
    return ids.map((session_id) => ({ ...ada, session_id }))
  })
  const forget = ['s1', 's2', 's1'].map((session_id) => watch({ ...ada, session_id }, () => {}))
  await vi.advanceTimersByTimeAsync(2000)
  expect(reads).toEqual([['s1', 's2']])
  for (const each of forget) each()
  expect(vi.getTimerCount()).toBe(0)
})

it('is not ended by a database that does not answer', async () => {
  const onEnd = vi.fn()
  let answer: () => Promise<LiveSession[]> = () => Promise.reject(new Error('away'))
  watchSessions(() => answer())(ada, onEnd)
  await vi.advanceTimersByTimeAsync(within)
  expect(onEnd).not.toHaveBeenCalled()
  answer = async () => []
  await vi.advanceTimersByTimeAsync(within)
  expect(onEnd).toHaveBeenCalled()
})

it('looks again when a look does not come back, and heeds it when it does', async () => {
  const [first, second] = [vi.fn(), vi.fn()]
  const late = Promise.withResolvers<LiveSession[]>()
  const answers = [late.promise, Promise.resolve([{ ...ada, session_id: 's2' }])]
  const readLive = vi.fn(() => answers.shift() ?? new Promise<LiveSession[]>(() => {}))
  const watch = watchSessions(readLive)
  watch(ada, first)
  watch({ ...ada, session_id: 's2' }, second)
  await vi.advanceTimersByTimeAsync(6500)
  expect(readLive).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(2000)
  expect(readLive).toHaveBeenCalledTimes(2)
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 0])
  late.resolve([])
  await vi.advanceTimersByTimeAsync(0)
  expect(second).toHaveBeenCalledTimes(1)
})
