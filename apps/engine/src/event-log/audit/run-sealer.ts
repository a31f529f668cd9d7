import type { Db } from '../../db/database.ts'
import { runLeased } from './run-leased.ts'
import { SEAL_BATCH, seal } from './seal.ts'

/**
 * Seals a few times a second until the abort, and resolves once it has stopped. What comes while it seals is for the next
 * time, unless a whole batch has come already: a seal is several trips to the database, however few rows it finds.
 */
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
