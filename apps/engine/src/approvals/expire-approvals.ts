import { callMessages } from '@fairlead/agent/call-messages'
import { and, eq, lte, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { advanceCall, isUndecided, lockCall, readOpenCalls, undecidedStatuses } from '../event-log/calls.ts'
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
  const due = and(eq(approvals.status, 'pending'), lte(approvals.expires_at, sql`now()`))
  const questions = await db
    .select()
    .from(approvals)
    .where(callId === undefined ? due : and(due, eq(approvals.call_id, callId)))
    .limit(AT_ONCE)
  const expired: ApprovalRow[] = []
  for (const question of questions) {
    if (await db.transaction((tx) => expire(tx, question, ttlHours))) expired.push(question)
  }
  return expired
}

const AT_ONCE = 500

/** False when a decision was first. */
async function expire(tx: Db, question: ApprovalRow, ttlHours: number): Promise<boolean> {
  const { call_id, revision, conversation_id, user_id } = question
  const end = { tool_message: callMessages.expired(ttlHours), ended_at: new Date() }
  const call = await lockCall(tx, call_id)
  if (call === undefined || call.revision !== revision || !isUndecided(call)) return false
  await advanceCall(tx, call_id, { from: undecidedStatuses, to: 'expired', ...end })
  await tx
    .update(approvals)
    .set({ status: 'expired', decided_at: end.ended_at })
    .where(and(eq(approvals.call_id, call_id), eq(approvals.revision, revision)))
  await cancelWhatCannotStart(tx, conversation_id)
  const about = { actor: 'engine', user_id, conversation_id, call_id }
  await recordAudit(tx, { ...about, type: 'approval.expired', data: { revision } })
  return true
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
