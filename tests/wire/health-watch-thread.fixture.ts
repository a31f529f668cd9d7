import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

/** How long each answer took, in milliseconds; infinity for none. */
export type HealthWatch = { times: number[] }

const EVERY_MS = 20
/** What takes longer is no answer at all. */
const LIMIT_MS = 5000

const { api } = workerData as { api: string }
const watch: HealthWatch = { times: [] }
let isOver = false
parentPort?.once('message', () => {
  isOver = true
})

async function ask(): Promise<number> {
  const sentAt = performance.now()
  try {
    const answer = await fetch(`${api}/health`, { signal: AbortSignal.timeout(LIMIT_MS) })
    await answer.text()
    return answer.status === 200 ? performance.now() - sentAt : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

// The first one loads and connects what the others need.
await ask()
parentPort?.postMessage('watching')
while (!isOver) {
  watch.times.push(await ask())
  await sleep(EVERY_MS)
}
parentPort?.postMessage(watch)
