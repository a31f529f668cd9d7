import { readUnannouncedIn } from '../approvals/announce-decisions.ts'
import type { Db } from '../db/database.ts'
import { type CallRow, readCalls, readOpenCalls } from '../event-log/record/calls.ts'

/**
 * The calls that a run's gate must look at, in the model's order: those that are not done, and those that a person has
 * denied, or that expired, since the last run: its stream tells of them first.
 */
export async function readPendingCalls(db: Db, conversationId: string): Promise<CallRow[]> {
  const open = await readOpenCalls(db, conversationId)
  const unannounced = await readUnannouncedIn(db, conversationId)
  const known = new Set(open.map(({ call_id }) => call_id))
  const closed = await readCalls(
    db,
    unannounced.map(({ call_id }) => call_id).filter((callId) => !known.has(callId)),
  )
  return [...open, ...closed].toSorted(
    (one, other) => one.created_at.getTime() - other.created_at.getTime() || one.ordinal - other.ordinal,
  )
}
