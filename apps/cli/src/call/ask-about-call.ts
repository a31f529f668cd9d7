import { ApiError } from '@fairlead/contract/client/api-error'
import type { Effect } from '@fairlead/contract/effect/effect'
import type { Session } from '../session/open-session.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import { showPaged } from '../terminal/show-paged.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { askDecision, type Said, whyNotToAsk } from './ask-decision.ts'
import { callCardLines } from './call-card.ts'
import { effectDifference } from './effect-difference.ts'
import type { WaitingCall } from './waiting-call.ts'
import { wholeCall } from './whole-call.ts'

export type AskAbout = {
  call: WaitingCall
  /** What was read of it before its present effect. */
  seen?: Effect
  titles?: ReadonlyMap<string, string>
  /** With the YAML diff and what is fixed for the execution from the beginning. */
  isDetailed?: boolean
}

const ways = { n: 'deny', l: 'later' }

/**
 * Shows a call and asks about it. Nobody is asked to approve before the last line of it was on the screen; what is
 * hidden is shown when it is asked for, and is kept by nobody.
 */
export async function askAboutCall(
  { api, user }: Pick<Session, 'api' | 'user'>,
  terminal: Terminal,
  { call, seen, titles, isDetailed = false }: AskAbout,
): Promise<Said> {
  const { colours, note } = terminal
  const why = whyNotToAsk(call, user) ?? (call.effect ? undefined : 'Its effect depends on a call before it.')
  let areDetailsShown = isDetailed
  let shown = isDetailed || !hasChanges(call) ? await wholeCall(api, call) : call
  for (;;) {
    const lines = [
      ...callCardLines(shown, {
        ...{ colours, now: Date.now(), titles, unmaskBy: 'u', detailsBy: 'd' },
        isDetailed: areDetailsShown,
      }),
      ...differenceLines(seen, call, colours.ask),
    ]
    if (why !== undefined) {
      note([...lines, why].join('\n'))
      return 'later'
    }
    const way = await showPaged(terminal, lines, ways)
    if (way === 'n') return { approve: false }
    if (way !== 'end') {
      note('It waits on: it is asked about once all of it was shown.')
      return 'later'
    }
    const said = await askDecision(terminal, shown, { isDetailed: areDetailsShown })
    if (said === 'unmask') shown = await unmasked(api, shown, note)
    else if (said === 'details') {
      areDetailsShown = true
      shown = await wholeCall(api, shown)
    } else return said === 'later' ? said : { ...said, shown: shown.shown }
  }
}

/** Of each object something is told without its diff, which may be too large to come along. */
function hasChanges({ effect }: WaitingCall): boolean {
  return effect?.objects.every(({ changes }) => changes.length > 0) !== false
}

/** In place of each mask the text that would be written, with the proof that it was had. */
async function unmasked(api: Session['api'], call: WaitingCall, note: Terminal['note']): Promise<WaitingCall> {
  try {
    const params = { call_id: call.callId }
    const { effect, shown } = await api.call('GET /approvals/:call_id/unmasked', { params })
    return { ...call, effect, shown }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    note(`It could not be shown: ${neutraliseLine(error.message)}`)
    return call
  }
}

function differenceLines(seen: Effect | undefined, { effect }: WaitingCall, ask: (text: string) => string): string[] {
  if (seen === undefined || effect === undefined) return []
  const difference = effectDifference(seen, effect)
  const lines = difference.length > 0 ? difference : ['only what is fixed for its execution']
  return [ask('Different from what you read before:'), ...lines.map((line) => `  ${line}`)]
}
