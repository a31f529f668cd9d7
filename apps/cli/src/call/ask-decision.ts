import { hidesWhatRuns, hidesWritten, showWritten, unmaskFirst } from '@fairlead/contract/effect/effect-words'
import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { may } from '@fairlead/contract/may'
import { askLine, forgetTyped } from '../terminal/prompts.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { WaitingCall } from './waiting-call.ts'

/** What a person says to a call. `later` leaves it waiting. */
export type Said = Decision | 'later'
export type Decision = { approve: boolean; reason?: string; shown?: string }

const MAX_REASON = 500
/** Long enough to see that something new is asked. */
const INERT_MS = 1000

/**
 * Asks about the card that has just been shown. Ctrl-C leaves the call waiting; `unmask` wants to see what would be
 * written, `details` the YAML diff and what is fixed for the execution.
 */
export async function askDecision(
  terminal: Terminal,
  call: WaitingCall,
  { isDetailed }: { isDetailed: boolean },
): Promise<Said | 'unmask' | 'details'> {
  if (!(await forgetTyped(terminal, INERT_MS))) return 'later'
  const why = whyNotToApprove(call)
  const ways = {
    ...(why === undefined && { y: 'approve' }),
    ...(mayBeUnmasked(call) && { u: showWritten.toLowerCase() }),
    ...(!isDetailed && { d: 'details' }),
    ...{ n: 'deny', r: 'deny with a reason', l: 'later' },
  }
  const keys = Object.entries(ways)
    .map(([key, does]) => `${key} ${does}`)
    .join(', ')
  const answer = await askLine(terminal, {
    message: `${why === undefined ? 'Approve exactly this?' : `${why}.`} (${keys})`,
    check: (text) => (Object.hasOwn(ways, keyOf(text)) ? undefined : `Type ${keys}, and Enter.`),
  })
  switch (keyOf(answer ?? 'l')) {
    case 'y':
      return call.required?.reason ? withReason(terminal, { approve: true, isNeeded: true }) : { approve: true }
    case 'u':
      return 'unmask'
    case 'd':
      return 'details'
    case 'n':
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

/** Why nobody can approve it here; deny it they can. */
function whyNotToApprove(call: WaitingCall): string | undefined {
  if (call.unread !== undefined) return `Not all of it could be read (${call.unread}), so it cannot be approved here`
  if (call.required?.passkey) return 'Approving needs a passkey, on the page'
  const isHidden = call.mustShow === true || hidesWhatRuns(call.effect?.masks)
  return isHidden && call.shown === undefined ? unmaskFirst : undefined
}

/** Text that would be written is hidden, and can be shown. */
function mayBeUnmasked({ effect, shown, mustShow }: WaitingCall): boolean {
  return shown === undefined && (mustShow === true || hidesWritten(effect?.masks))
}

function keyOf(text: string): string {
  const key = text.toLowerCase()
  return { yes: 'y', no: 'n' }[key] ?? key
}

async function withReason(
  terminal: Terminal,
  { approve, isNeeded }: { approve: boolean; isNeeded: boolean },
): Promise<Said> {
  const reason = await askLine(terminal, {
    message: approve ? 'Your reason' : 'Why not? The model is told',
    check: (text) => {
      if (text.length > MAX_REASON) return `At most ${MAX_REASON} characters.`
      return isNeeded && text === '' ? 'A reason is asked for.' : undefined
    },
  })
  if (reason === undefined) return 'later'
  return { approve, ...(reason === '' ? {} : { reason }) }
}
