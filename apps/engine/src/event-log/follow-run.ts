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
  /** Called once when a stream has to end because neither live tail nor record can be read. */
  onUnreadable(error: unknown): void
}

export type FollowOptions = RunIds & {
  /** Id of the last event that the client has; 0 for all. */
  after: number
  /** The run has only just begun, in this engine: its live tail is waited for. */
  isNew?: boolean
  /**
   * True: the conversation has its title, so none is waited for. False: it has none, and a new run makes one in this
   * engine, so its live tail alone is read. Undefined: not known.
   */
  isTitled?: boolean
  /** How long the stream stays for a title after the terminal events. */
  titleMs?: number
  /** Pause between two reads of the record while there is no live tail. */
  recordMs?: number
  /** Silence of the live tail after which the record is checked: the run may have ended without it. */
  silentMs?: number
}

/** What an ended run left behind comes at once, if it comes. */
const endedSilentMs = 500
/** In place of the error that an abort would make for itself, once a stream. */
const OVER = 'The stream is over'
const LAST_EVENTS = ['workflow_complete', 'workflow_error']

/**
 * The events of a run after an id: from the live tail, and from the record as long as there is none. Ids rise, nothing
 * comes twice. Ends after the terminal events, and after a short wait for a title; an abort ends it quietly.
 */
export async function* followRun(
  reader: RunReader,
  options: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly StreamEvent[]> {
  const follower = new RunFollower(reader, options, signal)
  try {
    while (!follower.isOver()) {
      if (yield* follower.readTail()) return
      if (follower.isOver()) return
      if (yield* follower.readRecord()) return
      await follower.pause()
    }
  } catch (error) {
    reader.onUnreadable(error)
    const failed = follower.failure()
    if (failed !== undefined) yield [failed]
  } finally {
    follower.close()
  }
}

type Batches = AsyncGenerator<readonly StreamEvent[], boolean>

/** One reader's way through a run: how far it is, and what it still waits for. */
class RunFollower {
  readonly #reader: RunReader
  readonly #options: FollowOptions
  readonly #signal: AbortSignal
  #wait: ReturnType<typeof linkedTo>
  /** Id of the last event that was sent. */
  #at: number
  #isNew: boolean
  #isTerminated = false
  #isTitled: boolean
  #isTitleToCome: boolean
  #isTitleLate = false
  #titleTimer: NodeJS.Timeout | undefined

  constructor(reader: RunReader, options: FollowOptions, signal: AbortSignal) {
    this.#reader = reader
    this.#options = options
    this.#signal = signal
    this.#wait = linkedTo(signal)
    this.#at = options.after
    this.#isNew = options.isNew ?? false
    this.#isTitled = options.isTitled ?? false
    this.#isTitleToCome = this.#isNew && options.isTitled === false
  }

  isOver(): boolean {
    return this.#signal.aborted || this.#isTitleLate
  }

  /** What the live tail has, until it ends or is lost. True when the stream is complete. */
  async *readTail(): Batches {
    const { tail, db, isRunEnded } = this.#reader
    const { run_id, silentMs = 10_000 } = this.#options
    const key = tailKey(run_id)
    const isFresh = this.#at === 0 && (this.#isNew || (await tail.has(key)))
    this.#isNew = false
    const isEnded = !isFresh && (await isRunEnded(db, run_id))
    // From the beginning a tail is waited for. One that is gone for good looks the same as one not yet there.
    if (isEnded && this.#at === 0) return false
    const silence = watchSilence(this.#wait.controller, {
      ms: isEnded ? Math.min(silentMs, endedSilentMs) : silentMs,
      isRunEnded: () => isRunEnded(db, run_id),
    })
    try {
      for await (const batch of tail.follow(key, this.#at, this.#wait.controller.signal)) {
        if (batch === 'lost') return false
        silence.pause()
        const fresh = this.#take(batch)
        if (fresh.length > 0) yield fresh
        const last = this.#isTerminated ? await this.#lastBatch() : undefined
        if (last?.length) yield last
        if (last) return true
        silence.begin()
      }
      return false
    } finally {
      silence.end()
    }
  }

  /** What the record has. True when the stream is complete. */
  async *readRecord(): Batches {
    const { db, isRunEnded } = this.#reader
    const { run_id, conversation_id } = this.#options
    this.#isTitleToCome = false // it may have come while the tail was not read
    const hasEnded = await isRunEnded(db, run_id)
    const recorded = this.#take(await rebuildEvents(db, { run_id, conversation_id }, this.#at, this.#reader))
    if (recorded.length > 0) yield recorded
    // A client that comes back after the last event finds nothing more.
    this.#isTerminated ||= hasEnded
    const last = this.#isTerminated ? await this.#lastBatch() : undefined
    if (last?.length) yield last
    return last !== undefined
  }

  async pause(): Promise<void> {
    if (this.#wait.controller.signal.aborted) {
      this.#wait.unlink()
      this.#wait = linkedTo(this.#signal)
    }
    const { signal } = this.#wait.controller
    await sleep(this.#options.recordMs ?? 1000, undefined, { signal }).catch(() => {}) // `isOver` sees the abort
  }

  /** The event that ends a stream that can no longer be read; undefined when the client has the end already. */
  failure(): StreamEvent | undefined {
    if (this.#isTerminated) return undefined
    const sentence = 'The events of this run can be read neither live nor from the record.'
    const failed = wireEvent(this.#options, { type: 'error', error: sentence, status: 'error' }, Date.now())
    // It is no event of the run, so it has no id that a client could go on from.
    const { type, data } = encodeEvent(this.#at, failed)
    return { type, data }
  }

  close(): void {
    clearTimeout(this.#titleTimer)
    this.#wait.unlink()
    this.#wait.controller.abort(OVER)
  }

  /** What is new of a batch. */
  #take(batch: readonly TailEntry[]): readonly TailEntry[] {
    const fresh = (batch[0]?.id ?? 0) > this.#at ? batch : batch.filter(({ id }) => id > this.#at)
    this.#at = fresh.at(-1)?.id ?? this.#at
    this.#isTerminated ||= fresh.some(({ type }) => LAST_EVENTS.includes(type))
    this.#isTitled ||= fresh.some(({ type }) => type === 'conversation.title.generated')
    return fresh
  }

  /** The last batch once the run has ended, which may be empty; undefined while the stream goes on. */
  async #lastBatch(): Promise<readonly TailEntry[] | undefined> {
    if (this.#isTitled) return []
    if (this.#titleTimer !== undefined) return undefined
    const { db, isTitlePending } = this.#reader
    const { run_id, conversation_id, titleMs = 5000 } = this.#options
    // A title stands in the record before it is live.
    if (!this.#isTitleToCome && !(await isTitlePending(db, conversation_id))) {
      return this.#take(await readTitleEvent(db, { run_id, conversation_id }, this.#at))
    }
    this.#titleTimer = setTimeout(() => {
      this.#isTitleLate = true
      this.#wait.controller.abort(OVER)
    }, titleMs)
    return undefined
  }
}

/** Aborts the wait for a tail that has been silent for so long, if the run has ended behind its back. */
function watchSilence(wait: AbortController, { ms, isRunEnded }: { ms: number; isRunEnded(): Promise<boolean> }) {
  let isSilent = true
  const check = async () => {
    // The record is read next, and reports its own fault.
    if (isSilent && (await isRunEnded().catch(() => true)) && isSilent) wait.abort(OVER)
  }
  const timer = setInterval(check, ms)
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
