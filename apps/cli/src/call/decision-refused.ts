import { ApiError } from '@fairlead/contract/client/api-error'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { type WaitingCall, waitingFromItem } from './waiting-call.ts'

/** Why a decision was not taken, and what waits now, if that is something else. */
export type RefusedDecision = {
  sentence: string
  /** The call as it is; absent where nothing is left to decide. */
  current: WaitingCall | undefined
}

/** Undefined: the error says nothing about the decision. */
export function decisionRefused(error: unknown, call: WaitingCall): RefusedDecision | undefined {
  if (!(error instanceof ApiError)) return undefined
  const { status, code, body, message } = error
  if (status === 400 && code === 'REASON_REQUIRED') {
    const required = { approvers: 1, not_requester: false, passkey: false, ...call.required, reason: true }
    return { sentence: 'A reason is asked for. Nothing was decided.', current: { ...call, required } }
  }
  const isAboutIt = status === 404 || status === 409 || (status === 403 && code !== undefined) || status === 400
  if (!isAboutIt) return undefined
  const decision = typeof body.decision === 'string' ? body.decision : undefined
  if (decision !== undefined) {
    return { sentence: overSentence(decision, body.decided_by), current: undefined }
  }
  const item = body.current as ApprovalItem | undefined
  const mustShow = code === 'UNMASK_FIRST'
  const isOpen = item?.status === 'pending' || item?.status === 'awaiting_approval'
  const hasVoted = message.includes('already voted')
  // The arguments on the screen stay true as long as their digest does.
  const args = item?.args_digest === call.argsDigest ? call.args : undefined
  return {
    sentence: `${message.replace(/\.$/, '')}. Nothing was decided.`,
    current:
      item !== undefined && isOpen && !hasVoted
        ? { ...waitingFromItem(item), args, ...(mustShow && { mustShow }) }
        : undefined,
  }
}

function overSentence(decision: string, decidedBy: unknown): string {
  if (decision === 'expired') return 'It expired before it was decided.'
  if (decision === 'cancelled') return 'It was withdrawn before it was decided.'
  return `It was decided before: ${decision}${typeof decidedBy === 'string' ? ` by ${decidedBy}` : ''}.`
}
