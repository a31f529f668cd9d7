import type { Effect } from '@fairlead/contract/effect/effect'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { and, asc, desc, eq, gte, inArray, lte } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { encodeEvent, type RunIds, wireEvent } from '../tail/encode-event.ts'
import type { TailEntry } from '../tail/live-tail.ts'
import { mergeBacklog } from '../tail/merge-backlog.ts'
import { type GenerationText, type RecordedGeneration, readGenerations } from './generation-text.ts'
import { runText, segments } from './message.table.ts'
import { runEvents } from './run-event.table.ts'
import { type EventBodies, restoredEvent } from './stored-event.ts'
import { toolCalls } from './tool-call.table.ts'

/** Effects of these calls by call and revision, as they were shown. */
export type ReadEffects = (db: Db, callIds: readonly string[]) => Promise<(callId: string, revision: number) => Effect>

type EventRow = typeof runEvents.$inferSelect

/**
 * What the live stream of a run sent after an id, from the record: same events, order and ids, neighbouring pieces of
 * a text joined under the id of the last, at any cursor. Void text and live output of calls are left out. It ends
 * before a piece that is not in the record yet, so that a reader who goes on from the last id misses nothing.
 */
export async function rebuildEvents(
  db: Db,
  ids: RunIds,
  after: number,
  { readEffects }: { readEffects: ReadEffects },
): Promise<TailEntry[]> {
  // One snapshot: what moves from the words under way into segments meanwhile is neither missed nor taken twice.
  return await db.transaction((tx) => rebuild(tx, ids, { after, readEffects }), {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  })
}

async function rebuild(
  tx: Db,
  ids: RunIds,
  { after, readEffects }: { after: number; readEffects: ReadEffects },
): Promise<TailEntry[]> {
  const from = await generationAt(tx, ids.run_id, after)
  const rows = await tx
    .select()
    .from(runEvents)
    .where(and(eq(runEvents.run_id, ids.run_id), gte(runEvents.id, from)))
    .orderBy(asc(runEvents.id))
  if ((rows.at(-1)?.id ?? 0) <= after) return []
  const kept = await tx
    .select()
    .from(segments)
    .where(and(eq(segments.run_id, ids.run_id), gte(segments.event_id, from)))
    .orderBy(asc(segments.event_id))
  const flushed = await tx.select().from(runText).where(eq(runText.run_id, ids.run_id)).orderBy(asc(runText.n))
  const isNew = ({ id }: EventRow) => id > after
  const bodies = await readBodies(tx, rows.filter(isNew), readEffects)
  return mergeBacklog(
    readGenerations({ rows, segments: kept, flushed }).flatMap((generation) =>
      entriesOf(ids, generation, { after, bodies }),
    ),
  )
}

/** Id of the generation under way at that point of the stream, where rebuilding its text must begin. */
async function generationAt(db: Db, runId: string, after: number): Promise<number> {
  const started = and(eq(runEvents.run_id, runId), eq(runEvents.type, 'generation.start'), lte(runEvents.id, after))
  const [row] = await db
    .select({ id: runEvents.id })
    .from(runEvents)
    .where(started)
    .orderBy(desc(runEvents.id))
    .limit(1)
  return row?.id ?? 0
}

function entriesOf(
  ids: RunIds,
  { events, text, thinking, endsAt }: RecordedGeneration,
  { after, bodies }: { after: number; bodies: EventBodies },
): TailEntry[] {
  const speech = { content: text.whole, thinking: thinking.whole }
  const isNew = ({ id }: { id: number }) => id > after && id <= endsAt
  return [
    ...events.filter(isNew).map((row) => encodeEvent(row.id, restoredEvent(ids, row, { bodies, speech }))),
    ...pieceEntries(ids, text, (piece, index) => ({ type: 'token', text: piece, tokens_generated: index + 1 })),
    ...pieceEntries(ids, thinking, (piece) => ({ type: 'thinking', text: piece })),
  ]
    .filter(isNew)
    .sort((one, other) => one.id - other.id)
}

function pieceEntries(
  ids: RunIds,
  { pieces, at }: GenerationText,
  body: (piece: string, index: number) => RunEventBody,
): TailEntry[] {
  return pieces.map(({ id, text }, index) => encodeEvent(id, wireEvent(ids, body(text, index), at)))
}

/** The bodies of these events that stand in other rows. */
async function readBodies(db: Db, rows: readonly EventRow[], readEffects: ReadEffects): Promise<EventBodies> {
  const callIds = [...new Set(rows.flatMap(callIdsOf))]
  const awaiting = rows.filter(({ type }) => type === 'tool.awaiting_approval').map(({ data }) => String(data.call_id))
  const { call_id, args, result } = toolCalls
  const calls =
    callIds.length === 0
      ? []
      : await db.select({ call_id, args, result }).from(toolCalls).where(inArray(call_id, callIds))
  const byId = new Map(calls.map((call) => [call.call_id, call]))
  const callOf = (callId: string) => {
    const call = byId.get(callId)
    if (call === undefined) throw new Error(`Call ${callId} of an event is not in the record`)
    return call
  }
  return {
    args: (callId) => callOf(callId).args,
    result: (callId) => callOf(callId).result ?? [],
    effect: await readEffects(db, [...new Set(awaiting)]),
  }
}

function callIdsOf({ type, data }: EventRow): string[] {
  if (type === 'tools.pending') return (data.tools as { call_id: string }[]).map(({ call_id }) => call_id)
  return typeof data.call_id === 'string' ? [data.call_id] : []
}
