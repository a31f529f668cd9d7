import { afterEach, expect, it, vi } from 'vitest'
import { whenTokenExpires } from './when-token-expires.ts'

afterEach(() => vi.useRealTimers())

const inAnHour = () => new Date(Date.now() + 3_600_000)

it('ends when the access token expires, and with the engine', () => {
  vi.useFakeTimers()
  const engine = new AbortController()
  const watch = whenTokenExpires(engine.signal)
  const gone = new AbortController().signal
  const soon = watch({ access_expires_at: new Date(Date.now() + 1000) }, gone)
  const later = watch({ access_expires_at: inAnHour() }, gone)
  vi.advanceTimersByTime(1001)
  expect([soon.aborted, later.aborted]).toEqual([true, false])
  engine.abort()
  expect(later.aborted).toBe(true)
})

it('watches nothing once the client has gone', () => {
  vi.useFakeTimers()
  const gone = new AbortController()
  whenTokenExpires(new AbortController().signal)({ access_expires_at: inAnHour() }, gone.signal)
  expect(vi.getTimerCount()).toBe(1)
  gone.abort()
  expect(vi.getTimerCount()).toBe(0)
})
