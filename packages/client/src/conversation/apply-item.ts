import type { Vote } from '@fairlead/contract/call/call'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { isForward } from './call-status.ts'
import { seenBefore } from './call-view.ts'
import { withCall } from './change-messages.ts'
import type { CallView, ConversationView } from './conversation-view.ts'

/** A call as the record has it now: read by itself, or sent along with a refused decision. */
export function applyItem(view: ConversationView, item: ApprovalItem): ConversationView {
  return withCall(view, item.call_id, (call) => {
    const shown = call.revision ?? 1
    if (item.revision < shown) return call
    const isAgain = item.revision > shown
    const isOtherEffect = call.effect_digest !== undefined && (item.effect_digest ?? undefined) !== call.effect_digest
    const about: CallView = {
      ...call,
      ...(isAgain && { outcome: undefined, objects: undefined, error: undefined, verdict: undefined }),
      ...((isAgain || isOtherEffect) && call.effect !== undefined && { before: seenBefore(call) }),
      effect: item.effect ?? undefined,
      effect_digest: item.effect_digest ?? undefined,
      args_digest: item.args_digest,
      revision: item.revision,
      expires_at: item.expires_at,
      required: item.required,
      votes: isAgain ? item.votes : moreOf(call.votes, item.votes),
      policies: item.policies,
      // An item names the places alone; the source of each is known to the conversation.
      taint: call.taint ?? [],
    }
    const isMoved = isAgain || isForward(call.status, item.status)
    return isMoved ? { ...about, status: item.status } : about
  })
}

function moreOf(shown: Vote[] | undefined, read: Vote[]): Vote[] {
  return shown !== undefined && shown.length > read.length ? shown : read
}
