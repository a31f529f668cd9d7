import { applySgr } from './apply-sgr.ts'
import { cellsOf } from './cell-width.ts'
import { readEscapes, type TerminalSink } from './read-escapes.ts'
import type { Stream, TerminalLine } from './terminal-line.ts'
import { plainStyle, type TextStyle } from './text-style.ts'

export const MAX_LINES = 100_000

export type Piece = {
  seq: number
  stream: Stream
  text: string
  /** Pieces that should have come between the one before and this one; by `seq` where nobody counted them. */
  missing?: number
}

type Output = {
  style: TextStyle
  /** The line that grows, by its number among all that ever were. */
  open: number | undefined
  /** A carriage return came last: what follows starts the line again, unless it is a line feed. */
  isReturned: boolean
  /** The end of a piece that may be the beginning of a sequence. */
  tail: string
}

/** Output as lines. Each stream has its own open line and style, as their pieces interleave anywhere. */
export class LineBuffer {
  /** The oldest first; the lines that are gone are not in it. */
  readonly lines: TerminalLine[] = []
  /** How many of the oldest are gone. */
  dropped = 0
  /** Text lines that ever were. */
  count = 0
  hasStderr = false
  /** Cells of the widest line that ever was. */
  widest = 0
  /** Grows with every change. */
  version = 0
  private readonly watchers = new Set<Set<number>>()
  private lastSeq: number | undefined
  private readonly outputs: Record<Stream, Output> = { stdout: newOutput(), stderr: newOutput() }

  private readonly maxLines: number

  constructor(maxLines = MAX_LINES) {
    this.maxLines = maxLines
  }

  /** Lines, counted among all that ever were, whose text changed since the set was last emptied. */
  watchGrown(): Set<number> {
    const grown = new Set<number>()
    this.watchers.add(grown)
    return grown
  }

  unwatchGrown(grown: Set<number>): void {
    this.watchers.delete(grown)
  }

  /** Pieces in the order of their numbers; one that was there is dropped, and a gap is said. */
  append({ seq, stream, text, missing }: Piece): void {
    if (this.lastSeq !== undefined && seq <= this.lastSeq) return
    const gap = missing ?? (this.lastSeq === undefined ? 0 : seq - this.lastSeq - 1)
    if (gap > 0) this.noteGap(gap)
    this.lastSeq = seq
    this.write(text, stream)
  }

  get hasOpenLine(): boolean {
    return Object.values(this.outputs).some(({ open }) => open !== undefined)
  }

  write(text: string, stream: Stream = 'stdout'): void {
    if (stream === 'stderr') this.hasStderr = true
    const output = this.outputs[stream]
    output.tail = readEscapes(output.tail === '' ? text : output.tail + text, this.sinkOf(stream, output))
    this.version += 1
  }

  /** A line of the viewer's own; what was open ends. */
  note(text: string): void {
    for (const output of Object.values(this.outputs)) output.open = undefined
    this.lines.push({
      stream: 'note',
      number: undefined,
      text,
      spans: [],
      isAscii: true,
      cells: text.length,
      revision: 0,
    })
    this.version += 1
  }

  private noteGap(pieces: number): void {
    this.note(pieces === 1 ? '1 piece missing' : `${pieces.toLocaleString('en')} pieces missing`)
  }

  private sinkOf(stream: Stream, output: Output): TerminalSink {
    return {
      text: (text) => this.grow(stream, output, text),
      lineFeed: () => {
        output.isReturned = false
        if (output.open === undefined) this.openLine(stream, output)
        output.open = undefined
      },
      carriageReturn: () => {
        output.isReturned = true
      },
      sgr: (parameters) => {
        output.style = applySgr(output.style, parameters)
      },
    }
  }

  private grow(stream: Stream, output: Output, text: string): void {
    const line =
      (output.open === undefined ? undefined : this.lines[output.open - this.dropped]) ?? this.openLine(stream, output)
    if (output.isReturned) {
      output.isReturned = false
      Object.assign(line, { text: '', spans: [], isAscii: true, cells: 0 })
    }
    line.revision += 1
    const from = line.text.length
    line.text = from === 0 ? text : line.text + text
    if (output.style !== plainStyle) addSpan(line, from, output.style)
    const isAscii = /^[\x20-\x7e]*$/.test(text)
    line.isAscii &&= isAscii
    line.cells = isAscii ? line.cells + text.length : widthOf(text, line.cells)
    if (line.cells > this.widest) this.widest = line.cells
    if (output.open !== undefined) for (const watcher of this.watchers) watcher.add(output.open)
  }

  private openLine(stream: Stream, output: Output): TerminalLine {
    this.count += 1
    const line: TerminalLine = { stream, number: this.count, text: '', spans: [], isAscii: true, cells: 0, revision: 0 }
    this.lines.push(line)
    output.open = this.dropped + this.lines.length - 1
    return line
  }

  /** Lets the oldest lines go beyond the limit. Not with each line: taking one off a long list costs as much as many. */
  trim(): void {
    const excess = this.lines.length - this.maxLines
    if (excess <= 0) return
    this.lines.splice(0, excess)
    this.dropped += excess
    this.version += 1
  }
}

function newOutput(): Output {
  return { style: plainStyle, open: undefined, isReturned: false, tail: '' }
}

function addSpan(line: TerminalLine, from: number, style: TextStyle): void {
  const last = line.spans.at(-1)
  if (last !== undefined && last.to === from && last.style === style) last.to = line.text.length
  else line.spans.push({ from, to: line.text.length, style })
}

function widthOf(text: string, column: number): number {
  let cells = column
  for (const character of text) cells += cellsOf(character, cells)
  return cells
}
