import { type DecisionRefusal, decisionRefusal } from '@fairlead/client/decision/decision-refusal'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { type WaitingCall, waitingFromItem } from './waiting-call.ts'

/** Why a decision was refused, and what waits now, if that is something else. */
export type RefusedDecision = {
  sentence: string
  /** The call as it is; absent where nothing is left to decide. */
  current: WaitingCall | undefined
  /** The same as the server sent it, if it sent it. */
  item?: ApprovalItem
}

/** Undefined: the error says nothing about the decision. */
export function decisionRefused(error: unknown, call: WaitingCall): RefusedDecision | undefined {
  if (!(error instanceof ApiError)) return undefined
  const { status, code } = error
  const isAboutIt = status === 400 || status === 404 || status === 409 || (status === 403 && code !== undefined)
  if (!isAboutIt) return undefined
  const refusal = decisionRefusal(error)
  if (code === 'REASON_REQUIRED') {
    const required = { approvers: 1, not_requester: false, passkey: false, ...call.required, reason: true }
    return { sentence: 'A reason is required. Nothing was decided.', current: { ...call, required } }
  }
  if (refusal.decided !== undefined) return { sentence: decidedSentence(refusal.decided), current: undefined }
  const sentence = `${refusal.detail.replace(/\.$/, '')}. Nothing was decided.`
  return { sentence, current: currentCall(refusal, call), item: refusal.current }
}

function currentCall({ current, code, mayDecideAgain }: DecisionRefusal, call: WaitingCall): WaitingCall | undefined {
  if (current === undefined || !mayDecideAgain) return undefined
  // The arguments on the screen stay true as long as their digest does.
  const args = current.args_digest === call.argsDigest ? call.args : undefined
  return { ...waitingFromItem(current), args, ...(code === 'UNMASK_FIRST' && { mustShow: true }) }
}

function decidedSentence({ decision, by }: NonNullable<DecisionRefusal['decided']>): string {
  if (decision === 'expired') return 'It expired before it was decided.'
  if (decision === 'cancelled') return 'It was withdrawn before it was decided.'
  return `It was decided before: ${decision}${by === undefined ? '' : ` by ${by}`}.`
}
