import { type Clock, pause } from './clock.ts'

const delays = [500, 1000, 2000, 5000, 10_000]

/** Milliseconds before that try, the first being 0: 0.5, 1, 2, 5, then every 10 s, each 20 % more or less. */
export function backOff(attempt: number, random: () => number = Math.random): number {
  const delay = delays[Math.min(attempt, delays.length - 1)] ?? 10_000
  return delay * (0.8 + 0.4 * random())
}

/** Registers a listener; returns how to remove it. */
type Subscribe = (listener: () => void) => () => void

export type BackOffPorts = {
  clock: Clock
  random?: () => number
  /** Where there is a screen: a wait ends early once the network is back or the page is seen again. */
  page?: { onOnline: Subscribe; onShown: Subscribe }
}

/** Waits before the next try. */
export async function waitToTryAgain(
  { clock, page, random }: BackOffPorts,
  { attempt, signal }: { attempt: number; signal: AbortSignal },
): Promise<void> {
  const early = new AbortController()
  const wake = () => early.abort()
  const unsubscribe = page === undefined ? [] : [page.onOnline(wake), page.onShown(wake)]
  try {
    await pause(clock, backOff(attempt, random), AbortSignal.any([signal, early.signal]))
  } finally {
    for (const stop of unsubscribe) stop()
  }
}
