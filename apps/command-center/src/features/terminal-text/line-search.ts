import type { LineBuffer } from './line-buffer.ts'
import type { StreamFilter } from './line-layout.ts'

/** One place of a match: the line among all that ever were, and where in its text. */
export type Match = { line: number; from: number; to: number }

export type SearchOptions = { query: string; isCaseSensitive: boolean; filter: StreamFilter }

/** Characters read between two looks at the clock. */
const STRIDE = 20_000

/**
 * All places of a plain text, found in slices, so that a search over a hundred thousand lines never holds up a frame.
 * It goes on as lines come.
 */
export class LineSearch {
  private pattern: RegExp | undefined
  private next = 0
  /** In the order of the text: line, from, line, from, … as objects would take ten times the memory. */
  private places: number[] = []
  private start = 0
  private length = 0
  private filter: StreamFilter = 'all'
  private readonly grown: Set<number>

  private readonly buffer: LineBuffer

  constructor(buffer: LineBuffer) {
    this.buffer = buffer
    this.grown = buffer.watchGrown()
  }

  set({ query, isCaseSensitive, filter }: SearchOptions): void {
    this.pattern = query === '' ? undefined : new RegExp(escaped(query), isCaseSensitive ? 'gu' : 'giu')
    this.length = query.length
    this.filter = filter
    this.next = this.buffer.dropped
    this.places = []
    this.start = 0
  }

  get count(): number {
    return this.places.length / 2 - this.start
  }

  /** Whether all lines that are there have been read. */
  get isDone(): boolean {
    return this.pattern === undefined || this.next >= this.buffer.dropped + this.buffer.lines.length
  }

  /** Reads on until the time is up. True when the number of matches is another. */
  advance(until: number, now: () => number = performance.now.bind(performance)): boolean {
    const before = this.places.length - this.start
    this.forgetDropped()
    this.rereadGrown()
    const end = this.buffer.dropped + this.buffer.lines.length
    let read = 0
    while (this.pattern !== undefined && this.next < end) {
      const found = this.find(this.pattern, this.next)
      for (const place of found) this.places.push(place)
      read += (this.buffer.lines[this.next - this.buffer.dropped]?.text.length ?? 0) + 8
      this.next += 1
      if (read > STRIDE) {
        if (now() >= until) break
        read = 0
      }
    }
    return this.places.length - this.start !== before
  }

  at(index: number): Match | undefined {
    const place = (index + this.start) * 2
    const [line, from] = [this.places[place], this.places[place + 1]]
    return line === undefined || from === undefined ? undefined : { line, from, to: from + this.length }
  }

  /** Index of the first match at or after a line. */
  indexFrom(line: number): number {
    let [low, high] = [0, this.count]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.places[(middle + this.start) * 2] ?? 0) < line) low = middle + 1
      else high = middle
    }
    return low
  }

  private find(pattern: RegExp, line: number): number[] {
    const found: number[] = []
    const { text, stream } = this.buffer.lines[line - this.buffer.dropped] ?? { text: '', stream: 'note' }
    if (stream === 'note' || (this.filter !== 'all' && stream !== this.filter)) return found
    pattern.lastIndex = 0
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) found.push(line, match.index)
    return found
  }

  private forgetDropped(): void {
    while ((this.places[this.start * 2] ?? Number.POSITIVE_INFINITY) < this.buffer.dropped) this.start += 1
    if (this.start < 10_000) return
    this.places.splice(0, this.start * 2)
    this.start = 0
  }

  /** A line may still have grown after it was read. */
  private rereadGrown(): void {
    for (const line of this.grown) {
      if (this.pattern === undefined || line >= this.next || line < this.buffer.dropped) continue
      const from = (this.indexFrom(line) + this.start) * 2
      const to = (this.indexFrom(line + 1) + this.start) * 2
      this.places.splice(from, to - from, ...this.find(this.pattern, line))
    }
    this.grown.clear()
  }
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
