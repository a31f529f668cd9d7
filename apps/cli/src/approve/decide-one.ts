import type { DecisionInput } from '@fairlead/contract/endpoints/approvals'
import { decisionRefused } from '../call/decision-refused.ts'
import { waitingFromItem } from '../call/waiting-call.ts'
import type { Session } from '../session/open-session.ts'
import { CommandError } from '../terminal/command-error.ts'
import { type ExitCode, exitCodes } from '../terminal/exit-codes.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { awaitOutcome } from './await-outcome.ts'

export type OneDecision = {
  callId: string
  /** With both digests of what the caller has read: they are all that binds a script to it. */
  decision: DecisionInput & { args_digest: string; effect_digest: string }
  wait?: boolean
  json?: boolean
}

/** Decides a call for a script. What waits under other digests is left alone, and said. */
export async function decideOne(
  session: Session,
  terminal: Terminal,
  { callId, decision, wait = false, json = false }: OneDecision,
): Promise<ExitCode> {
  for (const [option, digest] of [
    ['--args-digest', decision.args_digest],
    ['--effect-digest', decision.effect_digest],
  ]) {
    if (!/^[0-9a-f]{64}$/.test(digest ?? '')) throw new CommandError('wrongUse', `${option} has 64 hex digits.`)
  }
  const params = { call_id: callId }
  const read = () => session.api.call('GET /approvals/:call_id', { params })
  try {
    // Before the decision: a change that is found at once has made the next revision of it by the time one reads again.
    const { revision } = waitingFromItem(await read())
    const { status, votes, required } = await session.api.call('POST /approvals/:call_id/decision', {
      params,
      body: decision,
    })
    if (json) terminal.json({ call_id: callId, status, votes, required })
    else terminal.note(`${neutraliseLine(callId)}: ${status}`)
    if (!wait || status !== 'approved') return exitCodes.done
    const outcome = await awaitOutcome(session, terminal, { callId, revision })
    if (json) terminal.json(await read())
    return typeof outcome === 'number' ? outcome : exitCodes.notDecided
  } catch (error) {
    const refused = decisionRefused(error, waitingFromItem(await read().catch(() => Promise.reject(error))))
    if (refused === undefined) throw error
    throw new CommandError('notDecided', refused.sentence, error)
  }
}
