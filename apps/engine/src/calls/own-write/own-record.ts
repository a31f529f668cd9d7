import type { Db } from '../../db/database.ts'
import { recordAudit } from '../../event-log/audit/record-audit.ts'
import type { RunRecord } from '../run-record.ts'

/** How a write that belongs to no conversation reaches the record: facts and audit. There is no stream to tell. */
export function ownRecord(db: Db, userId: string): RunRecord {
  return {
    commitStep: async ({ unless, facts, audit = [] }) =>
      await db.transaction(async (tx) => {
        if (await unless?.(tx)) return false
        await facts?.(tx)
        await recordAudit(
          tx,
          audit.map((event) => ({ ...event, user_id: userId })),
        )
        return true
      }),
    commitDeleted: async () => false,
  }
}
