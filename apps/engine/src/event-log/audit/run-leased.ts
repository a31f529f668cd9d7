import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../db/database.ts'
import { giveLease, takeLease } from '../../db/take-lease.ts'

export type LeasedWork = {
  db: Db
  /** Name of the work: one engine at a time does it. */
  name: string
  engine: string
  everyMs: number
  signal: AbortSignal
  work(): Promise<void>
  onError(error: unknown): void
}

const LEASE_SECONDS = 15

/** Repeats work while this engine holds its lease; a fault is told and tried again. Resolves after an abort. */
export async function runLeased({ db, name, engine, everyMs, signal, work, onError }: LeasedWork): Promise<void> {
  let renewAt = 0
  while (!signal.aborted) {
    let pause = everyMs
    try {
      if (performance.now() >= renewAt) {
        const isMine = await takeLease(db, { name, engine, seconds: LEASE_SECONDS })
        if (isMine) renewAt = performance.now() + (LEASE_SECONDS * 1000) / 3
        else pause = Math.max(everyMs, 5000)
      }
      if (performance.now() < renewAt) await work()
    } catch (error) {
      onError(error)
      pause = Math.max(everyMs, 1000)
    }
    await sleep(pause, undefined, { signal }).catch(() => {}) // an abort only ends the waiting
  }
  await giveLease(db, { name, engine }).catch(onError)
}
