import { eq, inArray } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { approvals, votes } from './approval.table.ts'

/** Removes what people voted in a conversation that is deleted; its questions go with its calls. */
export async function removeVotes(tx: Db, conversationId: string): Promise<void> {
  const ofCalls = tx
    .select({ call_id: approvals.call_id })
    .from(approvals)
    .where(eq(approvals.conversation_id, conversationId))
  await tx.delete(votes).where(inArray(votes.call_id, ofCalls))
}
