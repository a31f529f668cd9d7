import fc from 'fast-check'
import type { ScriptedGeneration } from './record.fixture.ts'
import type { TailEntry } from './tail/live-tail.ts'
import { mergeBacklog } from './tail/merge-backlog.ts'

const words = fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }).map((text) => `${text.replaceAll('\0', '')}.`)
const piece = fc.oneof(
  { weight: 8, arbitrary: words.map((text) => ({ kind: 'text' as const, text })) },
  { weight: 4, arbitrary: words.map((text) => ({ kind: 'thinking' as const, text })) },
  { weight: 2, arbitrary: fc.constant({ kind: 'wait' as const }) },
  { weight: 1, arbitrary: words.map((text) => ({ kind: 'title' as const, text })) },
)
const generation: fc.Arbitrary<ScriptedGeneration> = fc.record({
  pieces: fc.array(piece, { maxLength: 14 }),
  isVoid: fc.nat(3).map((chance) => chance === 0),
  calls: fc.nat(2),
})

/** Generations of a run: some void, some with calls, told while the record is written. */
export const scriptedGenerations = fc.array(generation, { minLength: 1, maxLength: 5 })

/** What a reader must have in the end, however pieces were joined: void text and live output left out. */
function settled(entries: readonly TailEntry[]): TailEntry[] {
  const lasting: TailEntry[] = []
  let spoken: TailEntry[] = []
  const close = (isVoid: boolean) => {
    lasting.push(...spoken.filter(({ type }) => !isVoid || (type !== 'token' && type !== 'thinking')))
    spoken = []
  }
  for (const entry of entries) {
    if (entry.type === 'generation.start') close(!spoken.some(({ type }) => type === 'generation.complete'))
    if (entry.type !== 'tool.progress') spoken.push(entry)
  }
  close(!spoken.some(({ type }) => type === 'generation.complete'))
  return lasting
}

/** What of it comes after an id, joined as far as it goes. */
export function joined(entries: readonly TailEntry[], after = 0): TailEntry[] {
  return mergeBacklog(settled(entries).filter(({ id }) => id > after))
}

/** Nobody keeps the times of thinking pieces one by one. */
export function withoutThinkingTime({ id, type, data }: TailEntry) {
  const { timestamp, ...event } = JSON.parse(data) as Record<string, unknown>
  return { id, type, event: type === 'thinking' ? event : { ...event, timestamp } }
}
