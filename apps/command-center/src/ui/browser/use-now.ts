'use client'

import { useSyncExternalStore } from 'react'

type Clock = { read: () => number; subscribe: (listener: () => void) => () => void }

/** One timer for all who watch at the same pace. */
const clocks = new Map<number, Clock>()

/** The time in milliseconds, as of the last tick. */
export function useNow(everyMs: number): number {
  const clock = clockOf(everyMs)
  return useSyncExternalStore(clock.subscribe, clock.read, clock.read)
}

function clockOf(everyMs: number): Clock {
  const known = clocks.get(everyMs)
  if (known !== undefined) return known
  let now = Date.now()
  let timer: ReturnType<typeof setInterval> | undefined
  const listeners = new Set<() => void>()
  const tick = () => {
    now = Date.now()
    for (const listener of listeners) listener()
  }
  const clock: Clock = {
    read: () => {
      // Nobody kept it going: it must not show the time of when it stopped.
      if (timer === undefined && Date.now() - now >= everyMs) now = Date.now()
      return now
    },
    subscribe(listener) {
      listeners.add(listener)
      timer ??= setInterval(tick, everyMs)
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
  }
  clocks.set(everyMs, clock)
  return clock
}
