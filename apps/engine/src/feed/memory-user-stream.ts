import { MemoryStream } from '../event-log/tail/memory-stream.ts'
import { keptMs, markerType, type UserStream } from './user-stream.ts'

/** The user streams of an engine that is alone. */
export function createMemoryUserStream(): UserStream {
  const streams = new Map<string, MemoryStream>()
  const add = (userId: string, type: string, data: string) => {
    const stream = streams.get(userId) ?? new MemoryStream()
    streams.set(userId, stream)
    const id = Math.max(Date.now() * 1000, (stream.newest?.id ?? 0) + 1)
    stream.add({ id, type, data })
    stream.trimTo((Date.now() - keptMs) * 1000)
    return id
  }
  return {
    publish: (userId, type, data) => {
      add(userId, type, data)
    },
    open: async (userId, lastEventId) => {
      const stream = streams.get(userId)
      if (lastEventId !== undefined && stream?.has(lastEventId)) return { position: lastEventId, resumed: true }
      return { position: stream?.newest?.id ?? add(userId, markerType, ''), resumed: false }
    },
    follow: async function* (userId, position, signal) {
      const stream = streams.get(userId)
      if (!stream) return
      const reader = stream.reader(position, signal)
      try {
        while (!signal.aborted) {
          const events = reader.take(Number.POSITIVE_INFINITY).filter(({ type }) => type !== markerType)
          if (events.length > 0) yield events
          else await reader.changed()
        }
      } finally {
        reader.close()
      }
    },
  }
}
