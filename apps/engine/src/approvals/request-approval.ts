import type { Required, TaintMark } from '@fairlead/contract/call/call'
import type { Effect } from '@fairlead/contract/effect/effect'
import { storable } from '@fairlead/service-kit/storable'
import type { Db } from '../db/database.ts'
import { type NewAuditEvent, recordAudit } from '../event-log/audit/record-audit.ts'
import { approvals } from './approval.table.ts'
import type { SealedTexts } from './sealed-texts.ts'

/** What no policy has made stricter: the owner alone, by one vote. */
export const ownerAlone: Required = { approvers: 1, not_requester: false, reason: false, passkey: false }

export type ApprovalRequest = {
  call_id: string
  revision: number
  /** Null for a write of the engine's own. */
  conversation_id: string | null
  run_id: string
  user: { id: string; email: string }
  request: string
  tool: string
  effect: Effect
  effect_digest: string
  seals: SealedTexts
  taint: TaintMark[]
  expires_at: Date | null
}

/** Opens the question to a person, in the caller's transaction. */
export async function requestApproval(tx: Db, request: ApprovalRequest): Promise<void> {
  const { user, tool, run_id, ...row } = request
  await tx.insert(approvals).values(storable({ ...row, user_id: user.id, required: ownerAlone, policies: [] }))
  const ids = { conversation_id: request.conversation_id, run_id, call_id: request.call_id, user_id: user.id }
  const computed: NewAuditEvent = {
    actor: 'engine',
    ...ids,
    type: 'effect.computed',
    data: { tool, revision: request.revision, effect_digest: request.effect_digest, effect: request.effect },
  }
  const requested: NewAuditEvent = {
    actor: user.email,
    ...ids,
    type: 'approval.requested',
    data: {
      tool,
      revision: request.revision,
      effect_digest: request.effect_digest,
      required: ownerAlone,
      expires_at: request.expires_at?.toISOString() ?? null,
      taint: request.taint,
    },
  }
  await recordAudit(tx, [computed, requested])
}
