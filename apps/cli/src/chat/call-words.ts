import type { CallView, ConversationView } from '@fairlead/client/conversation/conversation-view'
import { callsOf } from '@fairlead/client/conversation/selectors'
import { readTitle } from '@fairlead/contract/call/read-title'
import { valueText } from '../call/value-lines.ts'
import type { Colours } from '../terminal/colours.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import { durationText } from './duration-text.ts'

const ARGUMENTS_WIDTH = 80

/** A write as its effect names it, else by its title. */
export function callName({ effect, title }: Pick<CallView, 'effect' | 'title'>): string {
  return neutraliseLine(effect?.summary ?? title)
}

/** What a read reads, in the words of a person; its title and its arguments where there are none. */
export function readWords(call: CallView, { quiet }: Colours): string {
  const words = readTitle(call)
  if (words !== undefined) return clipped(neutraliseLine(words))
  const args = shortArguments(call.args)
  return `${neutraliseLine(call.title)}${args === '' ? '' : ` ${quiet(args)}`}`
}

/** The tool and its arguments, as much of them as a line has room for. */
export function toolWithArguments({ tool, args }: Pick<CallView, 'tool' | 'args'>): string {
  return `${neutraliseLine(tool)} ${shortArguments(args)}`.trimEnd()
}

/** How long a call ran, with a blank before it; nothing where its start is not known. `end` in milliseconds since the epoch. */
export function durationSuffix(call: Pick<CallView, 'started_at'>, end: number, { quiet }: Colours): string {
  const start = startOf(call)
  return start === undefined ? '' : ` ${quiet(durationText(end - start))}`
}

/** Milliseconds since the epoch; undefined where it is not known. */
export function startOf({ started_at }: Pick<CallView, 'started_at'>): number | undefined {
  return started_at === undefined ? undefined : Date.parse(started_at)
}

/** What each call of the conversation is called, by its id. */
export function titlesOf(view: ConversationView): ReadonlyMap<string, string> {
  const titleOf = (call: CallView) => (call.class === 'read' ? (readTitle(call) ?? call.title) : call.title)
  return new Map(callsOf(view).map((call) => [call.call_id, titleOf(call)]))
}

function shortArguments(args: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(args)
    .map(([name, value]) => `${neutraliseLine(name)}=${valueText(value)}`)
    .join(' ')
  return clipped(text)
}

function clipped(text: string): string {
  return text.length > ARGUMENTS_WIDTH ? `${text.slice(0, ARGUMENTS_WIDTH - 1)}…` : text
}
