import type { Db } from '../../db/database.ts'
import { runLeased } from './run-leased.ts'
import { SEAL_BATCH, seal } from './seal.ts'

/** Seals a few times a second until the abort: what comes meanwhile is the next time's, which costs little more. Resolves once it has stopped. */
export function runSealer(options: {
  db: Db
  engine: string
  signal: AbortSignal
  onError(error: unknown): void
  everyMs?: number
}): Promise<void> {
  const { db, signal } = options
  return runLeased({
    ...options,
    name: 'audit-sealer',
    everyMs: options.everyMs ?? 250,
    work: async () => {
      while (!signal.aborted && (await seal(db)) === SEAL_BATCH);
    },
  })
}
