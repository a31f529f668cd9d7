/** A part of a text, in UTF-16 units; `end` is the first unit behind it. */
export type Span = { start: number; end: number }

/** In order, those that touch or overlap as one. */
export function mergedSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const { start, end } of spans.toSorted((left, right) => left.start - right.start)) {
    const last = merged.at(-1)
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end)
    else merged.push({ start, end })
  }
  return merged
}

/** The text with each span (in order, none in another) replaced. */
export function replaceSpans(text: string, spans: readonly Span[], replace: (hidden: string) => string): string {
  let shown = ''
  let from = 0
  for (const { start, end } of spans) {
    shown += text.slice(from, start) + replace(text.slice(start, end))
    from = end
  }
  return shown + text.slice(from)
}
