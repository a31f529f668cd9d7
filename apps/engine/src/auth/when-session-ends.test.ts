import { afterEach, expect, it, vi } from 'vitest'
import type { Db } from '../db/database.ts'
import { whenSessionEnds } from './when-session-ends.ts'

afterEach(() => vi.useRealTimers())

const inAnHour = () => new Date(Date.now() + 3_600_000)

it('ends when the access token expires, and with the engine', () => {
  vi.useFakeTimers()
  const engine = new AbortController()
  const db = undefined as unknown as Db
  const watch = whenSessionEnds({ db, signal: engine.signal })
  const gone = new AbortController().signal
  const soon = watch({ session_id: 's', access_expires_at: new Date(Date.now() + 1000) }, gone)
  const later = watch({ session_id: 's', access_expires_at: inAnHour() }, gone)
  vi.advanceTimersByTime(1001)
  expect([soon.aborted, later.aborted]).toEqual([true, false])
  engine.abort()
  expect(later.aborted).toBe(true)
})

it('watches nothing once the client has gone', () => {
  vi.useFakeTimers()
  const gone = new AbortController()
  const db = undefined as unknown as Db
  const watch = whenSessionEnds({ db, signal: new AbortController().signal })
  watch({ session_id: 's', access_expires_at: inAnHour() }, gone.signal)
  expect(vi.getTimerCount()).toBe(2)
  gone.abort()
  expect(vi.getTimerCount()).toBe(0)
})
