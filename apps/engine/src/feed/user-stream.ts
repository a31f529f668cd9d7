import type { TailEntry } from '../event-log/tail/live-tail.ts'

/** How long an event can be caught up with, in milliseconds. */
export const keptMs = 3_600_000

/**
 * One stream per user, written by every engine and read by any. Ids are made by the stream: they rise, and each is the
 * millisecond of the event times a thousand, so they are safe integers.
 */
export type UserStream = {
  /** Never throws and never waits: who misses an event is told by `open` or by the end of its stream. */
  publish(userId: string, type: string, data: string): void
  /**
   * Where a reader that has seen `lastEventId` starts. `resumed` when nothing was missed since; otherwise `position` is
   * the newest entry. Rejects when the stream cannot be reached.
   */
  open(userId: string, lastEventId: number | undefined): Promise<{ position: number; resumed: boolean }>
  /** Batches after that position, then live ones. Ends on abort, and when entries may have been lost. */
  follow(userId: string, position: number, signal: AbortSignal): AsyncIterable<readonly TailEntry[]>
}

/** Stands in an empty stream so that a first reader has a position to resume from; readers are not given it. */
export const markerType = 'opened'
