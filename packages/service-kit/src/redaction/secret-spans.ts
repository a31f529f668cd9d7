import { isDeepStrictEqual } from 'node:util'
import { keyBlocks } from './key-blocks.ts'
import { namedValues } from './named-values.ts'
import { type Shape, shapes } from './shapes.ts'
import { mergedSpans, replaceSpans, type Span } from './span.ts'
import type { Strength } from './strength.ts'
import { tornKeys } from './torn-keys.ts'

/** A cheap look before the shapes are tried: most text holds nothing of the kind. */
const anyMark = new RegExp(shapes.map(({ mark }) => mark).join('|'), 'i')

/**
 * The parts of a text that may not be read, in order. One that is joined to another stands out once that is hidden, so
 * that is looked at again, which has an end: what goes on and on like that was made to.
 */
export function secretSpans(text: string, strength: Strength): Span[] {
  let spans = spansAtOnce(text, strength)
  for (let round = 1; round < MAX_ROUNDS && spans.length > 0; round++) {
    const covered = replaceSpans(text, spans, (hidden) => '*'.repeat(hidden.length))
    const found = mergedSpans([...spans, ...spansAtOnce(covered, strength)])
    if (isDeepStrictEqual(found, spans)) break
    spans = found
  }
  return spans
}

const MAX_ROUNDS = 4

function spansAtOnce(text: string, strength: Strength): Span[] {
  const found = keyBlocks(text)
  if (anyMark.test(text)) for (const shape of shapes) found.push(...spansOf(shape, text, strength))
  if (strength === 'read') found.push(...tornKeys(text), ...namedValues(text))
  return mergedSpans(found)
}

function spansOf({ pattern, isSecret }: Shape, text: string, strength: Strength): Span[] {
  const spans: Span[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const start = match.index + (match[1]?.length ?? 0)
    const end = match.index + match[0].length
    const isOne = isSecret === undefined || isSecret(text.slice(start, end), strength)
    if (isOne) spans.push({ start, end })
    // One that is none may hide the beginning of one.
    pattern.lastIndex = Math.max(match.index + 1, isOne ? end : 0)
  }
  return spans
}
