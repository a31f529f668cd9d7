import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { HealthWatch } from './health-watch-thread.fixture.ts'

export type Health = {
  /** 99 of 100 answers took less; how late the last one is says more about a busy machine. */
  slowMs: number
  /** Infinity when one did not come within 5 s. */
  slowestMs: number
}

/** Asks an engine for its health again and again, until it is stopped: in a thread that does nothing else. */
export async function watchHealth(api: string): Promise<{ stop(): Promise<Health> }> {
  const thread = new Worker(fileURLToPath(import.meta.resolve('./health-watch-thread.fixture.ts')), {
    workerData: { api },
  })
  await once(thread, 'message') // the first answer
  return {
    stop: async () => {
      thread.postMessage('stop')
      const [{ times }] = (await once(thread, 'message')) as [HealthWatch]
      const inOrder = times.toSorted((a, b) => a - b)
      return {
        slowMs: inOrder[Math.floor(inOrder.length * 0.99)] ?? Number.NaN,
        slowestMs: inOrder.at(-1) ?? Number.NaN,
      }
    },
  }
}
