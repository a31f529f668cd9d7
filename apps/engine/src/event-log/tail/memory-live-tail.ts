import { followMemoryStream } from './follow-memory-stream.ts'
import type { Batches, LiveTail, LiveTailOptions } from './live-tail.ts'
import { MemoryStream } from './memory-stream.ts'

/** Tails of ended runs may take this much together; beyond it the oldest go early, and their readers get the record. */
const MAX_ENDED_BYTES = 128 * 1024 * 1024

/** The live tail of an engine that is alone. */
export function createMemoryLiveTail({ onFenced }: LiveTailOptions): LiveTail {
  const streams = new Map<string, MemoryStream>()
  const fenced = new Set<string>()
  const streamOf = (key: string) => {
    const stream = streams.get(key) ?? new MemoryStream()
    streams.set(key, stream)
    return stream
  }
  const remove = (key: string) => {
    ended.delete(key, streams.get(key)?.bytes ?? 0)
    streams.delete(key)
    fenced.delete(key)
  }
  const ended = new EndedTails(remove)

  return {
    push: (key, ...entries) => {
      if (fenced.has(key)) return
      const stream = streamOf(key)
      for (const entry of entries) {
        if (entry.id <= (stream.newest?.id ?? 0)) {
          fenced.add(key)
          onFenced(key)
          return
        }
        stream.add(entry)
        ended.grow(key, entry.data.length)
      }
    },
    flush: async () => {},
    takeOver: async (key) => {
      fenced.delete(key)
      return streams.get(key)?.newest?.id
    },
    letGo: () => {}, // nobody else could write it
    has: async (key) => streams.get(key)?.newest !== undefined,
    follow: (key, after, signal) => {
      if (after > 0 && !streams.get(key)?.newest) return nothing()
      const stream = streamOf(key)
      const onEnd = () => {
        if (stream.isUnused && streams.get(key) === stream) streams.delete(key)
      }
      return followMemoryStream(stream, { after, signal, onEnd })
    },
    expireAfter: async (key, seconds) => {
      const stream = streams.get(key)
      if (stream) ended.add(key, stream.bytes, seconds)
    },
    close: async () => {
      for (const key of [...streams.keys()]) remove(key)
    },
  }
}

/** Tails of ended runs: each goes when its time is up, and the oldest go early when all of them take too much. */
class EndedTails {
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #remove: (key: string) => void
  #bytes = 0

  constructor(remove: (key: string) => void) {
    this.#remove = remove
  }

  add(key: string, bytes: number, seconds: number): void {
    clearTimeout(this.#timers.get(key))
    if (!this.#timers.has(key)) this.#bytes += bytes
    this.#timers.set(key, setTimeout(this.#remove, seconds * 1000, key).unref())
    for (const oldest of this.#timers.keys()) {
      if (this.#bytes <= MAX_ENDED_BYTES || oldest === key) break
      this.#remove(oldest)
    }
  }

  /** An ended tail has become longer by so many bytes. */
  grow(key: string, bytes: number): void {
    if (this.#timers.has(key)) this.#bytes += bytes
  }

  delete(key: string, bytes: number): void {
    clearTimeout(this.#timers.get(key))
    if (this.#timers.delete(key)) this.#bytes -= bytes
  }
}

async function* nothing(): Batches {
  yield 'lost'
}
