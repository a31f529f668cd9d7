import { askDecision, whyNotToAsk } from '../call/ask-decision.ts'
import { callCard } from '../call/call-card.ts'
import { decisionRefused } from '../call/decision-refused.ts'
import { effectDifference } from '../call/effect-difference.ts'
import { type WaitingCall, waitingFromItem } from '../call/waiting-call.ts'
import type { Session } from '../session/open-session.ts'
import { type ExitCode, exitCodes } from '../terminal/exit-codes.ts'
import { neutraliseLine } from '../terminal/neutralise.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { awaitOutcome } from './await-outcome.ts'

/** One call: its card, and at a terminal the question. Without one it stays as it is. */
export async function showOne(
  session: Session,
  terminal: Terminal,
  { callId, json = false }: { callId: string; json?: boolean },
): Promise<ExitCode> {
  const item = await session.api.call('GET /approvals/:call_id', { params: { call_id: callId } })
  const isOpen = item.status === 'pending' || item.status === 'awaiting_approval'
  if (json) terminal.json(item)
  else if (!isOpen) terminal.note(`${neutraliseLine(item.effect?.summary ?? item.title)}: ${item.status}`)
  if (!isOpen) return exitCodes.done
  if (json) return exitCodes.waiting
  return await askAbout(session, terminal, waitingFromItem(item))
}

/** Shows the card and asks until it is decided or left; what was read is never replaced without being shown. */
export async function askAbout(session: Session, terminal: Terminal, first: WaitingCall): Promise<ExitCode> {
  const { colours, note } = terminal
  let call = first
  let seen: WaitingCall | undefined
  for (;;) {
    if (!terminal.isInteractive) {
      terminal.answer(`${callCard(call, { colours: terminal.answerColours, now: Date.now() })}\n`)
      return exitCodes.waiting
    }
    note(callCard(call, { colours, now: Date.now() }))
    if (seen?.effect && call.effect && seen.effectDigest !== call.effectDigest) {
      note(colours.ask('Different from what you read before:'))
      for (const line of effectDifference(seen.effect, call.effect)) note(`  ${line}`)
    }
    const why = whyNotToAsk(call, session.user) ?? (call.effect ? undefined : 'Its effect depends on a call before it.')
    if (why !== undefined) {
      note(why)
      return exitCodes.waiting
    }
    const said = await askDecision(terminal, call)
    if (said === 'later') return exitCodes.waiting
    try {
      const digests = { args_digest: call.argsDigest ?? '', effect_digest: call.effectDigest ?? '' }
      const params = { call_id: call.callId }
      const { status } = await session.api.call('POST /approvals/:call_id/decision', {
        params,
        body: { ...said, ...digests },
      })
      note(status === 'approved' ? 'Approved. It runs now.' : status === 'denied' ? 'Denied.' : 'Your vote is counted.')
      if (status !== 'approved') return exitCodes.done
      const again = await awaitOutcome(session, terminal, call)
      if (typeof again === 'number') return again
      seen = call
      call = again
    } catch (error) {
      const refused = decisionRefused(error, call)
      if (refused === undefined) throw error
      note(neutraliseLine(refused.sentence))
      if (refused.current === undefined) return exitCodes.notDecided
      seen = call
      call = refused.current
    }
  }
}
