import type { CallView } from '@fairlead/client/conversation/conversation-view'
import type { Required, TaintMark, Vote } from '@fairlead/contract/call/call'
import type { Effect } from '@fairlead/contract/effect/effect'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'

/**
 * A call that waits for a person, wherever it was read. A server of the same wire may leave parts out; what is missing
 * is absent and named as missing, and no digest is sent that was not received.
 */
export type WaitingCall = {
  callId: string
  conversationId: string
  tool: string
  title: string
  /** Who sees a call of somebody else's conversation does not see them. */
  args?: Record<string, unknown>
  effect?: Effect
  argsDigest?: string
  effectDigest?: string
  revision: number
  expiresAt?: string
  required?: Required
  votes: readonly Vote[]
  policies: readonly string[]
  taint: readonly (Pick<TaintMark, 'path'> & Partial<TaintMark>)[]
  requester?: { email: string; name: string }
  /** First line of what the requester wrote. */
  request?: string
  /** Proof that the text behind the masks was had; then `effect` has it. */
  shown?: string
  /** The engine wants that proof before an approval, whatever the masks say. */
  mustShow?: boolean
  /** Why a part of the effect could not be read: nobody approves what was not there to be seen. */
  unread?: string
}

/** As the conversation has it. */
export function waitingFromCall(call: CallView, conversationId: string): WaitingCall {
  return { ...shared(call), conversationId, args: call.args }
}

export function waitingFromItem(item: ApprovalItem): WaitingCall {
  const { conversation_id: conversationId, requester, request } = item
  return { ...shared(item), conversationId, requester, request }
}

type Wire = {
  call_id: string
  tool: string
  title: string
  effect?: Effect | null
  args_digest?: string | null
  effect_digest?: string | null
  revision?: number
  expires_at?: string | null
  required?: Required
  votes?: readonly Vote[]
  policies?: readonly string[]
  taint?: readonly (Pick<TaintMark, 'path'> & Partial<TaintMark>)[]
}

function shared(wire: Wire): Omit<WaitingCall, 'conversationId'> {
  return {
    callId: wire.call_id,
    tool: wire.tool,
    title: wire.title || wire.tool,
    effect: wire.effect ?? undefined,
    argsDigest: wire.args_digest ?? undefined,
    effectDigest: wire.effect_digest ?? undefined,
    revision: wire.revision ?? 1,
    expiresAt: wire.expires_at ?? undefined,
    required: wire.required,
    votes: wire.votes ?? [],
    policies: wire.policies ?? [],
    taint: wire.taint ?? [],
  }
}
