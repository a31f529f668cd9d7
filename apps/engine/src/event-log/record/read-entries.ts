import type { RecordedCall, RecordedEntry, RecordedTurn } from '@fairlead/agent/transcript'
import { and, asc, desc, eq, gte, inArray, isNull, or, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/pg-core'
import type { Db } from '../../db/database.ts'
import { messages } from './message.table.ts'
import { toolCalls } from './tool-call.table.ts'
import { turns } from './turn.table.ts'

/** An entry and its place: the sequence of its message, then the time within it. */
type Placed = { sequence: number; at: Date; entry: RecordedEntry }

export type RecentEntries = {
  /** Oldest first: at least `limit` messages of the model's, or all there are. */
  entries: RecordedEntry[]
  /** Content of the first user message, when the entries do not reach back to it. */
  first: string | undefined
}

/**
 * The newest entries of a conversation for the model. The cost depends on the limit, never on the age of the
 * conversation.
 */
export async function readEntries(db: Db, conversationId: string, limit: number): Promise<RecentEntries> {
  const newest = await readNewestWords(db, conversationId, limit)
  const calls = await readCallsAround(db, conversationId, newest)
  const ordered = newest.toSorted(
    (one, other) => one.sequence - other.sequence || (one.ordinal ?? 0) - (other.ordinal ?? 0),
  )
  const opening = await readOpening(db, conversationId)
  const placed: Placed[] = []
  for (const row of ordered) {
    placed.push({ sequence: row.sequence, at: row.created_at, entry: wordsEntry(row, calls) })
  }
  for (const call of calls) {
    if (call.turn_id !== null) continue
    placed.push({ sequence: call.sequence, at: call.created_at, entry: proposedWithoutModel(call) })
  }
  // Stable: turns of one message keep the order of their ordinals, even within a millisecond.
  placed.sort((one, other) => one.sequence - other.sequence || one.at.getTime() - other.at.getTime())
  const entries = newestWithin(placed, limit)
  const reachesBack = opening === undefined || entries.some(({ sequence }) => sequence === opening.sequence)
  return { entries: entries.map(({ entry }) => entry), first: reachesBack ? undefined : opening.content }
}

const isUserMessageOf = (conversationId: string) =>
  and(eq(messages.conversation_id, conversationId), eq(messages.role, 'user'))

// Read at the beginning of every turn, and most of its rows: no column more than is needed.
const turnColumns = {
  sequence: messages.sequence,
  /** Null for a user's message. */
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
type WordsRow = Awaited<ReturnType<typeof readNewestWords>>[number]

/** The newest messages of users and turns of the model: an entry is a message or more, so there are enough of them. */
async function readNewestWords(db: Db, conversationId: string, limit: number) {
  return await unionAll(
    db
      .select(turnColumns)
      .from(turns)
      .innerJoin(messages, eq(messages.id, turns.message_id))
      .where(eq(turns.conversation_id, conversationId))
      .orderBy(desc(turns.ordinal))
      .limit(limit),
    db
      .select(userColumns)
      .from(messages)
      .where(isUserMessageOf(conversationId))
      .orderBy(desc(messages.sequence))
      .limit(limit),
  )
    .orderBy(desc(sql`sequence`), desc(sql`ordinal`))
    .limit(limit)
}

/** The first message of the user. */
async function readOpening(db: Db, conversationId: string) {
  const [opening] = await db
    .select({ sequence: messages.sequence, content: messages.content })
    .from(messages)
    .where(isUserMessageOf(conversationId))
    .orderBy(asc(messages.sequence))
    .limit(1)
  return opening
}

type CallRow = Awaited<ReturnType<typeof readCallsAround>>[number]

/** Calls of these turns, and calls that were proposed without the model since the oldest row. */
async function readCallsAround(db: Db, conversationId: string, rows: readonly WordsRow[]) {
  const turnIds = rows.filter(({ ordinal }) => ordinal !== null).map(({ id }) => id)
  if (turnIds.length === 0) return []
  const since = new Date(Math.min(...rows.map(({ created_at }) => created_at.getTime())))
  const isWithoutModel = and(
    eq(toolCalls.conversation_id, conversationId),
    isNull(toolCalls.turn_id),
    gte(toolCalls.created_at, since),
  )
  return await db
    .select({
      turn_id: toolCalls.turn_id,
      sequence: messages.sequence,
      created_at: toolCalls.created_at,
      call_id: toolCalls.call_id,
      provider_id: toolCalls.provider_id,
      tool: toolCalls.tool,
      args: toolCalls.args,
      message: toolCalls.tool_message,
    })
    .from(toolCalls)
    .innerJoin(messages, eq(messages.id, toolCalls.message_id))
    .where(or(inArray(toolCalls.turn_id, turnIds), isWithoutModel))
    .orderBy(asc(toolCalls.created_at), asc(toolCalls.ordinal))
}

function wordsEntry(
  { id, ordinal, provider, content, reasoning, body, nudge }: WordsRow,
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

/** An undo: the model reads it like a call of its own. It has no provider, so no provider's signatures are expected. */
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
