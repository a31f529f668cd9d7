import { and, eq, inArray } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { approvals } from './approval.table.ts'

/** Closes the pending approvals of calls that can no longer run. Returns the ids of the calls that had one. */
export async function closePendingApprovals(tx: Db, callIds: readonly string[]): Promise<Set<string>> {
  const closed = await tx
    .update(approvals)
    .set({ status: 'cancelled', decided_at: new Date(), announced_at: new Date() })
    .where(and(inArray(approvals.call_id, [...callIds]), eq(approvals.status, 'pending')))
    .returning({ call_id: approvals.call_id })
  return new Set(closed.map(({ call_id }) => call_id))
}
