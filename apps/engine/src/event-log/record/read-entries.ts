import type { RecordedCall, RecordedEntry, RecordedTurn } from '@fairlead/agent/transcript'
import { and, asc, desc, eq, gte, isNull, min, or, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/pg-core'
import type { Db } from '../../db/database.ts'
import { prepared, type Slots } from '../../db/prepared.ts'
import { messages } from './message.table.ts'
import { toolCalls } from './tool-call.table.ts'
import { turns } from './turn.table.ts'

/** An entry and its place: the sequence of its message, then the time within it. */
type Placed = { sequence: number; at: number; entry: RecordedEntry }

const callColumns = {
  turn_id: toolCalls.turn_id,
  sequence: messages.sequence,
  created_at: toolCalls.created_at,
  ordinal: toolCalls.ordinal,
  call_id: toolCalls.call_id,
  provider_id: toolCalls.provider_id,
  tool: toolCalls.tool,
  args: toolCalls.args,
  message: sql<string | null>`${toolCalls.tool_message}`.as('message'),
}
/** As JSON has it: moments are text. */
type CallRow = RecordedCall & { turn_id: string | null; sequence: number; created_at: string }

/** The newest of what was said in a conversation, and the calls of it, as the record has them. */
export type RecentRows = { said: readonly SaidRow[]; calls: readonly CallRow[] }

export type RecentEntries = {
  /** Oldest first: at least `limit` messages of the model's, or all there are. */
  entries: RecordedEntry[]
  /** Content of the first user message, when the entries do not reach back to it. */
  first: string | undefined
}

/**
 * The newest entries of a conversation for the model. What it costs depends on the limit, never on the age of the
 * conversation.
 */
export async function readEntries(db: Db, conversationId: string, limit: number): Promise<RecentEntries> {
  return recentEntries(await readRecent(db, { conversationId, limit }), limit)
}

/** What the entries are made of, as one row: it can be asked with other things at one moment. */
export async function readRecent(db: Db, newest: Newest): Promise<RecentRows> {
  const [row = { said: [], calls: [] }] = await recent(db, newest)
  return row
}

/** @param added what the user says now, behind the rows */
export function recentEntries({ said, calls }: RecentRows, limit: number, added?: string): RecentEntries {
  const ordered = said.toSorted(
    (one, other) => one.sequence - other.sequence || (one.ordinal ?? 0) - (other.ordinal ?? 0),
  )
  const opening = ordered.find(({ ordinal }) => ordinal === null)
  const placed: Placed[] = []
  for (const row of ordered) {
    if (row === opening) continue
    placed.push({ sequence: row.sequence, at: Date.parse(row.created_at), entry: saidEntry(row, calls) })
  }
  for (const call of calls) {
    if (call.turn_id !== null) continue
    placed.push({ sequence: call.sequence, at: Date.parse(call.created_at), entry: proposedWithoutModel(call) })
  }
  // Stable: turns of one message keep the order of their ordinals, even within a millisecond.
  placed.sort((one, other) => one.sequence - other.sequence || one.at - other.at)
  if (added !== undefined) placed.push({ sequence: Infinity, at: 0, entry: { kind: 'user', content: added } })
  const newest = newestWithin(placed, limit)
  const reachesBack = opening === undefined || newest.some(({ sequence }) => sequence === opening.sequence)
  return { entries: newest.map(({ entry }) => entry), first: reachesBack ? undefined : opening.content }
}

type Newest = { conversationId: string; limit: number }

const ofUser = (of: Slots<{ conversationId: string }>) =>
  and(eq(messages.conversation_id, of.conversationId), eq(messages.role, 'user'))

// Read at the beginning of every turn, and most of its rows: no column more than is needed.
const turnColumns = {
  sequence: messages.sequence,
  /** Null for what a user has said. */
  ordinal: sql<number | null>`${turns.ordinal}`.as('ordinal'),
  created_at: turns.created_at,
  id: turns.id,
  provider: turns.provider,
  content: turns.content,
  reasoning: turns.reasoning,
  body: turns.body,
  nudge: turns.nudge,
}
const userColumns = {
  sequence: messages.sequence,
  ordinal: sql<number | null>`null::integer`.as('ordinal'),
  created_at: messages.created_at,
  id: messages.id,
  provider: sql<string>`''`.as('provider'),
  content: messages.content,
  reasoning: sql<string>`''`.as('reasoning'),
  body: sql<unknown>`null::jsonb`.as('body'),
  nudge: sql<string | null>`null`.as('nudge'),
}
type SaidRow = Pick<typeof turns.$inferSelect, 'id' | 'provider' | 'content' | 'reasoning' | 'body' | 'nudge'> & {
  sequence: number
  ordinal: number | null
  created_at: string
}

/**
 * The first user message, and the newest of what users and the model have said: an entry is a message or more, so there
 * are enough of them. The first comes twice when it is among the newest.
 */
const firstAndNewestSaid = (db: Db, of: Slots<Newest>) => {
  const byUser = db.select(userColumns).from(messages).where(ofUser(of))
  const newest = unionAll(
    db
      .select(turnColumns)
      .from(turns)
      .innerJoin(messages, eq(messages.id, turns.message_id))
      .where(eq(turns.conversation_id, of.conversationId))
      .orderBy(desc(turns.ordinal))
      .limit(of.limit),
    db.select(userColumns).from(messages).where(ofUser(of)).orderBy(desc(messages.sequence)).limit(of.limit),
  )
    .orderBy(desc(sql`sequence`), desc(sql`ordinal`))
    .limit(of.limit)
    .as('newest')
  return unionAll(db.select().from(newest), byUser.orderBy(asc(messages.sequence)).limit(1))
}

/** Calls of the newest turns, and those that were proposed without the model since the oldest of them. */
const newestCalls = (db: Db, of: Slots<Newest>) => {
  const newest = db
    .select({ id: turns.id, created_at: turns.created_at })
    .from(turns)
    .where(eq(turns.conversation_id, of.conversationId))
    .orderBy(desc(turns.ordinal))
    .limit(of.limit)
    .as('newest')
  const withoutModel = and(
    eq(toolCalls.conversation_id, of.conversationId),
    isNull(toolCalls.turn_id),
    gte(toolCalls.created_at, db.select({ since: min(newest.created_at) }).from(newest)),
  )
  // An array, where `in` would look through the calls of all conversations.
  const ofTurns = sql`${toolCalls.turn_id} = any(array(${db.select({ id: newest.id }).from(newest)}))`
  return db
    .select(callColumns)
    .from(toolCalls)
    .innerJoin(messages, eq(messages.id, toolCalls.message_id))
    .where(or(ofTurns, withoutModel))
}

/** One row of JSON: read by the driver in one go, where rows and their columns are read one by one. */
const recent = prepared((db, of: Slots<Newest>) =>
  db
    .select({
      said: sql<SaidRow[]>`coalesce(json_agg(said), '[]')`,
      calls: sql<CallRow[]>`(
        select coalesce(json_agg(calls order by calls.created_at, calls.ordinal), '[]')
        from (${newestCalls(db, of)}) calls
      )`,
    })
    .from(firstAndNewestSaid(db, of).as('said')),
)

function saidEntry(
  { id, ordinal, provider, content, reasoning, body, nudge }: SaidRow,
  calls: readonly CallRow[],
): RecordedEntry {
  if (ordinal === null) return { kind: 'user', content }
  return {
    kind: 'turn',
    provider,
    content,
    reasoning,
    body,
    ...(nudge !== null && { nudge }),
    calls: calls.filter(({ turn_id }) => turn_id === id).map(recordedCall),
  }
}

/** An undo: the model reads it as a call like its own, of no provider, so that nobody's signatures are expected. */
function proposedWithoutModel(call: CallRow): RecordedTurn {
  return { kind: 'turn', provider: '', content: '', reasoning: '', body: null, calls: [recordedCall(call)] }
}

function recordedCall({ call_id, provider_id, tool, args, message }: CallRow): RecordedCall {
  return { call_id, provider_id, tool, args, message }
}

/** The newest entries that make so many messages; one that goes over it is kept whole. */
function newestWithin(placed: readonly Placed[], limit: number): Placed[] {
  let count = 0
  const first = placed.findLastIndex(({ entry }) => {
    count += entry.kind === 'user' ? 1 : (entry.nudge === undefined ? 1 : 2) + entry.calls.length
    return count >= limit
  })
  return placed.slice(Math.max(0, first))
}
