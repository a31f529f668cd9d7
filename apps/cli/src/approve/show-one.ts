import { askAboutCall } from '../call/ask-about-call.ts'
import { callCardLines } from '../call/call-card.ts'
import { decisionRefused } from '../call/decision-refused.ts'
import { detailsCommand, unmaskCommand } from '../call/show-commands.ts'
import { type WaitingCall, waitingFromItem } from '../call/waiting-call.ts'
import { wholeCall } from '../call/whole-call.ts'
import type { Session } from '../session/open-session.ts'
import { type ExitCode, exitCodes } from '../terminal/exit-codes.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { awaitOutcome } from './await-outcome.ts'

export type OneCall = {
  callId: string
  json?: boolean
  /** With the text that would be written in place of each mask. */
  unmasked?: boolean
  /** With the YAML diff and what is fixed for the execution. */
  details?: boolean
}

/** One call: its card, and at a terminal the question. Without one it stays as it is. */
export async function showOne(
  session: Session,
  terminal: Terminal,
  { callId, json = false, unmasked = false, details = false }: OneCall,
): Promise<ExitCode> {
  const { api } = session
  const params = { call_id: callId }
  const item = await api.call('GET /approvals/:call_id', { params })
  const isOpen = item.status === 'pending' || item.status === 'awaiting_approval'
  const written = unmasked && isOpen ? await api.call('GET /approvals/:call_id/unmasked', { params }) : undefined
  const call = { ...waitingFromItem(item), ...written }
  if (json)
    terminal.json({
      ...item,
      effect: (await wholeCall(api, call)).effect ?? null,
      ...(written && { shown: written.shown }),
    })
  else if (!isOpen) terminal.note(`${neutraliseLine(item.effect?.summary ?? item.title)}: ${item.status}`)
  if (!isOpen) return exitCodes.done
  if (json) return exitCodes.waiting
  return await askAbout(session, terminal, call, details)
}

/** Shows the card and asks until it is decided or left; what was read is never replaced without being shown. */
export async function askAbout(
  session: Session,
  terminal: Terminal,
  first: WaitingCall,
  isDetailed = false,
): Promise<ExitCode> {
  const { note } = terminal
  let call = first
  let seen: WaitingCall | undefined
  for (;;) {
    if (!terminal.isInteractive) {
      const whole = await wholeCall(session.api, call)
      const commands = { unmaskBy: unmaskCommand(call), detailsBy: detailsCommand(call) }
      const options = { colours: terminal.answerColours, now: Date.now(), ...commands, isDetailed }
      const proof = call.shown === undefined ? [] : [`To approve it, give --shown ${neutraliseLine(call.shown)}`]
      terminal.answer(`${[...callCardLines(whole, options), ...proof].join('\n')}\n`)
      return exitCodes.waiting
    }
    const isOther = seen?.effectDigest !== call.effectDigest
    const said = await askAboutCall(session, terminal, { call, seen: isOther ? seen?.effect : undefined, isDetailed })
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
