import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { unknownOutcome } from '@fairlead/client/conversation/outcome-words'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { objectName } from '../call/object-name.ts'
import { valueText } from '../call/value-lines.ts'
import type { Colours } from '../terminal/colours.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import { callName, durationSuffix } from './call-words.ts'

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

/** What came of a write, and of each of its objects where they are several or one has failed. */
export function outcomeLines(event: Of<'tool.result'> | Of<'tool.error'>, call: CallView, colours: Colours): string[] {
  const objects = event.objects ?? []
  const areListed = objects.length > 1 || objects.some(({ outcome }) => outcome !== 'succeeded')
  return [
    ...headLines(event, call, colours),
    ...(event.recovered ? ['  The engine was interrupted here; the cluster was read back.'] : []),
    ...(areListed ? objects : []).map(
      ({ ref, outcome, error }) =>
        `  ${objectName(ref)}: ${valueText(outcome)}${error === undefined ? '' : `, ${neutraliseLine(error)}`}`,
    ),
  ]
}

function headLines(event: Of<'tool.result'> | Of<'tool.error'>, call: CallView, colours: Colours): string[] {
  const name = callName(call)
  if (event.type === 'tool.result') return [`Done: ${name}${durationSuffix(call, event.timestamp, colours)}`]
  if (event.outcome !== 'unknown') return [`${colours.loss(`Failed: ${name}`)}: ${neutraliseLine(event.error)}`]
  return [
    colours.strong(`${unknownOutcome.title}: ${name}`),
    unknownOutcome.sentence,
    `  ${neutraliseLine(event.error)}`,
  ]
}

export function deniedLine({ reason, decided_by: by, policies = [] }: Of<'tool.denied'>): string {
  if (reason === 'superseded') return 'Withdrawn: a newer message took its place. It was not executed.'
  if (reason === 'expired') return 'Expired: nobody decided in time. It was not executed.'
  const who = by ?? policies.join(', ')
  return `Denied${who ? ` by ${neutraliseLine(who)}` : ''}${reason ? `: ${neutraliseLine(reason)}` : ''}.`
}
