import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { unknownOutcome, verdictTexts } from '@fairlead/client/conversation/outcome-words'
import type { ObjectOutcome, Verification } from '@fairlead/contract/effect/effect'
import { formatDuration } from '../../ui/format/format-duration.ts'
import { formatTime } from '../../ui/format/format-time.ts'
import { firstLine } from '../values/call-line.ts'

export type EndingTone = 'good' | 'bad' | 'doubt' | 'quiet' | 'busy'

/** How a write ended, as the one line that stays of its card. */
export type Ending = {
  tone: EndingTone
  /** Who decided, when, and what came of it. */
  text: string
  verdict: { text: string; tone: EndingTone } | undefined
}

/** Undefined as long as the write has not ended. `isChecking`: its run may still bring a verdict. */
export function endingOf(call: CallView, options: { email: string; isChecking: boolean }): Ending | undefined {
  const { status, reason } = call
  const by = (what: string) => decidedText(call, what, options.email)
  switch (status) {
    case 'completed': {
      const verdict = verdictOf(call, options.isChecking)
      return { tone: verdict.tone, text: joined([by('approved'), objectsText(call.objects)]), verdict }
    }
    case 'error': {
      const why = `failed: ${firstLine(call.error ?? 'no reason was given')}`
      const done = objectsText(call.objects) ?? (call.started_at === undefined ? 'nothing was written' : undefined)
      return { tone: 'bad', text: joined([by('approved'), why, done]), verdict: undefined }
    }
    case 'unknown':
      return {
        tone: 'doubt',
        text: joined([by('approved'), unknownOutcome.sentence], '. '),
        verdict: undefined,
      }
    case 'denied':
      return { tone: 'bad', text: deniedText(call, by('denied')), verdict: undefined }
    case 'expired': {
      const at = call.expires_at ? ` ${formatTime(Date.parse(call.expires_at))}` : ''
      return { tone: 'doubt', text: `expired${at}, nothing was done`, verdict: undefined }
    }
    case 'cancelled':
      return { tone: 'quiet', text: `cancelled: ${cancelWords(reason)}; nothing was done`, verdict: undefined }
    default:
      return undefined
  }
}

function verdictOf({ verdict, effect }: CallView, isChecking: boolean): NonNullable<Ending['verdict']> {
  if (verdict !== undefined) return verdictWords(verdict)
  if (effect?.basis === 'external' || effect?.basis === 'unknown') {
    return { text: 'Cannot be verified: there is nothing to read back', tone: 'doubt' }
  }
  return isChecking ? { text: 'Being read back', tone: 'busy' } : { text: 'Not verified', tone: 'doubt' }
}

export function verdictWords({ verdict, waited_ms, reason }: Verification): NonNullable<Ending['verdict']> {
  const after = formatDuration(waited_ms)
  const words = capitalized(verdictTexts[verdict] ?? '')
  switch (verdict) {
    case 'as_approved':
      return { text: waited_ms < 1_000 ? words : `${words} after ${after}`, tone: 'good' }
    case 'differs':
      return { text: words, tone: 'bad' }
    case 'not_yet':
      return { text: `${words} after ${after}`, tone: 'doubt' }
    case 'unreadable':
      return { text: reason ?? words, tone: 'doubt' }
    default:
      return { text: 'Not verified', tone: 'doubt' }
  }
}

/** Only for several objects: of one the status says it. */
export function objectsText(objects: readonly ObjectOutcome[] | undefined): string | undefined {
  if (objects === undefined || objects.length < 2) return undefined
  return `${objects.filter(({ outcome }) => outcome === 'succeeded').length} of ${objects.length} succeeded`
}

function decidedText({ decided_by, decided_at }: CallView, what: string, email: string): string | undefined {
  if (decided_by === undefined) return undefined
  const at = decided_at === undefined ? '' : ` ${formatTime(Date.parse(decided_at))}`
  const names = decided_by.split(',').map((name) => (name.trim() === email ? 'you' : name.trim()))
  return `${what} by ${names.join(' and ')}${at}`
}

function deniedText({ reason, policies, result }: CallView, byPerson: string | undefined): string {
  if (byPerson !== undefined) return reason === undefined ? byPerson : `${byPerson}: “${reason}”`
  const rule = policies !== undefined && policies.length > 0 ? ` by policy ${policies.join(', ')}` : ''
  const why = reason ?? result?.map(({ text }) => text ?? '').join(' ')
  return `denied${rule}${why ? `: ${firstLine(why)}` : ''}`
}

function cancelWords(reason: string | undefined): string {
  if (reason === 'superseded') return 'a later message took its place'
  return reason === undefined || reason === 'stopped' ? 'stopped before it started' : reason
}

function joined(parts: readonly (string | undefined)[], between = ', '): string {
  return parts.filter((part) => part !== undefined).join(between)
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
