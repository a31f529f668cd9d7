import { and, eq, inArray } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { approvals } from './approval.table.ts'

/** Questions about calls that can no longer run are nobody's to decide any more. Returns the calls that had one. */
export async function closeQuestions(tx: Db, callIds: readonly string[]): Promise<Set<string>> {
  const closed = await tx
    .update(approvals)
    .set({ status: 'cancelled', decided_at: new Date(), announced_at: new Date() })
    .where(and(inArray(approvals.call_id, [...callIds]), eq(approvals.status, 'pending')))
    .returning({ call_id: approvals.call_id })
  return new Set(closed.map(({ call_id }) => call_id))
}
