import type { Lexeme } from './lexemes.ts'
import { newSegment, type Segment, type WordsBehind } from './segment.ts'
import { placeWord } from './word-rules.ts'

/** Behind these, something is still to come. */
const dangling = new Set('of on at in inside within from for to by with called named and & plus'.split(' '))

/** Every word behind a verb, each in its place. */
export function wordsBehind(words: readonly Lexeme[], names: ReadonlySet<string>): WordsBehind {
  const read: WordsBehind = { segments: [newSegment()], places: [], special: new Set(), unknown: [] }
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    const segment = read.segments.at(-1)
    if (word === undefined || segment === undefined) break
    at += placeWord(word, { words, at, segment, read, names })
    const isLast = at >= words.length - 1
    if (/[,;:]/.test(word.after) && !isLast && segment.names.length > 0) read.segments.push(newSegment())
    if (isLast && dangling.has(word.text) && !names.has(word.text)) read.unknown.push(word.raw)
  }
  return { ...read, segments: withNames(read.segments) }
}

/** What follows a comma and names nothing belongs to what was named before it. */
function withNames(segments: readonly Segment[]): Segment[] {
  const merged: Segment[] = []
  for (const segment of segments) {
    const before = merged.at(-1)
    if (before === undefined || segment.names.length > 0 || segment.isPronoun) merged.push(segment)
    else {
      before.kinds.push(...segment.kinds)
      before.amounts.push(...segment.amounts)
      before.images.push(...segment.images)
      before.quantities.push(...segment.quantities)
      before.variable ??= segment.variable
      before.value ??= segment.value
    }
  }
  return merged
}
