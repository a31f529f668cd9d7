import { isContiguous } from './is-contiguous.ts'
import type { Batches, TailEntry } from './live-tail.ts'
import type { MemoryStream } from './memory-stream.ts'
import { backlogEntries, mergeBacklog } from './merge-backlog.ts'

const batchEntries = 500
const mergedBatchEntries = 5000

type Options = {
  after: number
  signal: AbortSignal
  elsewhere?(after: number): Batches
  /** Called once the reader has left the stream. */
  onEnd?(): void
}

/**
 * Batches of a stream in this process after an id, then live ones; an abort ends it quietly. Yields `lost`, and ends, at
 * a gap and at the end of the stream. A reader who comes to what the stream has forgotten goes on `elsewhere`.
 */
export async function* followMemoryStream(
  stream: MemoryStream,
  { after, signal, elsewhere, onEnd }: Options,
): AsyncGenerator<readonly TailEntry[] | 'lost'> {
  const reader = stream.reader(after, signal)
  try {
    while (!signal.aborted) {
      const { at } = reader
      if (elsewhere !== undefined && !stream.isEnded && !stream.hasAllAfter(at)) break
      const isSlow = stream.entries.length - stream.indexAfter(at) > backlogEntries
      const batch = reader.take(isSlow ? mergedBatchEntries : batchEntries)
      if (stream.isEnded || !isContiguous(at, batch)) {
        yield 'lost'
        return
      }
      if (batch.length === 0) await reader.changed()
      else yield isSlow ? mergeBacklog(batch) : batch
    }
  } finally {
    reader.close()
    onEnd?.()
  }
  if (elsewhere !== undefined && !signal.aborted) yield* elsewhere(reader.at)
}
