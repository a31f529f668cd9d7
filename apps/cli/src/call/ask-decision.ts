import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { may } from '@fairlead/contract/may'
import { askLine, forgetTyped } from '../terminal/prompts.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { WaitingCall } from './waiting-call.ts'

/** What a person says to a call. `later` leaves it waiting. */
export type Said = { approve: boolean; reason?: string } | 'later'

const MOST_REASON = 500
/** Long enough to see that something new is asked. */
const INERT_MS = 1000

/** Asks y / n / reason about the card that has just been shown. Ctrl-C leaves the call waiting. */
export async function askDecision(terminal: Terminal, call: WaitingCall): Promise<Said> {
  if (!(await forgetTyped(terminal, INERT_MS))) return 'later'
  const mayApprove = call.required?.passkey !== true
  const keys = mayApprove ? 'y approve, n deny, r deny with a reason, l later' : 'n deny, r deny with a reason, l later'
  const answer = await askLine(terminal, {
    message: mayApprove ? `Approve exactly this? (${keys})` : `Approving needs a passkey, on the page. (${keys})`,
    check: (text) => (isKey(text, mayApprove) ? undefined : `Type ${keys}, and Enter.`),
  })
  switch (answer?.toLowerCase()) {
    case 'y':
    case 'yes':
      return call.required?.reason ? withReason(terminal, { approve: true, isNeeded: true }) : { approve: true }
    case 'n':
    case 'no':
      return { approve: false }
    case 'r':
      return withReason(terminal, { approve: false, isNeeded: false })
    default:
      return 'later'
  }
}

/** Why this person need not be asked; undefined when they may decide. */
export function whyNotToAsk(call: WaitingCall, user: UserRead): string | undefined {
  const isOwn = call.requester === undefined || call.requester.email === user.email
  if (isOwn && call.required?.not_requester) return 'It waits for another person: you asked for this change.'
  if (!may(user, isOwn ? 'decide-own-calls' : 'decide-others-calls')) return 'This account may only look.'
  if (call.required?.role === 'admin' && user.role.toLowerCase() !== 'admin') return 'It waits for an administrator.'
  if (call.votes.some(({ by }) => by === user.email)) return 'Your vote is counted; it waits for others.'
  return undefined
}

function isKey(text: string, mayApprove: boolean): boolean {
  return /^(?:n|no|r|l)$/i.test(text) || (mayApprove && /^(?:y|yes)$/i.test(text))
}

async function withReason(
  terminal: Terminal,
  { approve, isNeeded }: { approve: boolean; isNeeded: boolean },
): Promise<Said> {
  const reason = await askLine(terminal, {
    message: approve ? 'Your reason' : 'Why not? The model is told',
    check: (text) => {
      if (text.length > MOST_REASON) return `At most ${MOST_REASON} characters.`
      return isNeeded && text === '' ? 'A reason is asked for.' : undefined
    },
  })
  if (reason === undefined) return 'later'
  return { approve, ...(reason === '' ? {} : { reason }) }
}
