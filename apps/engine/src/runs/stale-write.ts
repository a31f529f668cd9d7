import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import type { ToolAnswer } from '@fairlead/contract/tool-meta'
import { markStale } from '../approvals/announce-decisions.ts'
import { ownerAlone, requestApproval } from '../approvals/request-approval.ts'
import { advanceCall } from '../event-log/calls.ts'
import { type ApprovedCall, attemptEnded } from './approved-call.ts'
import { awaitingEvent, expiry, taintOf } from './ask-approval.ts'
import { endAttempt } from './attempts.ts'
import { endCall } from './end-call.ts'
import { commitStep, type Execution, named } from './execution.ts'
import { checkedEffect, previewWrite } from './preview-write.ts'

type Stale = {
  attemptId: string
  position: Position
  answer: ToolAnswer
  text: string
  progress: string
  silent?: boolean
}

/**
 * What would be done now is not what was approved, and nothing was written: the question is asked anew, with the effect
 * as it is now. Old votes are void.
 */
export async function askAgain(execution: Execution, { call }: ApprovedCall, stale: Stale): Promise<CallEnd> {
  const { attemptId, position, silent, progress } = stale
  const told = checkedEffect(call, stale.answer)
  const now = 'error' in told && !silent ? await previewWrite(execution, call) : told
  const attemptEnd = { outcome: 'stale' as const }
  if (silent || 'error' in now) {
    const error = silent ? 'The object had changed, nothing was written.' : 'error' in now ? now.error : ''
    await endCall(execution, {
      call,
      position,
      end: { outcome: 'failed', error },
      progress,
      silent,
      facts: (tx) => endAttempt(tx, attemptId, attemptEnd),
      audit: attemptEnded(call, attemptId, 'stale'),
    })
    return 'done'
  }
  const { claim, user, context } = execution
  const revision = call.revision + 1
  const expiresAt = expiry(execution)
  const taint = await taintOf(execution, call)
  const question = { ...now, revision, asked: undefined, taint, expiresAt }
  await commitStep(execution, {
    position,
    facts: async (tx) => {
      await endAttempt(tx, attemptId, attemptEnd)
      await markStale(tx, call.call_id, call.revision)
      await advanceCall(tx, call.call_id, { from: ['executing'], to: 'awaiting_approval', revision })
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
        taint,
        expires_at: expiresAt,
      })
    },
    events: [
      { type: 'tool.stale', ...named(call), reason: reasonOf(stale.text), revision: call.revision },
      await awaitingEvent(execution, call, question),
    ],
    audit: [attemptEnded(call, attemptId, 'stale')],
  })
  context.feed.publish(user.id, {
    type: 'approval.pending',
    call_id: call.call_id,
    conversation_id: claim.conversation_id,
    tool: call.tool,
    title: call.title,
    revision,
    given: 0,
    required: ownerAlone.approvers,
    expires_at: expiresAt?.toISOString() ?? null,
  })
  return 'waiting'
}

function reasonOf(text: string): string {
  return text.split('\n', 1)[0]?.replace(/^Stale: /, '') ?? ''
}
