import type { PageLife } from './browser/page-life.ts'
import { type Clock, pause } from './clock.ts'

const delays = [500, 1000, 2000, 5000, 10_000]

/** How long to wait before that try, the first being 0: 0.5, 1, 2, 5, then every 10 s, each 20 % more or less. */
export function backOff(attempt: number, random: () => number = Math.random): number {
  const delay = delays[Math.min(attempt, delays.length - 1)] ?? 10_000
  return delay * (0.8 + 0.4 * random())
}

/** Waits before the next try; no longer once the network is back or the page is seen again. */
export async function waitToTryAgain(
  { clock, page, random }: { clock: Clock; page: PageLife; random?: () => number },
  { attempt, signal }: { attempt: number; signal: AbortSignal },
): Promise<void> {
  const now = new AbortController()
  const callOff = [page.onOnline(() => now.abort()), page.onShown(() => now.abort())]
  try {
    await pause(clock, backOff(attempt, random), AbortSignal.any([signal, now.signal]))
  } finally {
    for (const stop of callOff) stop()
  }
}
