import type { CallStatus } from '@fairlead/contract/call/call'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { Refusal } from '@fairlead/contract/errors'
import { whyReadOnly } from '../auth/why-read-only.ts'
import { type CallRow, isUndecided } from '../event-log/record/calls.ts'
import { approvalItems, type People } from './approval-item.ts'
import { type ExpiryContext, expireApprovals } from './expire-approvals.ts'
import { type CallOrigin, type FindCallContext, type FoundCall, findCall } from './find-call.ts'
import { type ApprovalRow, readApproval } from './read-approvals.ts'
import type { ShownTokens } from './shown-token.ts'

export type Decider = { id: string; email: string; view_only: boolean; is_verified: boolean; address: string }

export type DecideContext = ExpiryContext &
  FindCallContext & {
    people: People
    /** Opens what effects hide; undefined where none is configured. */
    redactionKey: Uint8Array | undefined
    shown: ShownTokens
    now(): Date
  }

export type Asking = { callId: string; decider: Decider }

export type Decidable = FoundCall & { approval: ApprovalRow | undefined }

/** The call and its question, if the person may decide it and nobody has. In the order of the wire: rights, then state. */
export async function findDecidable(context: DecideContext, of: Asking): Promise<Decidable> {
  const { call, origin } = await findCall(context, of.callId, of.decider)
  const reason = whyReadOnly(of.decider)
  if (reason !== undefined) throw new Refusal('decisionNotAllowed', { reason })
  // A call that only looks is nobody's to decide.
  if (call.class === 'read') throw new Refusal('toolCallNotFound')
  const approval = await readApproval(context.db, call.call_id, call.revision)
  const isOver = approval?.status === 'pending' && approval.expires_at !== null && approval.expires_at <= context.now()
  if (isOver) await expireApprovals(context, approval.conversation_id ?? undefined)
  if (isOver || !isUndecided(call)) throw await alreadyDecided(context, of)
  return { call, origin, approval }
}

const decisionOf: Partial<Record<CallStatus, 'denied' | 'cancelled' | 'expired'>> = {
  denied: 'denied',
  cancelled: 'cancelled',
  expired: 'expired',
}

/** The refusal that tells which state won. */
export async function alreadyDecided(context: DecideContext, { callId, decider }: Asking): Promise<Refusal> {
  const { call, origin } = await findCall(context, callId, decider)
  const approval = await readApproval(context.db, callId, call.revision)
  const current = await currentItem(context, call, origin)
  return new Refusal('alreadyDecided', {
    fields: {
      // A call that ended without anybody's approval was closed.
      decision: decisionOf[call.status] ?? (approval?.status === 'approved' ? 'approved' : 'cancelled'),
      decided_by: approval?.decided_by ?? null,
      decided_at: (approval?.decided_at ?? call.ended_at ?? call.created_at).toISOString(),
      current,
    },
  })
}

export async function currentItem(
  { db, people }: Pick<DecideContext, 'db' | 'people'>,
  call: CallRow,
  origin: CallOrigin,
): Promise<ApprovalItem> {
  const [item] = await approvalItems(db, [{ call, ...origin }], people)
  if (item === undefined) throw new Error(`Call ${call.call_id} has no item`)
  return item
}
