import type { LineBuffer } from './line-buffer.ts'
import type { Stream, TerminalLine } from './terminal-line.ts'

export type StreamFilter = 'all' | Stream

export type LayoutOptions = {
  filter: StreamFilter
  /** Cells of a row. */
  columns: number
  isWrapped: boolean
  /** Long lines that are shown whole: wrapped, be the others or not. */
  expanded: ReadonlySet<number>
}

/** A line with more cells is cut until its reader asks for all of it. */
export const LONG_LINE = 10_000
/** Places whose rows are summed up together. */
const PORTION = 1_024

/**
 * Where each line stands, in rows of equal height. A line is named by its position among all that ever were; its
 * place is its position among those that the filter lets through. Rows are computed, never measured, so that a
 * hundred thousand lines cost no layout.
 */
export class LineLayout {
  /** The line of each place; unused without a filter. */
  private order: number[] = []
  private rows: number[] = []
  private portions: number[] = []
  private next: number
  private dropped: number
  private readonly grown: Set<number>

  readonly options: LayoutOptions
  private readonly buffer: LineBuffer

  constructor(buffer: LineBuffer, options: LayoutOptions) {
    this.buffer = buffer
    this.options = options
    this.grown = buffer.watchGrown()
    this.next = buffer.dropped
    this.dropped = buffer.dropped
  }

  /** Takes in what the buffer has lost and gained. */
  update(): void {
    this.dropGone()
    const end = this.buffer.dropped + this.buffer.lines.length
    for (; this.next < end; this.next++) {
      const line = this.buffer.lines[this.next - this.buffer.dropped]
      if (line === undefined || !this.lets(line)) continue
      if (this.options.filter !== 'all') this.order.push(this.next)
      const rows = this.rowsOf(line, this.next)
      const portion = Math.floor(this.rows.length / PORTION)
      this.rows.push(rows)
      this.portions[portion] = (this.portions[portion] ?? 0) + rows
    }
    this.changeGrown()
  }

  leave(): void {
    this.buffer.unwatchGrown(this.grown)
  }

  get places(): number {
    return this.rows.length
  }

  get totalRows(): number {
    return sum(this.portions)
  }

  lineAt(place: number): TerminalLine | undefined {
    return this.buffer.lines[this.nameAt(place) - this.buffer.dropped]
  }

  nameAt(place: number): number {
    return this.options.filter === 'all' ? place + this.dropped : (this.order[place] ?? -1)
  }

  /** The place of a line, or of the next one that the filter lets through. */
  placeOf(line: number): number {
    if (this.options.filter === 'all') return Math.max(0, line - this.dropped)
    let [low, high] = [0, this.order.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.order[middle] ?? 0) < line) low = middle + 1
      else high = middle
    }
    return low
  }

  rowsAt(place: number): number {
    return this.rows[place] ?? 1
  }

  firstRowOf(place: number): number {
    const portion = Math.floor(place / PORTION)
    return sum(this.portions.slice(0, portion)) + sum(this.rows.slice(portion * PORTION, place))
  }

  /** The place that a row belongs to. */
  placeAtRow(row: number): number {
    let before = 0
    let portion = 0
    while (portion < this.portions.length - 1 && before + (this.portions[portion] ?? 0) <= row) {
      before += this.portions[portion] ?? 0
      portion += 1
    }
    let place = portion * PORTION
    while (place < this.rows.length - 1 && before + (this.rows[place] ?? 0) <= row) {
      before += this.rows[place] ?? 0
      place += 1
    }
    return place
  }

  private rowsOf(line: TerminalLine, name: number): number {
    const { columns, isWrapped, expanded } = this.options
    const isCut = line.cells > LONG_LINE && !expanded.has(name)
    if (!isWrapped && !expanded.has(name)) return 1
    // What says that a line is cut has a row of its own.
    return isCut ? Math.ceil(LONG_LINE / columns) + 1 : Math.max(1, Math.ceil(line.cells / columns))
  }

  private lets(line: TerminalLine): boolean {
    const { filter } = this.options
    return filter === 'all' || line.stream === filter || line.stream === 'note'
  }

  private dropGone(): void {
    const gone = this.buffer.dropped - this.dropped
    if (gone === 0) return
    const places = Math.min(this.rows.length, this.placeOf(this.buffer.dropped))
    this.dropped = this.buffer.dropped
    this.next = Math.max(this.next, this.dropped)
    if (this.options.filter !== 'all') this.order.splice(0, places)
    this.rows.splice(0, places)
    this.portions = []
    for (let at = 0; at < this.rows.length; at += PORTION) this.portions.push(sum(this.rows.slice(at, at + PORTION)))
  }

  private changeGrown(): void {
    for (const name of this.grown) {
      const line = this.buffer.lines[name - this.buffer.dropped]
      const place = this.placeOf(name)
      if (line === undefined || name < this.dropped || this.nameAt(place) !== name) continue
      const rows = this.rowsOf(line, name)
      const portion = Math.floor(place / PORTION)
      this.portions[portion] = (this.portions[portion] ?? 0) + rows - (this.rows[place] ?? 0)
      this.rows[place] = rows
    }
    this.grown.clear()
  }
}

function sum(values: readonly number[]): number {
  let total = 0
  for (const value of values) total += value
  return total
}
