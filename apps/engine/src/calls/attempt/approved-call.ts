import type { Effect, ObjectOutcome } from '@fairlead/contract/effect/effect'
import { type ApprovalRow, readApproval } from '../../approvals/read-approvals.ts'
import type { Db } from '../../db/database.ts'
import type { CallRow } from '../../event-log/record/calls.ts'

/** An approved call with what was approved about it. */
export type ApprovedCall = { call: CallRow; approval: ApprovalRow & { effect: Effect; effect_digest: string } }

export async function readApproved(db: Db, call: CallRow): Promise<ApprovedCall> {
  const approval = await readApproval(db, call.call_id, call.revision)
  if (!approval?.effect || approval.effect_digest === null) {
    throw new Error(`Call ${call.call_id} runs without an approved effect`)
  }
  return { call, approval: { ...approval, effect: approval.effect, effect_digest: approval.effect_digest } }
}

/** The audit's line of the beginning of an attempt. */
export function attemptStarted({ call, approval }: ApprovedCall, attempt: string) {
  const { tool, revision, call_id } = call
  const data = { tool, revision, attempt, effect_digest: approval.effect_digest }
  return { actor: 'engine', call_id, type: 'attempt.started' as const, data }
}

/** The audit's line of how an attempt ended. */
export function attemptEnded(call: CallRow, attempt: string, outcome: string, objects?: ObjectOutcome[]) {
  return {
    actor: 'engine',
    call_id: call.call_id,
    type: 'attempt.ended' as const,
    data: { tool: call.tool, revision: call.revision, attempt, outcome, objects: objects ?? null },
  }
}
