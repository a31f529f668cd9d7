import { setImmediate as nextRound } from 'node:timers/promises'
import type { Clock } from './clock.ts'

type Timer = { at: number; task: () => void }
export type ManualClock = Clock & { pass(milliseconds: number): Promise<void> }

/** Time that moves when a test says so. */
export function manualClock(start = Date.parse('2026-01-01T00:00:00Z')): ManualClock {
  let now = start
  const timers = new Set<Timer>()
  // Controllers work in rounds of the event loop: until a whole series of them has brought no timer that is due.
  const settle = async () => {
    for (let round = 0; round < 12; round++) await nextRound()
  }
  return {
    now: () => now,
    after: (milliseconds, task) => {
      const timer = { at: now + Math.max(0, milliseconds), task }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async pass(milliseconds) {
      const end = now + milliseconds
      await settle()
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).toSorted((left, right) => left.at - right.at)
        if (next === undefined) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.task()
        await settle()
      }
      now = end
    },
  }
}
