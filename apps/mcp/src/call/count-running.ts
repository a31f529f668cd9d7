import type { CallAnswerer } from './call-request.ts'

/** Counts calls, so that an end can wait for them and refuse new ones. */
export function countRunning(answer: CallAnswerer) {
  let running = 0
  let isClosing = false
  let whenIdle: (() => void) | undefined
  const counted: typeof answer = async (request) => {
    if (isClosing)
      return { output: 'Unavailable: the server stops. Try again later.', error: true, code: 'Unavailable' }
    running++
    try {
      return await answer(request)
    } finally {
      running--
      if (running === 0) whenIdle?.()
    }
  }
  return {
    answer: counted,
    isClosing: () => isClosing,
    async drain(limitMs: number): Promise<void> {
      isClosing = true
      if (running === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      whenIdle = resolve
      const timer = setTimeout(resolve, limitMs)
      await promise
      clearTimeout(timer)
    },
  }
}
