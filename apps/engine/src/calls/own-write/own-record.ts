import { newPosition, type Position } from '@fairlead/agent/position'
import type { Db } from '../../db/database.ts'
import { recordAudit } from '../../event-log/audit/record-audit.ts'
import type { RunRecord } from '../run-record.ts'

/** Of a write that belongs to no conversation: whose it is, and the id in place of a run's. */
type OwnWriteRef = { user_id: string | undefined; run_id: string }

/** How such a write reaches the record: facts and audit. There is no stream to tell. */
export function ownRecord(db: Db, { user_id, run_id }: OwnWriteRef): RunRecord {
  return {
    commitStep: async ({ unless, facts, audit = [] }) =>
      await db.transaction(async (tx) => {
        if (await unless?.(tx)) return false
        await facts?.(tx)
        await recordAudit(
          tx,
          audit.map((event) => ({ ...event, user_id, run_id })),
        )
        return true
      }),
    commitDeleted: async () => false,
  }
}

/** It is kept nowhere. */
export function ownPosition({ user_id = '', run_id }: OwnWriteRef): Position {
  return newPosition({ run_id, conversation_id: '', user_id, start_time: Date.now() })
}
