import { callMessages } from '@fairlead/agent/call-messages'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { advanceCall, type CallRow } from '../event-log/record/calls.ts'
import { approvals } from './approval.table.ts'
import { closePendingApprovals } from './close-pending-approvals.ts'

/** A call as it was before; `hadApproval` when somebody could have decided it. */
export type ClosedCall = CallRow & { hadApproval: boolean }

/**
 * Closes calls that have not begun, and their approvals: a new message came, or the run was stopped or failed. Returns
 * the calls that it closed; a call that was decided first stays as decided.
 */
export async function closeCalls(
  tx: Db,
  calls: readonly CallRow[],
  { why, userId }: { why: string; userId: string },
): Promise<ClosedCall[]> {
  const closed: CallRow[] = []
  for (const call of calls) {
    const end = { tool_message: callMessages.cancelled(why), ended_at: new Date() }
    const isClosed = await advanceCall(tx, call.call_id, {
      from: ['pending', 'awaiting_approval', 'approved'],
      to: 'cancelled',
      ...end,
    })
    if (isClosed) closed.push(call)
  }
  if (closed.length === 0) return []
  const ids = closed.map(({ call_id }) => call_id)
  const pending = await closePendingApprovals(tx, ids)
  // No stream announces a decision without an effect.
  await tx
    .update(approvals)
    .set({ announced_at: new Date() })
    .where(and(inArray(approvals.call_id, ids), eq(approvals.status, 'approved'), isNull(approvals.announced_at)))
  await recordAudit(
    tx,
    closed.map((call) => ({
      actor: 'engine',
      user_id: userId,
      conversation_id: call.conversation_id,
      run_id: call.run_id,
      call_id: call.call_id,
      type: 'call.cancelled' as const,
      data: { tool: call.tool, why },
    })),
  )
  return closed.map((call) => ({ ...call, hadApproval: pending.has(call.call_id) }))
}
