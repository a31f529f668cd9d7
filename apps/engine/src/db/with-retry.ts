import { setTimeout as sleep } from 'node:timers/promises'

export type RetryOptions = {
  seconds: number
  signal?: AbortSignal
  pauseMs?: number
  onRetry?: (error: unknown) => void
}

const notThereYet = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '53300', // too_many_connections
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
])

/** Repeats work while the database is not there yet, for so many seconds. Any other fault is thrown at once. */
export async function withRetry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { seconds, signal, pauseMs = 1000, onRetry } = options
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isNotThereYet(error) || performance.now() + pauseMs > deadline) throw error
      onRetry?.(error)
      await sleep(pauseMs, undefined, { signal })
    }
  }
}

function isNotThereYet(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as NodeJS.ErrnoException
  if (code !== undefined && notThereYet.has(code)) return true
  // pg has no code for a connection that broke, or did not come up in time
  if (/^(?:Connection terminated|timeout exceeded when trying to connect)/.test(error.message)) return true
  return isNotThereYet(error.cause)
}
