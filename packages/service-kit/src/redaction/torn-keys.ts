import { keyLabel } from './key-blocks.ts'
import type { Span } from './span.ts'

const mark = new RegExp(`-----(BEGIN|END) ${keyLabel}-----`)
const lineBreak = /(?:\r|\\{1,7}r)?(?:\n|\\{1,7}n)/g

/** What may stand in front of a line: the time, the name of a pod, of a stream. A word of a program is none. */
const prefix = String.raw`(?:[^\s"'\\A-Za-z+/=]*(?:[\d[\]:|]|T)[^\s"'\\]{0,80}\s)?[ \t]*`
/** Behind it: the end of the line, or of the text that holds it. */
const behind = String.raw`(?=[ \t]*$|…|\\{0,7}["'])`
/** A line of nothing but base64: it can be the body of a key. */
const bodyLine = new RegExp(`^${prefix}[A-Za-z0-9+/]{16,}={0,2}${behind}`)
/** The short last line of one: whole groups of four, as base64 has, or no plain word; or the sum behind it. */
const shortLine = new RegExp(
  `^${prefix}(?:(?:[A-Za-z0-9+/]{4}){1,3}|=[A-Za-z0-9+/]{4}|(?=\\S*[A-Z0-9+/=])[A-Za-z0-9+/]{1,15}={0,2})${behind}`,
)
/** As keys begin: DER in base64, or the formats of OpenSSH and OpenPGP. */
const firstPiece = new RegExp(`^${prefix}(?:MI|b3|l[A-Za-f]|x[Q-Za-f])[A-Za-z0-9+/]{2,}={0,2}${behind}`)
const headerLine = new RegExp(`^${prefix}(?:(?:Proc-Type|DEK-Info|Version|Comment): .{1,100})?$`)

type Line = { text: string; start: number }

/**
 * Pieces of private keys whose other mark is not there: the tail of a log may hold only the end of one, a cut text only
 * its beginning. Lines beside a lone mark are hidden where they are base64, and no others.
 */
export function tornKeys(text: string): Span[] {
  if (!text.includes('PRIVATE KEY')) return []
  const lines = linesOf(text)
  const found: Span[] = []
  let floor = 0
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]
    const side = line && mark.exec(line.text)
    if (!line || !side) continue
    const at = line.start + side.index
    if (side[1] === 'BEGIN') {
      const last = lastBodyLine(lines, index)
      if (last === undefined) continue
      found.push({ start: at, end: last.end })
      index = last.index
      floor = last.index + 1
    } else {
      const first = firstBodyLine(lines, index, floor)
      if (first !== undefined) found.push({ start: first, end: at + side[0].length })
    }
  }
  return found
}

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  let start = 0
  for (const { 0: lineEnd, index } of text.matchAll(lineBreak)) {
    lines.push({ text: text.slice(start, index), start })
    start = index + lineEnd.length
  }
  lines.push({ text: text.slice(start), start })
  return lines
}

/** Where the body behind the mark ends; undefined where there is none. */
function lastBodyLine(lines: readonly Line[], begin: number): { index: number; end: number } | undefined {
  let last: { index: number; end: number } | undefined
  for (let index = begin + 1; index < lines.length; index++) {
    const { text, start } = lines[index] as Line
    const body = bodyLine.exec(text) ?? (last === undefined ? firstPiece : shortLine).exec(text)
    if (body === null) {
      const side = mark.exec(text)
      if (last !== undefined && side?.[1] === 'END') return { index, end: start + side.index + side[0].length }
      if (last !== undefined || !headerLine.test(text)) break
      continue
    }
    last = { index, end: start + body[0].length }
    // Something else goes on behind it.
    if (body[0].trimEnd().length < text.trimEnd().length) break
  }
  return last
}

const MAX_SHORT = 2

/** Where the body before the mark begins, not before the line `floor`. */
function firstBodyLine(lines: readonly Line[], end: number, floor: number): number | undefined {
  // The last line of a body may be short, and a sum stand behind it; alone they are not told from a word.
  let index = end - 1
  while (end - index <= MAX_SHORT && shortLine.test(lines[index]?.text ?? '')) index--
  let first: Line | undefined
  for (; index >= floor && bodyLine.test(lines[index]?.text ?? ''); index--) first = lines[index]
  return first && first.start + first.text.length - first.text.trimStart().length
}
