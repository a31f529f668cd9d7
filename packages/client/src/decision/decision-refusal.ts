import type { CallStatus } from '@fairlead/contract/call/call'
import type { ApiError } from '@fairlead/contract/client/api-error'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'

export type DecisionRefusal = {
  /** One sentence for a person who has the call in view. */
  text: string
  /** The engine's own sentence. */
  detail: string
  status: number
  /** The engine's word for it, by which refusals are told apart: `ALREADY_VOTED`, `REASON_REQUIRED`, … */
  code: string | undefined
  /** The call has changed: nothing was decided, and `current` is what waits now. */
  isChanged: boolean
  /** Who has decided what before, of `ALREADY_DECIDED`. */
  decided: { decision: string; by: string | undefined; at: string | undefined } | undefined
  /** The call as it is now, where the engine sent it. */
  current: ApprovalItem | undefined
  mayDecideAgain: boolean
  requestId: string | undefined
}

type Refused = Pick<DecisionRefusal, 'status' | 'code' | 'detail' | 'requestId'> & {
  body: Readonly<Record<string, unknown>>
}

/** Why a single decision was refused. */
export function decisionRefusal(error: ApiError): DecisionRefusal {
  const { status, code, body, requestId, message } = error
  return refusalOf({ status, code, body, requestId, detail: message })
}

/** Why one decision of a batch was refused. */
export function batchRefusal(error: { status: number; detail: unknown } & Record<string, unknown>): DecisionRefusal {
  const { status, detail } = error
  const { code = error.code, reason } = (typeof detail === 'object' && detail !== null ? detail : {}) as {
    code?: unknown
    reason?: unknown
  }
  const text = [detail, reason].find((it) => typeof it === 'string') ?? 'It was not decided.'
  return refusalOf({ status, code: textOf(code), detail: text, body: error, requestId: undefined })
}

/** Nothing about the call has changed: the same card may be decided, or not, as the code says. */
const unchangedCodes: ReadonlySet<string | undefined> = new Set(['ALREADY_VOTED', 'UNMASK_FIRST'])
const finalCodes: ReadonlySet<string | undefined> = new Set(['ALREADY_VOTED', 'DECISION_NOT_ALLOWED'])

function refusalOf({ status, code, detail, body, requestId }: Refused): DecisionRefusal {
  const current = itemOf(body.current)
  const decided = decisionOf(body)
  const isOpen = current === undefined ? decided === undefined : isUndecided(current.status)
  // An engine that sends no code sends the call along, and that says it too.
  const isChanged = status === 409 && current !== undefined && isOpen && !unchangedCodes.has(code)
  return {
    text: isChanged ? changedText : (sentences[code ?? ''] ?? sentences[status] ?? detail),
    detail,
    status,
    code,
    isChanged,
    decided,
    current,
    mayDecideAgain: isOpen && status !== 404 && !finalCodes.has(code),
    requestId,
  }
}

const changedText =
  'What this call would do has changed since you saw it. Nothing was decided; this is its present effect.'

/** By code, else by status; for any other the engine's own sentence is shown. */
const sentences: Readonly<Record<string, string>> = {
  EFFECT_UNKNOWN: 'Its effect depends on a call before it, and is not known yet.',
  ALREADY_VOTED: 'Your vote is counted already.',
  404: 'This call is not there any more.',
  0: 'The engine cannot be reached. Nothing is known to be decided; try again.',
}

function itemOf(value: unknown): ApprovalItem | undefined {
  const isItem = typeof value === 'object' && value !== null && 'call_id' in value && 'revision' in value
  return isItem ? (value as ApprovalItem) : undefined
}

function decisionOf(body: Readonly<Record<string, unknown>>): DecisionRefusal['decided'] {
  const { decision, decided_by, decided_at } = body
  if (typeof decision !== 'string') return undefined
  return { decision, by: textOf(decided_by), at: textOf(decided_at) }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function isUndecided(status: CallStatus): boolean {
  return status === 'pending' || status === 'awaiting_approval'
}
