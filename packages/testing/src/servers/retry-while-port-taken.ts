import { setTimeout as sleep } from 'node:timers/promises'

const MAX_TRIES = 50
const PAUSE_MS = 100

/**
 * Listens again on a port that this process listened on before, for five seconds at most. Processes that are started by
 * any of its threads hold copies of all its sockets until they execute their own program, so a listener that was closed
 * may hold its port a little longer.
 */
export async function retryWhilePortTaken<T>(listen: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listen()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === MAX_TRIES) throw error
      await sleep(PAUSE_MS)
    }
  }
}
