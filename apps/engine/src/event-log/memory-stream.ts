import type { TailEntry } from './live-tail.ts'

/** Entries of one key within this process, in order of their ids, and the readers that wait for more. */
export class MemoryStream {
  readonly entries: TailEntry[] = []
  bytes = 0
  private readonly waiting = new Set<() => void>()
  private isWaking = false

  get newest(): TailEntry | undefined {
    return this.entries.at(-1)
  }

  get isUnused(): boolean {
    return this.entries.length === 0 && this.waiting.size === 0
  }

  add(entry: TailEntry): void {
    this.entries.push(entry)
    this.bytes += entry.data.length
    if (this.isWaking || this.waiting.size === 0) return
    // Readers are woken once per turn of the event loop, so pieces that came together leave in one write.
    this.isWaking = true
    setImmediate(() => {
      this.isWaking = false
      const woken = [...this.waiting]
      this.waiting.clear()
      for (const wake of woken) wake()
    })
  }

  has(id: number): boolean {
    return this.entries[this.indexAfter(id) - 1]?.id === id
  }

  /** Forgets entries up to that id. */
  trimTo(id: number): void {
    const forgotten = this.entries.splice(0, this.indexAfter(id))
    for (const { data } of forgotten) this.bytes -= data.length
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

  /** Resolves at the next entry, or at the abort. */
  async changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }
}
