import type { CallStatus } from '@fairlead/contract/call/call'
import type { ApiError } from '@fairlead/contract/client/api-error'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'

export type DecisionRefusal = {
  /** One sentence for the person. */
  text: string
  status: number
  /** The engine's word: `REASON_REQUIRED`, `PASSKEY_REQUIRED`, `UNMASK_FIRST`, `DECISION_NOT_ALLOWED`, `POLICY_DENIED`, … */
  code: string | undefined
  /** The effect had changed: the call now has the present one, and asks again. Nothing was decided. */
  isChanged: boolean
  /** A 409's word on who decided what. */
  decided: { decision: string; by: string | undefined; at: string | undefined } | undefined
  current: ApprovalItem | undefined
  mayDecideAgain: boolean
  requestId: string | undefined
}

type Refused = {
  status: number
  code: string | undefined
  text: string
  requestId: string | undefined
  body: Readonly<Record<string, unknown>>
}

/** Why a decision was not taken, as the person at the card reads it. */
export function decisionRefusal(error: ApiError): DecisionRefusal {
  const { status, code, body, requestId, message } = error
  return refusalOf({ status, code, body, requestId, text: message })
}

/** The same out of one result of several. */
export function batchRefusal(error: { status: number; detail: unknown } & Record<string, unknown>): DecisionRefusal {
  const { detail } = error
  const { code, reason } = (typeof detail === 'object' && detail !== null ? detail : {}) as {
    code?: unknown
    reason?: unknown
  }
  const text = typeof detail === 'string' ? detail : typeof reason === 'string' ? reason : 'It was not decided.'
  const word = typeof code === 'string' ? code : undefined
  return refusalOf({ status: error.status, code: word, text, body: error, requestId: undefined })
}

function refusalOf({ status, code, text, body, requestId }: Refused): DecisionRefusal {
  const current = itemOf(body.current)
  const decided = decisionOf(body)
  const isOpen = current === undefined ? decided === undefined : isUndecided(current.status)
  const hasVoted = text === 'You have already voted'
  const isChanged = status === 409 && current !== undefined && isOpen && !hasVoted && code !== 'UNMASK_FIRST'
  return {
    text: sentenceOf({ status, text, isChanged }),
    status,
    code,
    isChanged,
    decided,
    current,
    mayDecideAgain: isOpen && !hasVoted && status !== 404 && code !== 'DECISION_NOT_ALLOWED',
    requestId,
  }
}

function sentenceOf({ status, text, isChanged }: { status: number; text: string; isChanged: boolean }): string {
  if (isChanged)
    return 'What this call would do has changed since you saw it. Nothing was decided; this is its present effect.'
  if (text === 'The effect is not known yet') return 'Its effect depends on a call before it, and is not known yet.'
  if (text === 'You have already voted') return 'Your vote is counted already.'
  if (status === 404) return 'This call is not there any more.'
  if (status === 0) return 'The engine cannot be reached. Nothing is known to be decided; try again.'
  return text
}

function itemOf(value: unknown): ApprovalItem | undefined {
  const isItem = typeof value === 'object' && value !== null && 'call_id' in value && 'revision' in value
  return isItem ? (value as ApprovalItem) : undefined
}

function decisionOf(body: Readonly<Record<string, unknown>>): DecisionRefusal['decided'] {
  const { decision, decided_by, decided_at } = body
  if (typeof decision !== 'string') return undefined
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return { decision, by: text(decided_by), at: text(decided_at) }
}

function isUndecided(status: CallStatus): boolean {
  return status === 'pending' || status === 'awaiting_approval'
}
