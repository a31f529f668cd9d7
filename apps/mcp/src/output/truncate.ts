/** A text cut to a limit, or not. `returned` and `total` count what it is made of: rows, items or lines. */
export type Cut = { output: string; truncated: boolean; returned: number; total: number }

type Unit = 'rows' | 'items' | 'lines'

/** The line that ends a cut text. `narrow` completes "narrow with …". */
export function truncationNote(returned: number, total: number | string, unit: string, narrow: string): string {
  return `[truncated: showing ${returned} of ${total} ${unit}; narrow with ${narrow}]`
}

/** A number of rows, items or lines, or what is known to be less than it. */
export type Total = number | { moreThan: number }

type Limits = {
  /** Characters, the note included. */
  most: number
  /** What makes the answer smaller, in words. */
  narrow: string
  /** What there is in all, when it is more than what is handed in; nobody may know how many. */
  total?: Total
}

/** A table: the header and whole rows from the top. */
export function cutRows(header: string | undefined, rows: readonly string[], limits: Limits): Cut {
  return cutPieces(rows, limits, 'rows', { head: header === undefined ? [] : [header], from: 'top' })
}

/** A log: the newest lines, or of one that is too long alone its two ends. */
export function cutToNewestLines(lines: readonly string[], limits: Limits): Cut {
  return cutPieces(lines, limits, 'lines', { head: [], from: 'end' })
}

/** Whole blocks from the top: items of a YAML list, or parts of a report. `note` shapes the last line. */
export function cutItems(items: readonly string[], limits: Limits & { note?: (text: string) => string }): Cut {
  return cutPieces(items, limits, 'items', { head: [], from: 'top', note: limits.note })
}

type Layout = { head: readonly string[]; from: 'top' | 'end'; note?: (text: string) => string }

function cutPieces(
  pieces: readonly string[],
  limits: Limits,
  unit: Unit,
  { head, from, note = (text) => text }: Layout,
): Cut {
  const { most, narrow } = limits
  const { total: known = pieces.length } = limits
  const total = typeof known === 'number' ? known : known.moreThan + 1
  const named = typeof known === 'number' ? known : `more than ${known.moreThan}`
  const noteOf = (returned: number) => note(truncationNote(returned, named, unit, narrow))
  const whole = [...head, ...pieces].join('\n')
  if (total <= pieces.length && whole.length <= most)
    return { output: whole, truncated: false, returned: pieces.length, total }
  let available = most - noteOf(total).length - head.reduce((sum, line) => sum + line.length + 1, 0)
  const ordered = from === 'top' ? pieces : pieces.toReversed()
  const past = ordered.findIndex((piece) => {
    available -= piece.length + 1
    return available < 0
  })
  const kept = past === -1 ? [...ordered] : ordered.slice(0, past)
  const [newest] = ordered
  if (kept.length === 0 && from === 'end' && newest !== undefined)
    kept.push(endsOf(newest, most - noteOf(total).length - 1))
  const shown = from === 'top' ? kept : kept.toReversed()
  const output = [...head, ...shown, noteOf(shown.length)].join('\n')
  return { output, truncated: true, returned: shown.length, total }
}

/** Of a line that is too long: what it says first is what it is told by, and at its end stands how long it was, or why. */
function endsOf(line: string, most: number): string {
  const gap = ` [… ${line.length} characters in all …] `
  const tail = Math.floor((most - gap.length) / 5)
  return `${line.slice(0, Math.max(0, most - gap.length - tail))}${gap}${line.slice(line.length - Math.max(0, tail))}`
}

/**
 * Any other text: 60 % head and 40 % tail, cut at line ends where there are any. Of a text that is longer than what is
 * handed in (`total`) its beginning and its end must be there, and a `[…]` in between.
 */
export function cutMiddle(text: string, { most, narrow, total = text.length }: Limits & { total?: number }): Cut {
  if (total <= most) return { output: text, truncated: false, returned: total, total }
  const note = (returned: number) => truncationNote(returned, total, 'characters', narrow)
  const gap = '\n[…]\n'
  const available = Math.max(0, most - note(total).length - gap.length - 1)
  if (text.length <= available)
    return { output: `${text}\n${note(text.length)}`, truncated: true, returned: text.length, total }
  const headLength = Math.floor(available * 0.6)
  const head = upToLineEnd(text.slice(0, headLength))
  const tail = fromLineStart(text.slice(text.length - (available - headLength)))
  const returned = head.length + tail.length
  return { output: `${head}${gap}${tail}\n${note(returned)}`, truncated: true, returned, total }
}

/** A cut in the middle of a long line keeps it; half a surrogate pair never stays. */
function upToLineEnd(text: string): string {
  const end = text.lastIndexOf('\n')
  return end > text.length / 2 ? text.slice(0, end) : text.replace(/[\ud800-\udbff]$/, '')
}

function fromLineStart(text: string): string {
  const start = text.indexOf('\n') + 1
  return start > 0 && start < text.length / 2 ? text.slice(start) : text.replace(/^[\udc00-\udfff]/, '')
}
