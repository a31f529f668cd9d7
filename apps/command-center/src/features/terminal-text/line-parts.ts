import { cellsOf, markOf } from './cell-width.ts'
import type { TerminalLine } from './terminal-line.ts'
import { plainStyle, type TextStyle } from './text-style.ts'

/** `isMark`: the name of a character that nobody would see. `found`: a match of the search, or the one it stands at. */
export type LinePart = { text: string; style: TextStyle; isMark: boolean; found: 'one' | 'current' | undefined }

export type Range = { from: number; to: number }
export type FoundRange = Range & { isCurrent: boolean }

/** Where each row of a wrapped line begins and ends in its text. */
export function rowRange(line: TerminalLine, row: number, columns: number): Range {
  if (line.isAscii) return { from: row * columns, to: Math.min(line.text.length, (row + 1) * columns) }
  const [first, last] = [row * columns, (row + 1) * columns]
  let cells = 0
  let from = first === 0 ? 0 : line.text.length
  let at = 0
  for (const character of line.text) {
    if (cells >= last) return { from, to: at }
    if (cells >= first && at < from) from = at
    cells += cellsOf(character, cells)
    at += character.length
  }
  return { from, to: line.text.length }
}

/** A range of a line as pieces that look alike. A tab keeps its width where a row does not begin with the line. */
export function lineParts(line: TerminalLine, range: Range, found: readonly FoundRange[]): LinePart[] {
  const parts: LinePart[] = []
  for (const { from, to } of cuts(line, range, found)) {
    if (from >= to) continue
    const style = line.spans.find((span) => span.from <= from && from < span.to)?.style ?? plainStyle
    const match = found.find((it) => it.from <= from && from < it.to)
    const format = {
      style,
      found: match === undefined ? undefined : match.isCurrent ? ('current' as const) : ('one' as const),
    }
    const text = line.text.slice(from, to)
    if (line.isAscii) parts.push({ text, isMark: false, ...format })
    else pushVisible(parts, text, format)
  }
  return parts
}

function cuts(line: TerminalLine, { from, to }: Range, found: readonly FoundRange[]): Range[] {
  const edges = new Set([from, to])
  for (const range of [...line.spans, ...found]) {
    if (range.from > from && range.from < to) edges.add(range.from)
    if (range.to > from && range.to < to) edges.add(range.to)
  }
  const sorted = [...edges].toSorted((a, b) => a - b)
  return sorted.slice(1).map((edge, index) => ({ from: sorted[index] ?? 0, to: edge }))
}

function pushVisible(parts: LinePart[], text: string, format: Pick<LinePart, 'style' | 'found'>): void {
  let plain = ''
  const flush = () => {
    if (plain !== '') parts.push({ text: plain, isMark: false, ...format })
    plain = ''
  }
  for (const character of text) {
    const mark = markOf(character)
    if (mark === undefined) {
      plain += character
      continue
    }
    flush()
    parts.push({ text: mark, isMark: true, ...format })
  }
  flush()
}
