import { followMemoryStream } from './follow-memory-stream.ts'
import type { Batches, LiveTail, LiveTailOptions } from './live-tail.ts'
import { MemoryStream } from './memory-stream.ts'

/** Tails of ended runs may take this much together; beyond it the oldest go early, and their readers get the record. */
const endedBytesLimit = 128 * 1024 * 1024

/** The live tail of an engine that is alone. */
export function createMemoryLiveTail({ onFenced }: LiveTailOptions): LiveTail {
  const streams = new Map<string, MemoryStream>()
  const fenced = new Set<string>()
  const ended = new Map<string, NodeJS.Timeout>()
  let endedBytes = 0

  const streamOf = (key: string) => {
    const stream = streams.get(key) ?? new MemoryStream()
    streams.set(key, stream)
    return stream
  }
  const remove = (key: string) => {
    clearTimeout(ended.get(key))
    if (ended.delete(key)) endedBytes -= streams.get(key)?.bytes ?? 0
    streams.delete(key)
    fenced.delete(key)
  }

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
        if (ended.has(key)) endedBytes += entry.data.length
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
      if (!stream) return
      clearTimeout(ended.get(key))
      if (!ended.has(key)) endedBytes += stream.bytes
      ended.set(key, setTimeout(remove, seconds * 1000, key).unref())
      for (const oldest of ended.keys()) {
        if (endedBytes <= endedBytesLimit || oldest === key) break
        remove(oldest)
      }
    },
    close: async () => {
      for (const key of [...streams.keys()]) remove(key)
    },
  }
}

async function* nothing(): Batches {
  yield 'lost'
}
