import { nextFrame } from '../conversation/next-frame.ts'
import { LineBuffer, type Piece } from '../terminal-text/line-buffer.ts'
import { type LayoutOptions, LineLayout, type StreamFilter } from '../terminal-text/line-layout.ts'
import { LineSearch, type Match } from '../terminal-text/line-search.ts'

/** What of a frame output and search may take. */
const WRITE_MS = 6
const SEARCH_MS = 4
const CHUNK = 32_768

/** Where the reader stands: the line at the top of the view, and how far it is scrolled into it. */
export type Anchor = { line: number; offset: number }
/** Lines from one to another, both included. */
export type LineRange = { from: number; to: number }

/**
 * One terminal: its lines, and how it is being read. It outlives what draws it, so that scrolling a card away, or
 * opening it over the page, keeps place and search.
 */
export class TerminalSession {
  readonly buffer = new LineBuffer()
  readonly search = new LineSearch(this.buffer)
  layout = new LineLayout(this.buffer, { filter: 'all', columns: 80, isWrapped: false, expanded: new Set() })
  isFollowing = true
  /** Lines that were there when the reader stopped following. */
  linesAtPause = 0
  anchor: Anchor = { line: 0, offset: 0 }
  query = ''
  isCaseSensitive = false
  isSearching = false
  current: Match | undefined
  selected: LineRange | undefined
  /** Listeners have heard that there is something on stderr. */
  isStderrSaid = false
  /** Grows with each change that is to be drawn. */
  version = 0

  private readonly listeners = new Set<() => void>()
  private readonly queue: (() => void)[] = []
  private pieces: readonly Piece[] = []
  private read = 0
  private dropped = 0
  private isPumping = false
  private readonly taken = new Set<string>()

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }
  readonly getVersion = () => this.version

  /** Live pieces, those that were taken before among them; `dropped` of the oldest are no longer there. */
  takePieces(pieces: readonly Piece[], { dropped }: { dropped: number }): void {
    this.pieces = pieces
    this.read = Math.max(0, this.read - (dropped - this.dropped))
    this.dropped = dropped
    this.pump()
  }

  /** A text, whole, written in portions. It is known by a name: what draws a terminal may be drawn again. */
  takeOnce(name: string, text: string): void {
    if (this.taken.has(name)) return
    this.taken.add(name)
    for (let at = 0; at < text.length; at += CHUNK) {
      const chunk = text.slice(at, at + CHUNK)
      this.queue.push(() => this.buffer.write(chunk))
    }
    this.pump()
  }

  takeNoteOnce(name: string, text: string): void {
    if (this.taken.has(name)) return
    this.taken.add(name)
    this.queue.push(() => this.buffer.note(text))
    this.pump()
  }

  /** Whether the last line has no end yet. */
  get endsInLine(): boolean {
    return this.buffer.hasOpenLine
  }

  /** All that was handed in has become lines. */
  get isSettled(): boolean {
    return this.read >= this.pieces.length && this.queue.length === 0
  }

  get lineCount(): number {
    return this.buffer.count
  }

  /** Lines that came since the reader stopped following. */
  get unread(): number {
    return this.isFollowing ? 0 : this.buffer.count - this.linesAtPause
  }

  arrange(options: Partial<LayoutOptions>): void {
    const next = { ...this.layout.options, ...options }
    const { columns, filter, isWrapped, expanded } = this.layout.options
    const isSame =
      next.columns === columns && next.filter === filter && next.isWrapped === isWrapped && next.expanded === expanded
    if (isSame) return
    this.layout.leave()
    this.layout = new LineLayout(this.buffer, next)
    this.layout.update()
    if (next.filter !== filter) this.find({})
    this.changed()
  }

  setFilter(filter: StreamFilter): void {
    this.arrange({ filter })
  }

  expand(line: number): void {
    this.arrange({ expanded: new Set([...this.layout.options.expanded, line]) })
  }

  follow(): void {
    this.isFollowing = true
    this.changed()
  }

  pause(): void {
    if (!this.isFollowing) return
    this.isFollowing = false
    this.linesAtPause = this.buffer.count
    this.changed()
  }

  find(options: { query?: string; isCaseSensitive?: boolean }): void {
    this.query = options.query ?? this.query
    this.isCaseSensitive = options.isCaseSensitive ?? this.isCaseSensitive
    this.search.set({
      query: this.query,
      isCaseSensitive: this.isCaseSensitive,
      filter: this.layout.options.filter,
    })
    this.current = undefined
    this.pump()
  }

  openSearch(isOpen: boolean): void {
    this.isSearching = isOpen
    if (!isOpen) this.find({ query: '' })
    this.changed()
  }

  /** The match after the present one, or before it; around the ends. */
  step(by: 1 | -1): void {
    const { count } = this.search
    if (count === 0) return
    const at = this.indexOfCurrent()
    const from = this.isFollowing ? (by === 1 ? 0 : count) : this.search.indexFrom(this.anchor.line)
    const next = at === undefined ? (by === 1 ? from : from - 1) : at + by
    this.current = this.search.at((next + count) % count)
    this.pause()
    this.changed()
  }

  indexOfCurrent(): number | undefined {
    if (this.current === undefined) return undefined
    for (let index = this.search.indexFrom(this.current.line); index < this.search.count; index++) {
      const match = this.search.at(index)
      if (match?.line !== this.current.line) return undefined
      if (match.from === this.current.from) return index
    }
    return undefined
  }

  select(line: number, isExtending: boolean): void {
    const start = isExtending && this.selected !== undefined ? this.selected.from : line
    const isSame = this.selected?.from === line && this.selected.to === line
    this.selected = isSame && !isExtending ? undefined : { from: start, to: line }
    this.changed()
  }

  /** The selected lines, as they came. */
  selectedText(): string | undefined {
    if (this.selected === undefined) return undefined
    const [from = 0, to = 0] = [this.selected.from, this.selected.to].toSorted((a, b) => a - b)
    const lines: string[] = []
    for (let name = from; name <= to; name++) {
      const place = this.layout.placeOf(name)
      const line = this.layout.nameAt(place) === name ? this.layout.lineAt(place) : undefined
      if (line !== undefined && line.stream !== 'note') lines.push(line.text)
    }
    return lines.join('\n')
  }

  changed(): void {
    this.version += 1
    for (const listener of this.listeners) listener()
  }

  private pump(): void {
    if (this.isPumping) return
    this.isPumping = true
    nextFrame(() => {
      this.isPumping = false
      this.work()
      this.changed()
      if (!this.isSettled || !this.search.isDone) this.pump()
    })
  }

  private work(): void {
    const until = performance.now() + WRITE_MS
    while (!this.isSettled && performance.now() < until) {
      for (let i = 0; i < 64 && this.read < this.pieces.length; i++) {
        const piece = this.pieces[this.read]
        this.read += 1
        if (piece !== undefined) this.buffer.append(piece)
      }
      if (this.read >= this.pieces.length) this.queue.shift()?.()
    }
    this.buffer.trim()
    this.layout.update()
    if (!this.search.isDone) this.search.advance(performance.now() + SEARCH_MS)
  }
}
