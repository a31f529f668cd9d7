import { follows } from './follows.ts'
import type { TailEntry } from './live-tail.ts'
import type { MemoryStream } from './memory-stream.ts'
import { backlogEntries, mergeBacklog } from './merge-backlog.ts'

const batchEntries = 500
const mergedBatchEntries = 5000

/**
 * Batches of a stream in this process after an id, then live ones; an abort ends it quietly. Yields `lost`, and ends, at
 * a gap and at the end of the stream.
 */
export async function* followMemoryStream(
  stream: MemoryStream,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly TailEntry[] | 'lost'> {
  const waiter = stream.waiter(signal)
  let at = after
  let next = stream.indexAfter(after)
  try {
    while (!signal.aborted) {
      // A reader who was served elsewhere may be ahead of the stream.
      while ((stream.entries[next]?.id ?? at + 1) <= at) next += 1
      const waiting = stream.entries.length - next
      const isSlow = waiting > backlogEntries
      const batch = stream.entries.slice(next, next + (isSlow ? mergedBatchEntries : batchEntries))
      if (stream.isEnded || !follows(at, batch)) {
        yield 'lost'
        return
      }
      next += batch.length
      at = batch.at(-1)?.id ?? at
      if (waiting === 0) await waiter.changed()
      else yield isSlow ? mergeBacklog(batch) : batch
    }
  } finally {
    waiter.close()
  }
}
