import { setTimeout as sleep } from 'node:timers/promises'

const EVERY_MS = 50
/** What takes longer is no answer at all. */
const LIMIT_MS = 5000

/** Asks an engine for its health again and again, until it is stopped. */
export function watchHealth(api: string): { stop(): Promise<{ answers: number; slowestMs: number }> } {
  const over = new AbortController()
  let answers = 0
  let slowestMs = 0
  const watch = async () => {
    while (!over.signal.aborted) {
      const askedAt = performance.now()
      const { status } = await fetch(`${api}/health`, { signal: AbortSignal.timeout(LIMIT_MS) }).catch(() => ({
        status: 0,
      }))
      slowestMs = Math.max(slowestMs, status === 200 ? performance.now() - askedAt : Number.POSITIVE_INFINITY)
      answers++
      await sleep(EVERY_MS)
    }
  }
  const watched = watch()
  return {
    stop: async () => {
      over.abort()
      await watched
      return { answers, slowestMs }
    },
  }
}
