import type { TailEntry } from './live-tail.ts'

/** Entries of one key within this process, in order of their ids, and the readers that wait for more. */
export class MemoryStream {
  readonly entries: TailEntry[] = []
  bytes = 0
  isEnded = false
  private readers: { at: number }[] = []
  private waiting: (() => void)[] = []
  private forgotten = 0
  private isWaking = false

  get newest(): TailEntry | undefined {
    return this.entries.at(-1)
  }

  get isUnused(): boolean {
    return this.entries.length === 0 && this.readers.length === 0
  }

  add(entry: TailEntry): void {
    this.keep(entry)
    if (this.isWaking || this.waiting.length === 0) return
    // Readers are woken once per turn of the event loop, so pieces that came together leave in one write.
    this.isWaking = true
    setImmediate(() => {
      this.isWaking = false
      this.wake()
    })
  }

  /** What has been gathered elsewhere: readers are woken at once. */
  addGathered(entries: readonly TailEntry[]): void {
    for (const entry of entries) this.keep(entry)
    this.wake()
  }

  /** No more entries come: its readers stop where they are. */
  end(): void {
    this.isEnded = true
    this.wake()
  }

  has(id: number): boolean {
    return this.entries[this.indexAfter(id) - 1]?.id === id
  }

  /** Whether all that came after that id is still here. */
  hasAllAfter(id: number): boolean {
    return id >= this.forgotten
  }

  /** Forgets entries up to that id. */
  trimTo(id: number): void {
    const forgotten = this.entries.splice(0, this.indexAfter(id))
    for (const { data } of forgotten) this.bytes -= data.length
    this.forgotten = forgotten.at(-1)?.id ?? this.forgotten
  }

  /** Forgets what every reader has taken. The newest entries of that number stay for a reader to come, and no more for a slow one. */
  forgetTaken(limit: number): void {
    let taken = this.readers.length > 0 ? Number.POSITIVE_INFINITY : 0
    for (const { at } of this.readers) taken = Math.min(taken, at)
    this.trimTo(Math.max(taken, this.entries.at(-1 - limit)?.id ?? 0))
  }

  /** Index of the first entry after that id. */
  indexAfter(id: number): number {
    let low = 0
    let high = this.entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.entries[middle]?.id ?? 0) <= id) low = middle + 1
      else high = middle
    }
    return low
  }

  /**
   * A reader's place behind an id. `take` moves it over the entries that follow; `changed` resolves at the next entry, at
   * the end, or at the abort. To be closed.
   */
  reader(after: number, signal: AbortSignal) {
    let wake = () => {}
    const onAbort = () => wake() // one listener for all the waits of a reader
    signal.addEventListener('abort', onAbort)
    const reader = {
      /** Id of the last entry that was taken. */
      at: after,
      take: (limit: number): readonly TailEntry[] => {
        const next = this.indexAfter(reader.at)
        const taken = this.entries.slice(next, next + limit)
        reader.at = taken.at(-1)?.id ?? reader.at
        return taken
      },
      changed: (): Promise<void> =>
        new Promise((resolve) => {
          wake = resolve
          if (this.isEnded || signal.aborted) resolve()
          else this.waiting.push(resolve)
        }),
      close: (): void => {
        signal.removeEventListener('abort', onAbort)
        this.waiting = this.waiting.filter((waiting) => waiting !== wake)
        this.readers = this.readers.filter((other) => other !== reader)
      },
    }
    this.readers.push(reader)
    return reader
  }

  private keep(entry: TailEntry): void {
    this.entries.push(entry)
    this.bytes += entry.data.length
  }

  private wake(): void {
    const woken = this.waiting
    this.waiting = []
    for (const wake of woken) wake()
  }
}
