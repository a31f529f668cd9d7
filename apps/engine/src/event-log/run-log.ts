import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { storable } from '@fairlead/service-kit/storable'
import { eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { type NewAuditEvent, recordAudit } from './audit/record-audit.ts'
import { runText } from './record/message.table.ts'
import { PieceMarks } from './record/piece-marks.ts'
import { runEvents } from './record/run-event.table.ts'
import { storedData } from './record/stored-event.ts'
import type { ShownText } from './record-text.ts'
import { encodeEvent, type RunIds, wireEvent } from './tail/encode-event.ts'
import type { LiveTail, TailEntry } from './tail/live-tail.ts'

/** The words of a generation of one kind: the id of the last event that carried any, and what the record has not yet. */
type GenerationText = { lastEventId: number | undefined; pieces: number; unflushed: string[] }

type EventRow = typeof runEvents.$inferInsert

export type RunLogOptions = RunIds & {
  db: Db
  tail: LiveTail
  /** The id that the next event gets. */
  nextId: number
  /** Part of every transaction: throws when the run is no longer this engine's. */
  fence(tx: Db): Promise<void>
  now(): number
  /** Writes what was shown of the words under way; fenced like every transaction. */
  recordText(shown: ShownText): Promise<void>
  /** How long shown text may stand in the live tail alone. */
  flushAfterMs?: number
}

export type Change = {
  /** May reject with `ChangeObsolete`: then nothing is written and nothing sent. */
  facts?: (tx: Db) => Promise<unknown>
  events?: readonly RunEventBody[]
  audit?: readonly NewAuditEvent[]
  /** In place of the fence, for a step that also writes the run's position or its end; throws like it. */
  hold?: (tx: Db) => Promise<void>
  /** Runs behind the fence and before the facts: true writes nothing and sends nothing. */
  unless?: (tx: Db) => Promise<boolean>
}

/** Not a fault: a condition of the change no longer holds, so its transaction is rolled back. */
export class ChangeObsolete extends Error {
  override readonly name = 'ChangeObsolete'
}

export const tailKey = (runId: string) => `run:${runId}`

/**
 * The one writer of a run. Facts go to the record first, then their events go to the live tail. Text pieces go to the
 * tail at once and to the record within two seconds. Ids rise without a gap: events that come during a transaction wait
 * for it, and words that are only being written hold up nothing.
 */
export class RunLog {
  readonly ids: RunIds
  private readonly options: RunLogOptions
  private nextId: number
  /** One write after the other. */
  private writing: Promise<unknown> | undefined
  private isCommitting = false
  private behindCommit: RunEventBody[] = []
  /** Sent to the tail, but not yet in the record. */
  private unrecorded: EventRow[] = []
  private shown: Record<'text' | 'thinking', GenerationText> = emptyShown()
  /** Pieces sent since the last write. */
  private marks = emptyMarks()
  private flushes = 0
  private flushTimer: NodeJS.Timeout | undefined
  private fault: unknown

  constructor(options: RunLogOptions) {
    this.options = options
    this.ids = { run_id: options.run_id, conversation_id: options.conversation_id }
    this.nextId = options.nextId
  }

  /** Ids of the last events that carried thoughts and words of the generation under way. */
  get lastEventIds(): Record<'text' | 'thinking', number | undefined> {
    return { text: this.shown.text.lastEventId, thinking: this.shown.thinking.lastEventId }
  }

  /** Sends an event that is no fact. */
  tell(body: RunEventBody): void {
    if (this.isCommitting) {
      this.behindCommit.push(body)
      return
    }
    this.options.tail.push(tailKey(this.ids.run_id), this.take(body))
  }

  /**
   * One transaction: fence, facts, event rows, audit. Its events are sent once it is durable. Rejects, and sends
   * nothing, when it is not. False when `unless` was true or the facts were obsolete: then nothing was written either.
   */
  async commit(change: Change): Promise<boolean> {
    return await this.alone(async () => {
      this.isCommitting = true
      try {
        return await this.transact(change)
      } finally {
        this.isCommitting = false
        const waiting = this.behindCommit
        this.behindCommit = []
        for (const body of waiting) this.tell(body)
      }
    })
  }

  private async alone<Result>(write: () => Promise<Result>): Promise<Result> {
    while (this.writing !== undefined) await this.writing.catch(() => {})
    if (this.fault !== undefined) throw new Error('The record could not be written', { cause: this.fault })
    const work = write()
    this.writing = work
    try {
      return await work
    } finally {
      this.writing = undefined
    }
  }

  /** Forgets the words of the generation under way: they are in segments now, or void. */
  clearText(): void {
    this.shown = emptyShown()
    this.flushes = 0
    clearTimeout(this.flushTimer)
    this.flushTimer = undefined
  }

  /** Whether rows of `run_text` must go with the segments that replace them. */
  get hasFlushedText(): boolean {
    return this.flushes > 0
  }

  /** Ends the timers; nothing more will be sent. */
  close(): void {
    clearTimeout(this.flushTimer)
  }

  private async transact(change: Change): Promise<boolean> {
    const { facts, events = [], audit = [], unless, hold = this.options.fence } = change
    const at = new Date(this.options.now())
    const firstId = this.nextId
    const rows = events.map((body, index): EventRow => this.row(firstId + index, body, at))
    const pending = this.unrecorded
    const eventRows = [...pending, ...rows, ...this.markRows(at)]
    try {
      await this.options.db.transaction(async (tx) => {
        await hold(tx) // first: a lost lease is reported before the facts can fail because of it
        if (await unless?.(tx)) throw new ChangeObsolete()
        await facts?.(tx)
        if (eventRows.length > 0) await tx.insert(runEvents).values(eventRows)
        await recordAudit(tx, audit)
      })
    } catch (error) {
      if (error instanceof ChangeObsolete) return false
      throw error
    }
    this.unrecorded = this.unrecorded.slice(pending.length)
    this.marks = emptyMarks() // nothing is sent while a transaction is under way
    this.nextId = firstId + rows.length
    const entries = events.map((body, index) =>
      encodeEvent(firstId + index, wireEvent(this.ids, storable(body), at.getTime())),
    )
    if (entries.length > 0) this.options.tail.push(tailKey(this.ids.run_id), ...entries)
    return true
  }

  private take(body: RunEventBody): TailEntry {
    const id = this.nextId++
    const at = this.options.now()
    if (body.type === 'token') this.showMore('token', body.text, id)
    else if (body.type === 'thinking') this.showMore('thinking', body.text, id)
    else if (body.type !== 'tool.progress') this.unrecorded.push(this.row(id, body, new Date(at)))
    return encodeEvent(id, wireEvent(this.ids, body, at))
  }

  private row(id: number, body: RunEventBody, at: Date): EventRow {
    return { run_id: this.ids.run_id, id, type: body.type, data: storable(storedData(body)), at }
  }

  /** Where the pieces lie, under the id of the last of them: their text stands in `run_text`, then in segments. */
  private markRows(at: Date): EventRow[] {
    return (['thinking', 'token'] as const).flatMap((type) => {
      const marks = this.marks[type]
      if (marks.lastId === undefined) return []
      return [{ run_id: this.ids.run_id, id: marks.lastId, type, data: { pieces: marks.toString() }, at }]
    })
  }

  private showMore(type: 'token' | 'thinking', text: string, id: number): void {
    this.marks[type].add(id, text.length)
    const shown = this.shown[type === 'token' ? 'text' : 'thinking']
    shown.unflushed.push(text)
    shown.lastEventId = id
    shown.pieces += 1
    this.flushSoon()
  }

  private flushSoon(): void {
    this.flushTimer ??= setTimeout(() => this.flushText(), this.options.flushAfterMs ?? 2000)
  }

  /** Never rejects: a record that cannot be written is found, and reported, by the next commit. */
  private flushText(): void {
    this.flushTimer = undefined
    // The transaction under way may be the one that settles these words: behind it they would come back to life.
    if (this.writing !== undefined) {
      this.flushSoon()
      return
    }
    const rows = (['thinking', 'text'] as const).flatMap((kind) => {
      const { unflushed, lastEventId, pieces } = this.shown[kind]
      if (unflushed.length === 0 || lastEventId === undefined) return []
      const text = storable(unflushed.join(''))
      this.shown[kind].unflushed = []
      this.flushes += 1
      return [{ run_id: this.ids.run_id, n: this.flushes, kind, text, event_id: lastEventId, pieces }]
    })
    if (rows.length === 0) return
    this.alone(() => this.writeText(rows)).catch((error: unknown) => {
      this.fault ??= error
    })
  }

  private async writeText(text: ShownText['text']): Promise<void> {
    const events = [...this.unrecorded, ...this.markRows(new Date(this.options.now()))]
    // What is sent meanwhile is for the next write. There is none after one that fails.
    this.unrecorded = []
    this.marks = emptyMarks()
    await this.options.recordText({ text, events })
  }
}

function emptyMarks(): Record<'token' | 'thinking', PieceMarks> {
  return { token: new PieceMarks(), thinking: new PieceMarks() }
}

function emptyShown(): Record<'text' | 'thinking', GenerationText> {
  return {
    text: { lastEventId: undefined, pieces: 0, unflushed: [] },
    thinking: { lastEventId: undefined, pieces: 0, unflushed: [] },
  }
}

/** Removes the words of a generation that are in segments now, or void. */
export async function deleteRunText(tx: Db, runId: string): Promise<void> {
  await tx.delete(runText).where(eq(runText.run_id, runId))
}
