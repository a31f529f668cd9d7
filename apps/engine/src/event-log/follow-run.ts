import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../db/database.ts'
import type { EventStream, StreamEvent } from '../http/event-stream.ts'
import { readTitleEvent } from './record/read-title-event.ts'
import { type ReadEffects, rebuildEvents } from './record/rebuild-events.ts'
import { tailKey } from './run-log.ts'
import { encodeEvent, type RunIds, wireEvent } from './tail/encode-event.ts'
import type { LiveTail, TailEntry } from './tail/live-tail.ts'

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
  /**
   * The conversation has its title: none is waited for. Where it is known that it has none, a run that is new makes one
   * in this engine, so its live tail is all that has to be looked at.
   */
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
const LAST_EVENTS = ['workflow_complete', 'workflow_error']

/**
 * The events of a run after an id: from the live tail, and from the record as long as there is none. Ids rise, nothing
 * comes twice. Ends after the terminal events, and after a moment's wait for a title; an abort ends it quietly.
 */
export async function* followRun(
  reader: RunReader,
  options: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly StreamEvent[]> {
  const { db, tail, isRunEnded } = reader
  const { run_id, conversation_id, after, titleMs = 5000, recordMs = 1000, silentMs = 10_000 } = options
  const key = tailKey(run_id)
  let wait = linkedTo(signal)
  let at = after
  let { isNew = false } = options
  let isTerminated = false
  let isTitled = options.isTitled ?? false
  let isTitleToCome = isNew && options.isTitled === false
  let isTitleLate = false
  let titleTimer: NodeJS.Timeout | undefined

  /** What is new of a batch. */
  const take = (batch: readonly TailEntry[]) => {
    const fresh = (batch[0]?.id ?? 0) > at ? batch : batch.filter(({ id }) => id > at)
    at = fresh.at(-1)?.id ?? at
    isTerminated ||= fresh.some(({ type }) => LAST_EVENTS.includes(type))
    isTitled ||= fresh.some(({ type }) => type === 'conversation.title.generated')
    return fresh
  }
  const record = async () => take(await rebuildEvents(db, { run_id, conversation_id }, at, reader))
  /** The last batch once the run has ended, which may be empty; `undefined` while the stream goes on. */
  const lastBatch = async () => {
    if (isTitled) return []
    if (titleTimer !== undefined) return undefined
    // A title stands in the record before it is live.
    if (!isTitleToCome && !(await reader.isTitlePending(db, conversation_id))) {
      return take(await readTitleEvent(db, { run_id, conversation_id }, at))
    }
    titleTimer = setTimeout(() => {
      isTitleLate = true
      wait.controller.abort(OVER)
    }, titleMs)
    return undefined
  }
  const isOver = () => signal.aborted || isTitleLate

  try {
    while (!isOver()) {
      const isFresh = at === 0 && (isNew || (await tail.has(key)))
      isNew = false
      const isEnded = !isFresh && (await isRunEnded(db, run_id))
      // From the beginning a tail is waited for, so one that is gone for good must be told from one not yet there.
      if (!isEnded || at > 0) {
        const silence = watchSilence(wait.controller, {
          ms: isEnded ? Math.min(silentMs, endedSilentMs) : silentMs,
          isRunEnded: () => isRunEnded(db, run_id),
        })
        try {
          for await (const batch of tail.follow(key, at, wait.controller.signal)) {
            if (batch === 'lost') break
            silence.pause()
            const fresh = take(batch)
            if (fresh.length > 0) yield fresh
            const last = isTerminated ? await lastBatch() : undefined
            if (last?.length) yield last
            if (last) return
            silence.begin()
          }
        } finally {
          silence.end()
        }
      }
      if (isOver()) return
      isTitleToCome = false // it may have been told where nobody listened
      const hasEnded = await isRunEnded(db, run_id)
      const recorded = await record()
      if (recorded.length > 0) yield recorded
      // Whoever comes back after the last event finds nothing more.
      isTerminated ||= hasEnded
      const last = isTerminated ? await lastBatch() : undefined
      if (last?.length) yield last
      if (last) return
      if (wait.controller.signal.aborted) {
        wait.unlink()
        wait = linkedTo(signal)
      }
      await sleep(recordMs, undefined, { signal: wait.controller.signal }).catch(() => {}) // the abort is seen above
    }
  } catch (error) {
    reader.onUnreadable(error)
    if (isTerminated) return
    const sentence = 'The events of this run can be read neither live nor from the record.'
    const failed = wireEvent(options, { type: 'error', error: sentence, status: 'error' }, Date.now())
    // It is no event of the run: it has no place that a client could go on from.
    const { type, data } = encodeEvent(at, failed)
    yield [{ type, data }]
  } finally {
    clearTimeout(titleTimer)
    wait.unlink()
    wait.controller.abort(OVER)
  }
}

/** Aborts the wait for a tail that has been silent for so long, if the run has ended behind its back. */
function watchSilence(wait: AbortController, { ms, isRunEnded }: { ms: number; isRunEnded(): Promise<boolean> }) {
  let isSilent = true
  const look = async () => {
    // The record is asked next, and reports its own fault.
    if (isSilent && (await isRunEnded().catch(() => true)) && isSilent) wait.abort(OVER)
  }
  const timer = setInterval(look, ms)
  return {
    begin: () => {
      isSilent = true
      timer.refresh()
    },
    pause: () => {
      isSilent = false
    },
    end: () => {
      isSilent = false
      clearInterval(timer)
    },
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

/** The run's events as an answer. */
export function runStream(reader: RunReader, options: FollowOptions): EventStream {
  return { batches: (signal) => followRun(reader, options, signal) }
}
