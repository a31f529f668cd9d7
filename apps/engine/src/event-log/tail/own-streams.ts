import { followMemoryStream } from './follow-memory-stream.ts'
import type { Batches, TailEntry } from './live-tail.ts'
import { MemoryStream } from './memory-stream.ts'
import { backlogEntries } from './merge-backlog.ts'

/** How long an ended run is served from here to readers that come later. */
const keptSeconds = 10

/**
 * The tails that this engine writes from their first entry on, as far as the server they go to has confirmed them. Their
 * readers in this process, which is where a question was asked, are served without a trip. What all of them have taken
 * is forgotten: the server has it for whoever comes later.
 */
export class OwnStreams {
  private readonly streams = new Map<string, MemoryStream>()

  /** What is about to be written. */
  begin(key: string, entries: readonly TailEntry[]): void {
    if (entries[0]?.id === 1) this.streams.set(key, new MemoryStream())
  }

  /** The server has these now. */
  confirm(key: string, entries: readonly TailEntry[]): void {
    const own = this.streams.get(key)
    if (own === undefined) return
    own.forgetTaken(backlogEntries)
    own.addGathered(entries)
  }

  /** Another engine writes this key now, or the server is away: readers have to look elsewhere. */
  lose(key: string): void {
    this.streams.get(key)?.end()
    this.streams.delete(key)
  }

  loseAll(): void {
    for (const key of [...this.streams.keys()]) this.lose(key)
  }

  /** The run has ended. Readers that are here get the rest of it, however slow they are. */
  end(key: string, seconds: number): void {
    const own = this.streams.get(key)
    if (own === undefined) return
    setTimeout(() => {
      if (this.streams.get(key) === own) this.streams.delete(key)
    }, Math.min(seconds, keptSeconds) * 1000).unref()
  }

  /** What is here, or was and is with the server. */
  has(key: string): boolean {
    return this.streams.has(key)
  }

  /** Undefined for a tail that is not served from here. A reader who falls far behind goes on `elsewhere`. */
  follow(
    key: string,
    options: { after: number; signal: AbortSignal; elsewhere: (after: number) => Batches },
  ): Batches | undefined {
    const own = this.streams.get(key)
    return own?.hasAllAfter(options.after) ? followMemoryStream(own, options) : undefined
  }
}
