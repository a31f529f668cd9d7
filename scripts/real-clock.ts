import { afterAll, vi } from 'vitest'

/** vitest setupFile: files share a thread, and with it the clock. One that is left stopped would stop the next file. */
afterAll(() => {
  const isStopped = vi.isFakeTimers()
  vi.useRealTimers()
  if (isStopped) throw new Error('This file leaves a stopped clock behind: vi.useRealTimers() is missing.')
})
