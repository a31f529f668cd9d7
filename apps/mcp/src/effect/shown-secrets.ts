import { maskText } from '@fairlead/service-kit/redaction/mask'
import { replaceHidden } from './hidden-places.ts'
import { isRecord } from './is-record.ts'

/** The texts of an object that may not be read as a whole; those that only contain a secret are masked wherever they go. */
export function hiddenTexts(object: unknown): Set<string> {
  const hidden = new Set<string>()
  replaceHidden(object, '', { strength: 'read' }, ({ text, isWhole }) => {
    if (isWhole && text !== '') hidden.add(text)
  })
  return hidden
}

export function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (Array.isArray(value)) for (const element of value) yield* textsIn(element)
  else if (isRecord(value)) for (const entry of Object.values(value)) yield* textsIn(entry)
}

/** Whether one of the secrets stands in `after` where it is shown, or more often than before. */
export function showsMore(before: unknown, after: unknown, secrets: ReadonlySet<string>): boolean {
  const former = shownCounts(before, secrets)
  return [...shownCounts(after, secrets)].some(([text, count]) => count > (former.get(text) ?? 0))
}

function shownCounts(object: unknown, secrets: ReadonlySet<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const shown = replaceHidden(object, '', { strength: 'read' }, ({ text, isWhole }) =>
    // A part that is told by a name is hidden where it is read, and not where it is written.
    isWhole || maskText(text, 'written') !== text ? null : text,
  )
  for (const text of textsIn(shown)) if (secrets.has(text)) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}
