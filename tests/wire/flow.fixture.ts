import { type RunEvent, runEvent } from '@fairlead/contract/events/run-event'
import type { UserEvent } from '@fairlead/contract/events/user-event'
import type { Seen } from './event-stream.fixture.ts'
import type { RunStream } from './person.fixture.ts'

type Rendered<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

/**
 * A run's events in the words of the specification: `G` for a whole generation, `T` for the question who speaks next,
 * `END(status)` and `FAIL` for what ends it, every other event by its name, with the call it is about and what matters
 * of its payload in brackets. `tool.verified(W1 as_approved)` is about the call whose id begins with `W1`. Titles are
 * left out, since they may come anywhere.
 */
export function flowOf(events: readonly RunEvent[]): string {
  const rest = events.filter(({ type }) => type !== 'conversation.title.generated')
  const words: string[] = []
  for (let at = 0; at < rest.length; ) {
    const [word, taken] = generation(rest, at) ?? ending(rest, at) ?? [wordOf(rest[at] as RunEvent), 1]
    // How a text is cut into pieces is nobody's business.
    if (!(isPiece(word) && words.at(-1) === word)) words.push(word)
    at += taken
  }
  return words.join(' ')
}

function isPiece(word: string): boolean {
  return word === 'token' || word === 'thinking'
}

/** Names of the user's own events. */
export function feedOf(events: readonly UserEvent[]): string {
  return events.map(({ type }) => type).join(' ')
}

/** `generation.start` [`ttft`] `thinking`* / `token`* `token.usage` [`thinking.complete`] `generation.complete`. */
function generation(events: readonly RunEvent[], at: number): [string, number] | undefined {
  if (events[at]?.type !== 'generation.start') return undefined
  let end = at + 1
  const skip = (...types: RunEvent['type'][]) => {
    while (types.some((type) => type === events[end]?.type)) end++
  }
  if (events[end]?.type === 'ttft') end++
  skip('thinking', 'token')
  if (events[end]?.type === 'token.usage') end++
  if (events[end]?.type === 'thinking.complete') end++
  return events[end]?.type === 'generation.complete' ? ['G', end + 1 - at] : undefined
}

function ending(events: readonly RunEvent[], at: number): [string, number] | undefined {
  const [first, second, third] = events.slice(at)
  if (first?.type === 'workflow.error') {
    const isWhole = second?.type === 'completed' && second.status === 'error' && third?.type === 'workflow_error'
    return isWhole && first.error === third.error ? ['FAIL', 3] : undefined
  }
  if (first?.type !== 'completed' || second?.type !== 'workflow_complete') return undefined
  const agree = first.status === (second.status === 'stopped' ? 'stopped' : 'completed')
  return agree ? [`END(${second.status})`, 2] : undefined
}

function wordOf(event: RunEvent): string {
  if (event.type === 'token.usage' && event.source === 'turn_check') return 'T'
  const details = detailsOf(event).filter((detail) => detail !== undefined && detail !== '')
  return details.length === 0 ? event.type : `${event.type}(${details.join(' ')})`
}

function detailsOf(event: RunEvent): (string | undefined)[] {
  switch (event.type) {
    case 'tools.pending':
      return event.tools.map(({ call_id }) => labelOf(call_id))
    case 'tool.awaiting_approval':
      return [labelOf(event.call_id), event.revision > 1 ? `revision ${event.revision}` : '']
    case 'tool.stale':
      return [labelOf(event.call_id), `revision ${event.revision}`]
    case 'tool.denied':
      return [labelOf(event.call_id), event.reason]
    case 'tool.result':
      return [labelOf(event.call_id), event.recovered && 'recovered']
    case 'tool.error':
      return [labelOf(event.call_id), event.outcome]
    case 'tool.verified':
      return [labelOf(event.call_id), event.verdict]
    case 'tool.progress':
      return [labelOf(event.call_id), event.stream]
    case 'tool.approved':
    case 'tool.executing':
      return [labelOf(event.call_id)]
    default:
      return []
  }
}

/** Ids of scripted calls are a label, a dash and what makes them unique; those that the engine makes are `call`. */
export function labelOf(callId: string): string {
  return callId.split(/[-_]/)[0] ?? callId
}

/**
 * All of a run's stream, held to what the wire promises of every stream: one run, events as declared, ids that rise
 * without a gap, behind `after` if it is given. `mayJump`: a tail was lost on the way.
 */
export async function readRun(
  stream: RunStream,
  { after, mayJump = false }: { after?: number; mayJump?: boolean } = {},
): Promise<Seen<RunEvent>[]> {
  const events = await stream.all()
  const [first] = events
  let last = after
  for (const { id, ...event } of events) {
    runEvent.parse(event)
    if (event.run_id !== first?.run_id || event.conversation_id !== first.conversation_id) {
      throw new Error(`an event of another run: ${JSON.stringify(event)}`)
    }
    if (id === undefined) throw new Error(`no id on ${event.type}`)
    const isNext = last === undefined || id === last + 1
    // Pieces that a slow reader is given together stand under the id of the last of them.
    const mayLeaveGap = isPiece(event.type) || mayJump
    if (!isNext && !(mayLeaveGap && id > (last ?? 0))) throw new Error(`${event.type} has id ${id} after ${last}`)
    last = id
  }
  return events
}

/** The only event of that name. */
export function only<Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type): Rendered<Type> {
  const found = events.filter((event): event is Rendered<Type> => event.type === type)
  const [first] = found
  if (first === undefined || found.length > 1) throw new Error(`${found.length} of ${type} in ${flowOf(events)}`)
  return first
}
