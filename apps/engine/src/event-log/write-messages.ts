import { randomUUID } from 'node:crypto'
import { storable } from '@fairlead/service-kit/storable'
import { desc, eq, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import type { RunIds } from './encode-event.ts'
import { messages, segments } from './message.table.ts'
import { type TurnUsage, turns } from './turn.table.ts'

/** Where the next segment and turn of a conversation go. */
export type MessagePlace = {
  /** The last message, when it is an assistant's; else a new one begins with the next segment. */
  assistantMessageId: string | undefined
  nextSegment: number
  nextTurn: number
}

/** Appends a user's message, with the run that answers it; its sequence follows the last one. */
export async function insertUserMessage(tx: Db, { run_id, conversation_id }: RunIds, content: string): Promise<string> {
  const id = randomUUID()
  await tx.insert(messages).values({
    ...nextMessage(conversation_id),
    id,
    role: 'user',
    content: storable(content),
    message_metadata: { run_id },
  })
  return id
}

async function insertAssistantMessage(tx: Db, conversationId: string, runId: string): Promise<string> {
  const id = randomUUID()
  await tx
    .insert(messages)
    .values({ ...nextMessage(conversationId), id, role: 'assistant', content: '', message_metadata: { run_id: runId } })
  return id
}

function nextMessage(conversationId: string) {
  return {
    conversation_id: conversationId,
    sequence: sql`(select coalesce(max(m.sequence), 0) + 1 from messages m where m.conversation_id = ${conversationId})`,
  }
}

/** Three lookups by index, whatever the age of the conversation. */
export async function findPlace(db: Db, conversationId: string): Promise<MessagePlace> {
  const [last] = await db
    .select({ id: messages.id, role: messages.role })
    .from(messages)
    .where(eq(messages.conversation_id, conversationId))
    .orderBy(desc(messages.sequence))
    .limit(1)
  const [turn] = await db
    .select({ ordinal: turns.ordinal })
    .from(turns)
    .where(eq(turns.conversation_id, conversationId))
    .orderBy(desc(turns.ordinal))
    .limit(1)
  const nextTurn = (turn?.ordinal ?? 0) + 1
  if (last?.role !== 'assistant') return { assistantMessageId: undefined, nextSegment: 1, nextTurn }
  const [segment] = await db
    .select({ ordinal: segments.ordinal })
    .from(segments)
    .where(eq(segments.message_id, last.id))
    .orderBy(desc(segments.ordinal))
    .limit(1)
  return { assistantMessageId: last.id, nextSegment: (segment?.ordinal ?? 0) + 1, nextTurn }
}

export type NewSegment =
  | { kind: 'text'; text: string; event_id: number | undefined }
  | { kind: 'thinking'; text: string; duration_ms: number; event_id: number | undefined }
  | { kind: 'tool'; call_id: string }

/** Appends segments to the assistant message at that place, which is made if there is none. */
export async function insertSegments(
  tx: Db,
  place: MessagePlace,
  of: { conversationId: string; runId: string; segments: readonly NewSegment[] },
): Promise<{ messageId: string; place: MessagePlace }> {
  const messageId = place.assistantMessageId ?? (await insertAssistantMessage(tx, of.conversationId, of.runId))
  const rows = of.segments.map((segment, index) =>
    storable({
      ...segment,
      id: randomUUID(),
      message_id: messageId,
      run_id: of.runId,
      ordinal: place.nextSegment + index,
    }),
  )
  if (rows.length > 0) await tx.insert(segments).values(rows)
  return {
    messageId,
    place: { ...place, assistantMessageId: messageId, nextSegment: place.nextSegment + rows.length },
  }
}

export type NewTurn = {
  id: string
  conversation_id: string
  message_id: string
  run_id: string
  ordinal: number
  provider: string
  model: string
  content: string
  reasoning: string
  body: unknown
  nudge: string | undefined
  usage: TurnUsage | undefined
  cost: number
  ttft_ms: number | undefined
}

export async function insertTurn(tx: Db, turn: NewTurn): Promise<void> {
  await tx.insert(turns).values(storable(turn))
}
