import { columnOf, isThematicBreak, listMarker, opensFence } from './block-lines.ts'
import { htmlEnd } from './html-block.ts'

/** A piece of Markdown that means the same alone as in its text. `start` is its place in that text. */
export type Block =
  | { kind: 'flow'; start: number; text: string }
  | { kind: 'code'; start: number; text: string; language: string; code: string; isOpen: boolean }

type Line = { from: number; to: number; text: string }

/** A list longer than this is cut between items, so that what grows stays small. */
const LONG_LIST = 4_000

/**
 * Cuts Markdown at its outermost blocks. What is appended to the text changes at most the last two: the last one
 * grows, and the beginning of a line may yet turn out to continue the one before.
 */
export function splitBlocks(text: string, from = 0): Block[] {
  const lines = linesOf(text, from)
  const blocks: Block[] = []
  let at = 0
  while (at < lines.length) {
    if (isBlank(lines[at])) {
      at += 1
      continue
    }
    const [block, next] = readBlock(text, lines, at)
    blocks.push(block)
    at = next
  }
  return blocks
}

/** The blocks of a text that mostly grew: those that cannot have changed are the same objects. */
export function growBlocks(before: { text: string; blocks: Block[] }, text: string): Block[] {
  const settled = before.blocks.slice(0, -2)
  const restart = before.blocks.at(-2)?.start ?? 0
  if (restart === 0 || !text.startsWith(before.text.slice(0, restart))) return splitBlocks(text)
  return [...settled, ...splitBlocks(text, restart)]
}

function readBlock(text: string, lines: Line[], at: number): [Block, number] {
  const line = lines[at]?.text ?? ''
  const fence = opensFence(line)
  if (fence !== undefined) return readFence(text, lines, at, fence)
  if (isHeading(line) || isThematicBreak(line)) return [flow(text, lines, at, at + 1), at + 1]
  const end = endOfFlow(lines, at)
  return [flow(text, lines, at, end), end]
}

function endOfFlow(lines: Line[], at: number): number {
  const line = lines[at]?.text ?? ''
  const isHtmlEnd = htmlEnd(line)
  if (isHtmlEnd !== undefined) return endOfHtml(lines, at, isHtmlEnd)
  if (columnOf(line) >= 4) return endOfIndented(lines, at)
  if (/^ {0,3}\[\^[^\]\s]+\]:/.test(line)) return endOfFootnote(lines, at)
  if (listMarker(line) !== undefined) return endOfList(lines, at)
  return endOfParagraph(lines, at)
}

function endOfHtml(lines: Line[], at: number, isEnd: (line: string) => boolean): number {
  for (let i = at; i < lines.length; i++) if (isEnd(lines[i]?.text ?? '')) return isBlank(lines[i]) ? i : i + 1
  return lines.length
}

function endOfIndented(lines: Line[], at: number): number {
  let end = at + 1
  for (let i = at + 1; i < lines.length; i++) {
    if (isBlank(lines[i])) continue
    if (columnOf(lines[i]?.text ?? '') < 4) return end
    end = i + 1
  }
  return end
}

function endOfFootnote(lines: Line[], at: number): number {
  return Math.max(endOfParagraph(lines, at), endOfIndented(lines, at))
}

function endOfParagraph(lines: Line[], at: number): number {
  for (let i = at + 1; i < lines.length; i++) {
    const line = lines[i]?.text ?? ''
    if (isBlank(lines[i]) || opensFence(line) !== undefined || isHeading(line)) return i
    if (!isThematicBreak(line) && listMarker(line)?.interrupts) return i
    if (htmlEnd(line, 'in a paragraph') !== undefined) return i
  }
  return lines.length
}

/** A list goes on over blank lines while what follows is indented to its content or is another item. */
function endOfList(lines: Line[], at: number): number {
  const size = (to: number) => (lines[to]?.from ?? 0) - (lines[at]?.from ?? 0)
  let content = listMarker(lines[at]?.text ?? '')?.content ?? 0
  let fence = opensFence(lines[at]?.text ?? '', 'anywhere')
  let end = at + 1
  for (let i = at + 1; i < lines.length; i++) {
    const line = lines[i]?.text ?? ''
    if (isBlank(lines[i])) continue
    const isInside = columnOf(line) >= content
    if (!isInside) fence = undefined
    if (fence !== undefined) {
      if (closesFence(line, fence.marker, 'anywhere')) fence = undefined
    } else if (isInside) {
      fence = opensFence(line, 'anywhere')
    } else {
      const marker = isThematicBreak(line) ? undefined : listMarker(line)
      if (marker === undefined && (isBlank(lines[i - 1]) || interruptsList(line))) return end
      if (marker !== undefined) {
        if (size(i) > LONG_LIST && marker.number !== 1) return end
        content = marker.content
        fence = opensFence(line, 'anywhere')
      }
    }
    end = i + 1
  }
  return end
}

function readFence(
  text: string,
  lines: Line[],
  at: number,
  fence: { marker: string; indent: number; info: string },
): [Block, number] {
  let end = at + 1
  while (end < lines.length && !closesFence(lines[end]?.text ?? '', fence.marker)) end += 1
  const isOpen = end >= lines.length
  const indent = new RegExp(`^ {0,${fence.indent}}`)
  const code = lines.slice(at + 1, end).map((line) => (fence.indent === 0 ? line.text : line.text.replace(indent, '')))
  const next = isOpen ? end : end + 1
  const language = fence.info.trim().split(/\s/, 1)[0] ?? ''
  return [{ ...flow(text, lines, at, next), kind: 'code', language, code: code.join('\n'), isOpen }, next]
}

function closesFence(line: string, marker: string, where: 'top' | 'anywhere' = 'top'): boolean {
  const found = (where === 'top' ? /^ {0,3}(`{3,}|~{3,})[ \t]*$/ : /^[ \t>]*(`{3,}|~{3,})[ \t]*$/).exec(line)?.[1]
  return found?.startsWith(marker) === true
}

function interruptsList(line: string): boolean {
  return opensFence(line) !== undefined || isHeading(line) || htmlEnd(line, 'in a paragraph') !== undefined
}

const isHeading = (line: string) => /^ {0,3}#{1,6}(?:[ \t]|$)/.test(line)
const isBlank = (line: Line | undefined) => line === undefined || /^[ \t]*$/.test(line.text)

function flow(text: string, lines: Line[], from: number, to: number): { kind: 'flow'; start: number; text: string } {
  const start = lines[from]?.from ?? 0
  return { kind: 'flow', start, text: text.slice(start, lines[to - 1]?.to) }
}

function linesOf(text: string, from: number): Line[] {
  const lines: Line[] = []
  while (from < text.length) {
    let to = text.indexOf('\n', from)
    if (to === -1) to = text.length
    const end = text[to - 1] === '\r' ? to - 1 : to
    lines.push({ from, to: end, text: text.slice(from, end) })
    from = to + 1
  }
  return lines
}
