import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../db/database.ts'
import { type EventStream, frame } from '../http/event-stream.ts'
import { encodeEvent, type RunIds, wireEvent } from './encode-event.ts'
import type { LiveTail, TailEntry } from './live-tail.ts'
import { readTitleEvent } from './read-title-event.ts'
import { type ReadEffects, rebuildEvents } from './rebuild-events.ts'
import { tailKey } from './run-log.ts'

export type RunReader = {
  db: Db
  tail: LiveTail
  readEffects: ReadEffects
  isRunEnded(db: Db, runId: string): Promise<boolean>
  /** The conversation has no title yet. */
  isTitlePending(db: Db, conversationId: string): Promise<boolean>
  /** Told once when a stream has to end because neither live tail nor record can be read. */
  onUnreadable(error: unknown): void
}

export type FollowOptions = RunIds & {
  /** Id of the last event that the client has; 0 for all. */
  after: number
  /** The run has only just begun, in this engine: its live tail is waited for. */
  isNew?: boolean
  /** The conversation has its title: none is waited for. */
  isTitled?: boolean
  /** How long the stream stays for a title after the terminal events. */
  titleMs?: number
  /** Pause between two looks into the record while there is no live tail. */
  recordMs?: number
  /** Silence of the live tail after which the record is asked whether the run has ended without it. */
  silentMs?: number
}

/** What an ended run left behind comes at once, if it comes. */
const endedSilentMs = 500
/** In place of the error that an abort would make for itself, once a stream. */
const OVER = 'The stream is over'
const LAST_EVENTS = ['workflow_complete', 'workflow_error', 'error']

/**
 * The events of a run after an id: from the live tail, and from the record as long as there is none. Ids rise, nothing
 * comes twice. Ends after the terminal events, and after a moment's wait for a title; an abort ends it quietly.
 */
export async function* followRun(
  reader: RunReader,
  options: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly TailEntry[]> {
  const { run_id, conversation_id, after, titleMs = 5000, recordMs = 1000 } = options
  const { controller: closing, unlink } = linkedTo(signal)
  const until = closing.signal
  let at = after
  let { isNew = false } = options
  let isTerminated = false
  let isTitled = options.isTitled ?? false
  let titleTimer: NodeJS.Timeout | undefined

  /** What is new of a batch. */
  const take = (batch: readonly TailEntry[]) => {
    const fresh = (batch[0]?.id ?? 0) > at ? batch : batch.filter(({ id }) => id > at)
    at = fresh.at(-1)?.id ?? at
    isTerminated ||= fresh.some(({ type }) => LAST_EVENTS.includes(type))
    isTitled ||= fresh.some(({ type }) => type === 'conversation.title.generated')
    return fresh
  }
  const record = async () => take(await rebuildEvents(reader.db, { run_id, conversation_id }, at, reader))
  /** The last batch once the run has ended, which may be empty; `undefined` while the stream goes on. */
  const lastBatch = async () => {
    if (isTitled) return []
    if (titleTimer !== undefined) return undefined
    // A title stands in the record before it is live.
    if (!(await reader.isTitlePending(reader.db, conversation_id))) {
      return take(await readTitleEvent(reader.db, { run_id, conversation_id }, at))
    }
    titleTimer = setTimeout(() => closing.abort(), titleMs)
    return undefined
  }

  try {
    while (!until.aborted) {
      const live = liveBatches(reader, options, { at, isNew, signal: until })
      isNew = false
      for await (const batch of live) {
        const fresh = take(batch)
        if (fresh.length > 0) yield fresh
        const last = isTerminated ? await lastBatch() : undefined
        if (last?.length) yield last
        if (last) return
      }
      if (until.aborted) return
      const isEnded = await reader.isRunEnded(reader.db, run_id)
      const recorded = await record()
      if (recorded.length > 0) yield recorded
      // Whoever comes back after the last event finds nothing more.
      isTerminated ||= isEnded
      const last = isTerminated ? await lastBatch() : undefined
      if (last?.length) yield last
      if (last) return
      await sleep(recordMs, undefined, { signal: until }).catch(() => {}) // the abort is seen above
    }
  } catch (error) {
    reader.onUnreadable(error)
    if (isTerminated) return
    const sentence = 'The events of this run can be read neither live nor from the record.'
    const failed = wireEvent(options, { type: 'error', error: sentence, status: 'error' }, Date.now())
    yield [encodeEvent(at, failed)]
  } finally {
    clearTimeout(titleTimer)
    unlink()
    closing.abort(OVER)
  }
}

/** Batches of the live tail after an id, as long as it can serve them and the run has not ended behind its back. */
async function* liveBatches(
  { db, tail, isRunEnded }: RunReader,
  { run_id, silentMs = 10_000 }: FollowOptions,
  { at, isNew, signal }: { at: number; isNew: boolean; signal: AbortSignal },
): AsyncGenerator<readonly TailEntry[]> {
  const key = tailKey(run_id)
  const isFresh = at === 0 && (isNew || (await tail.has(key)))
  const isEnded = !isFresh && (await isRunEnded(db, run_id))
  // From the beginning a tail is waited for, so one that is gone for good must be told from one not yet there.
  if (isEnded && at === 0) return
  const { controller: silence, unlink } = linkedTo(signal)
  let isWaiting = true
  const look = () => {
    if (!isWaiting) return
    isRunEnded(db, run_id).then(
      (isEnded) => isEnded && silence.abort(),
      () => silence.abort(), // the record is asked next, and reports its own fault
    )
  }
  const watch = setInterval(look, isEnded ? Math.min(silentMs, endedSilentMs) : silentMs)
  try {
    for await (const batch of tail.follow(key, at, silence.signal)) {
      if (batch === 'lost') return
      isWaiting = false
      yield batch
      isWaiting = true
      watch.refresh()
    }
  } finally {
    clearInterval(watch)
    unlink()
  }
}

/** Aborted with the signal. Thousands of readers wait at once, and `AbortSignal.any` holds three times as much. */
function linkedTo(signal: AbortSignal): { controller: AbortController; unlink(): void } {
  const controller = new AbortController()
  const abort = () => controller.abort(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return { controller, unlink: () => signal.removeEventListener('abort', abort) }
}

/** The run's events as an answer: frames of one batch leave in one write. */
export function runStream(reader: RunReader, options: FollowOptions): EventStream {
  return {
    frames: async function* (signal) {
      for await (const batch of followRun(reader, options, signal)) {
        let frames = ''
        // The failure of a stream is no event of the run: it has no place that a client could go on from.
        for (const { id, type, data } of batch) frames += frame(type === 'error' ? { type, data } : { id, type, data })
        yield frames
      }
    },
  }
}
