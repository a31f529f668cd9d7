import type { Clock } from '@fairlead/sandbox/clock'

/** A clock on which so many seconds pass in one. */
export function fastClock(speed: number): Clock {
  const start = Date.now()
  return {
    now: () => start + (Date.now() - start) * speed,
    after: (milliseconds, task) => {
      const timer = setTimeout(task, milliseconds / speed)
      timer.unref()
      return () => clearTimeout(timer)
    },
  }
}
