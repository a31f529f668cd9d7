import type { runText, segments } from './message.table.ts'
import { readPieceMarks } from './piece-marks.ts'
import type { runEvents } from './run-event.table.ts'

type EventRow = typeof runEvents.$inferSelect
type SegmentRow = Pick<typeof segments.$inferSelect, 'kind' | 'text' | 'event_id'>
type FlushedRow = Pick<typeof runText.$inferSelect, 'kind' | 'text' | 'event_id'>

/** What was said in one kind: the pieces whose words are in the record, and all of the words. */
export type GenerationText = { pieces: { id: number; text: string }[]; whole: string; at: number }

/** A stretch of a run's events from one generation's start to the next; the first may stand before any generation. */
export type RecordedGeneration = {
  /** Its events but the text pieces. */
  events: EventRow[]
  text: GenerationText
  thinking: GenerationText
  /** Last id up to which nothing is missing; Infinity when the generation is over. */
  endsAt: number
}

const GENERATION_ENDS = ['generation.complete', 'workflow.error', 'completed']

/**
 * Takes the rows of a run's events apart by generation, and finds the words of each: in segments when it is over, in
 * `run_text` while it goes on, nowhere when it is void.
 * @param of rows by id, from a `generation.start` or from the run's beginning
 */
export function readGenerations(of: {
  rows: readonly EventRow[]
  segments: readonly SegmentRow[]
  flushed: readonly FlushedRow[]
}): RecordedGeneration[] {
  const starts = of.rows.filter(({ type }) => type === 'generation.start').map(({ id }) => id)
  const bounds = [0, ...starts, Number.POSITIVE_INFINITY]
  return bounds.slice(0, -1).map((start, index) => {
    const end = bounds[index + 1] ?? Number.POSITIVE_INFINITY
    const isWithin = (id: number | null) => id !== null && id >= start && id < end
    const rows = of.rows.filter(({ id }) => isWithin(id))
    const isLast = end === Number.POSITIVE_INFINITY
    const isOver = !isLast || start === 0 || rows.some(({ type }) => GENERATION_ENDS.includes(type))
    const kept = of.segments.filter(({ event_id }) => isWithin(event_id))
    const said = kept.length > 0 || isOver ? kept : of.flushed.filter(({ event_id }) => isWithin(event_id))
    const text = textOf('token', rows, said)
    const thinking = textOf('thinking', rows, said)
    const events = rows.filter(({ type }) => type !== 'token' && type !== 'thinking')
    const known = [...events, ...text.pieces, ...thinking.pieces].map(({ id }) => id)
    return { events, text, thinking, endsAt: isOver ? Number.POSITIVE_INFINITY : unbroken(start, known) }
  })
}

function textOf(
  type: 'token' | 'thinking',
  rows: readonly EventRow[],
  said: readonly (SegmentRow | FlushedRow)[],
): GenerationText {
  const marked = rows.filter((row) => row.type === type)
  const kind = type === 'token' ? 'text' : 'thinking'
  const whole = said.map((row) => (row.kind === kind ? row.text : '')).join('')
  const pieces: GenerationText['pieces'] = []
  let from = 0
  for (const { id, length } of marked.flatMap(({ data }) => readPieceMarks(String(data.pieces)))) {
    if (from + length > whole.length) break
    pieces.push({ id, text: whole.slice(from, from + length) })
    from += length
  }
  return { pieces, whole, at: marked.at(-1)?.at.getTime() ?? 0 }
}

/** The last of the ids that follow each other from `start` on. */
function unbroken(start: number, ids: readonly number[]): number {
  const known = new Set(ids)
  let last = start
  while (known.has(last + 1)) last += 1
  return last
}
