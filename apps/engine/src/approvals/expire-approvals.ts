import { callMessages } from '@fairlead/agent/call-messages'
import { and, eq, lte, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { advanceCall, readOpenCalls, undecidedStatuses } from '../event-log/calls.ts'
import { approvals } from './approval.table.ts'
import type { ApprovalRow } from './read-approvals.ts'

/**
 * Ends the questions whose time has run out; an expired approval is a denial in the model's eyes. When no call of a
 * turn waits any more, those not yet started are cancelled. Starts no run.
 * @param only one call, or all that are due
 * @returns the questions that this call ended
 */
export async function expireApprovals(
  db: Db,
  { ttlHours, callId }: { ttlHours: number; callId?: string },
): Promise<ApprovalRow[]> {
  return await db.transaction(async (tx) => {
    const due = and(eq(approvals.status, 'pending'), lte(approvals.expires_at, sql`now()`))
    const expired = await tx
      .update(approvals)
      .set({ status: 'expired', decided_at: sql`now()` })
      .where(callId === undefined ? due : and(due, eq(approvals.call_id, callId)))
      .returning()
    for (const { call_id, revision, conversation_id, user_id } of expired) {
      const message = callMessages.expired(ttlHours)
      await advanceCall(tx, call_id, {
        from: undecidedStatuses,
        to: 'expired',
        tool_message: message,
        ended_at: new Date(),
      })
      await recordAudit(tx, {
        actor: 'engine',
        user_id,
        conversation_id,
        call_id,
        type: 'approval.expired',
        data: { revision },
      })
    }
    for (const conversationId of new Set(expired.map(({ conversation_id }) => conversation_id))) {
      await cancelWhatCannotStart(tx, conversationId)
    }
    return expired
  })
}

async function cancelWhatCannotStart(tx: Db, conversationId: string): Promise<void> {
  const open = await readOpenCalls(tx, conversationId)
  if (open.some(({ status }) => status !== 'pending')) return
  for (const { call_id } of open) {
    await advanceCall(tx, call_id, {
      from: ['pending'],
      to: 'cancelled',
      tool_message: callMessages.cancelled('nobody approved the call before it in time'),
      ended_at: new Date(),
    })
  }
}
