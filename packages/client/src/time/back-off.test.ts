import { expect, it } from 'vitest'
import { backOff, waitToTryAgain } from './back-off.ts'
import { realClock } from './clock.ts'

it('waits longer from try to try, and never longer than ten seconds and a fifth', () => {
  const middle = () => 0.5
  expect([0, 1, 2, 3, 4, 5, 100].map((attempt) => backOff(attempt, middle))).toEqual([
    500, 1000, 2000, 5000, 10_000, 10_000, 10_000,
  ])
  expect([backOff(0, () => 0), backOff(0, () => 1)].map(Math.round)).toEqual([400, 600])
})

it('no longer once the network is back, the page is seen, or nobody waits any more', async () => {
  const listeners: (() => void)[] = []
  let left = 0
  const on = (listener: () => void) => {
    listeners.push(listener)
    return () => void left++
  }
  const page = { isHidden: () => false, onHidden: on, onShown: on, onOnline: on }
  const forever = { ...realClock, after: () => () => {} }
  for (const which of [0, 1]) {
    listeners.length = 0
    const waiting = waitToTryAgain({ clock: forever, page }, { attempt: 9, signal: new AbortController().signal })
    listeners[which]?.()
    await waiting
  }
  const abort = new AbortController()
  const waiting = waitToTryAgain({ clock: forever, page }, { attempt: 9, signal: abort.signal })
  abort.abort()
  await waiting
  expect(left).toBe(6)
})
