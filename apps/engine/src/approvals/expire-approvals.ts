import { callMessages } from '@fairlead/agent/call-messages'
import { and, asc, eq, lte, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { advanceCall, isUndecided, lockCall, readOpenCalls, undecidedStatuses } from '../event-log/record/calls.ts'
import { approvals } from './approval.table.ts'
import { type ClosedCall, closeCalls } from './close-approvals.ts'
import type { ApprovalRow } from './read-approvals.ts'

/** Expired approvals of one conversation, and the calls that cannot start any more because of them. */
export type Expired = { userId: string; approvals: ApprovalRow[]; cancelled: ClosedCall[] }

export type ExpiryContext = {
  db: Db
  approvalTtlHours: number
  isRunActive(db: Db, conversationId: string): Promise<boolean>
  /** Sends the events to the clients of those concerned. */
  publishExpired(expired: Expired): void
}

const AT_ONCE = 500

/**
 * Expires the approvals whose time has run out, of one conversation or of all. The model reads an expired approval as a
 * denial. When no call of a turn waits any more, those not yet started are cancelled. Starts no run.
 */
export async function expireApprovals(context: ExpiryContext, conversationId?: string): Promise<void> {
  const due = and(eq(approvals.status, 'pending'), lte(approvals.expires_at, sql`now()`))
  const expiring = await context.db
    .select()
    .from(approvals)
    .where(conversationId === undefined ? due : and(due, eq(approvals.conversation_id, conversationId)))
    .orderBy(asc(approvals.call_id))
    .limit(AT_ONCE)
  for (const ofOne of Map.groupBy(expiring, ({ conversation_id }) => conversation_id).values()) {
    const expired = await context.db.transaction((tx) => expire(tx, context, ofOne))
    if (expired !== undefined) context.publishExpired(expired)
  }
}

/** Undefined when decisions were first. */
async function expire(tx: Db, context: ExpiryContext, due: readonly ApprovalRow[]): Promise<Expired | undefined> {
  const expired: ApprovalRow[] = []
  const end = { tool_message: callMessages.expired(context.approvalTtlHours), ended_at: new Date() }
  for (const approval of due) {
    const { call_id, revision, conversation_id, user_id } = approval
    const call = await lockCall(tx, call_id)
    if (call === undefined || call.revision !== revision || !isUndecided(call)) continue
    await advanceCall(tx, call_id, { from: undecidedStatuses, to: 'expired', ...end })
    await tx
      .update(approvals)
      .set({ status: 'expired', decided_at: end.ended_at })
      .where(and(eq(approvals.call_id, call_id), eq(approvals.revision, revision)))
    const about = { actor: 'engine', user_id, conversation_id, call_id }
    await recordAudit(tx, { ...about, type: 'approval.expired', data: { revision } })
    expired.push(approval)
  }
  const [first] = expired
  return first && { userId: first.user_id, approvals: expired, cancelled: await closeRest(tx, context, first) }
}

/** Calls behind the expired one; a run that is under way will come to them itself. */
async function closeRest(tx: Db, context: ExpiryContext, { conversation_id, user_id }: ApprovalRow) {
  if (conversation_id === null) return []
  const open = await readOpenCalls(tx, conversation_id)
  const goesOn = open.some(({ status }) => status === 'awaiting_approval' || status === 'executing')
  if (goesOn || (await context.isRunActive(tx, conversation_id))) return []
  return await closeCalls(tx, open, { why: 'nobody approved the call before it in time', userId: user_id })
}
