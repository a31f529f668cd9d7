import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { HealthWatch } from './health-watch-thread.fixture.ts'

/** Asks an engine for its health again and again, until it is stopped: in a thread that does nothing else. */
export async function watchHealth(api: string): Promise<{ stop(): Promise<HealthWatch> }> {
  const thread = new Worker(fileURLToPath(import.meta.resolve('./health-watch-thread.fixture.ts')), {
    workerData: { api },
  })
  await once(thread, 'message') // the first answer
  return {
    stop: async () => {
      thread.postMessage('stop')
      const [watch] = (await once(thread, 'message')) as [HealthWatch]
      return watch
    },
  }
}
