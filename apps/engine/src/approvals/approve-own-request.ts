import type { Effect } from '@fairlead/contract/effect/effect'
import { and, eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { advanceCall, type CallRow } from '../event-log/record/calls.ts'
import { approvals, votes } from './approval.table.ts'
import { requestApproval } from './request-approval.ts'

type OwnRequest = {
  call: CallRow
  effect: Effect
  effect_digest: string
  by: { id: string; email: string; address: string }
  /** What was asked for, in words. */
  request: string
}

/** Records that somebody asked for exactly this: the request itself is the approval, and nobody is asked. */
export async function approveOwnRequest(tx: Db, of: OwnRequest): Promise<void> {
  const { call, effect, effect_digest, by, request } = of
  const { call_id, revision, run_id, tool, args_digest } = call
  await requestApproval(tx, {
    ...{ call_id, revision, run_id, tool, request, effect, effect_digest },
    ...{ conversation_id: null, user: by, taint: [], expires_at: null },
    // What the masks hide is what was typed: nobody needs to see it again.
    seals: [],
  })
  const at = new Date()
  await tx
    .update(approvals)
    .set({ status: 'approved', decided_by: by.email, decided_at: at, announced_at: at })
    .where(and(eq(approvals.call_id, call_id), eq(approvals.revision, revision)))
  const digests = { args_digest, effect_digest }
  await tx.insert(votes).values({ call_id, revision, user_id: by.id, email: by.email, approve: true, ...digests })
  await recordAudit(tx, {
    actor: by.email,
    actor_ip: by.address,
    user_id: by.id,
    ...{ run_id, call_id },
    type: 'approval.decided',
    data: { tool, revision, approve: true, reason: null, ...digests },
  })
  await advanceCall(tx, call_id, { from: ['pending'], to: 'approved' })
}
