import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import type { Effect } from '@fairlead/contract/effect/effect'
import { maskText } from '@fairlead/service-kit/redaction/mask'
import { markStale } from '../../approvals/announce-decisions.ts'
import { requestApproval } from '../../approvals/request-approval.ts'
import type { SealedTexts } from '../../approvals/sealed-texts.ts'
import type { Db } from '../../db/database.ts'
import type { NewAuditEvent } from '../../event-log/audit/record-audit.ts'
import { advanceCall, type CallRow } from '../../event-log/record/calls.ts'
import { commitStep, type Execution, named } from '../execution.ts'
import { LeaseLost } from '../lease-lost.ts'
import { awaitingEvent, expiry, taintOf, tellPending } from './ask-approval.ts'

type Anew = {
  position: Position
  /** As it is now. */
  now: { effect: Effect; effect_digest: string; seals: SealedTexts }
  /** Why what was approved holds no longer. */
  reason: string
  /** What belongs to the same moment: the end of the attempt that found it out. */
  attempt?: {
    end: (tx: Db) => Promise<void>
    audit: Omit<NewAuditEvent, 'conversation_id' | 'run_id' | 'user_id'>
  }
}

/** Nothing was written, and what was approved holds no longer: a person is asked about what would be done now. Old votes are void. */
export async function askAnew(execution: Execution, call: CallRow, anew: Anew): Promise<CallEnd> {
  const { position, now, reason, attempt } = anew
  const { claim, user } = execution
  const revision = call.revision + 1
  const expiresAt = expiry(execution)
  const taint = await taintOf(execution, call)
  const question = { ...now, revision, asked: undefined, taint, expiresAt }
  await commitStep(execution, {
    position,
    facts: async (tx) => {
      await attempt?.end(tx)
      await markStale(tx, call.call_id, call.revision)
      const to = { from: ['approved', 'executing'], to: 'awaiting_approval', revision } as const
      if (!(await advanceCall(tx, call.call_id, to))) throw new LeaseLost(claim.run_id)
      await requestApproval(tx, {
        call_id: call.call_id,
        revision,
        conversation_id: claim.conversation_id,
        run_id: claim.run_id,
        user,
        request: execution.request,
        tool: call.tool,
        effect: now.effect,
        effect_digest: now.effect_digest,
        seals: now.seals,
        taint,
        expires_at: expiresAt,
      })
    },
    events: [
      { type: 'tool.stale', ...named(call), reason: maskText(reason, 'written'), revision: call.revision },
      await awaitingEvent(execution, call, question),
    ],
    audit: attempt === undefined ? [] : [attempt.audit],
  })
  tellPending(execution, call, { revision, expires_at: expiresAt?.toISOString() ?? null })
  return 'waiting'
}
