import { randomUUID } from 'node:crypto'
import { storable } from '@fairlead/service-kit/storable'
import { sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { rowsOf } from '../db/rows.ts'
import { together } from '../db/together.ts'
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

function insertAssistantMessage(
  tx: Db,
  { id, conversationId, runId }: Record<'id' | 'conversationId' | 'runId', string>,
) {
  return tx
    .insert(messages)
    .values({ ...nextMessage(conversationId), id, role: 'assistant', content: '', message_metadata: { run_id: runId } })
    .execute() // begins at once: what stands on the message comes after it
}

function nextMessage(conversationId: string) {
  return {
    conversation_id: conversationId,
    sequence: sql`(select coalesce(max(m.sequence), 0) + 1 from messages m where m.conversation_id = ${conversationId})`,
  }
}

/** Three lookups by index, whatever the age of the conversation. */
export async function findPlace(db: Db, conversationId: string): Promise<MessagePlace> {
  type Found = { id: string | null; role: string | null; segment: number; turn: number }
  const [found] = await rowsOf<Found>(
    db,
    sql`select m.id, m.role,
      coalesce((select max(s.ordinal) from segments s where s.message_id = m.id), 0)::int as segment,
      coalesce((select max(t.ordinal) from turns t where t.conversation_id = ${conversationId}), 0)::int as turn
    from (select ${conversationId}::uuid as id) c
    left join lateral (select id, role from messages where conversation_id = c.id order by sequence desc limit 1) m on true`,
  )
  const { id = null, role = null, segment = 0, turn = 0 } = found ?? {}
  const nextTurn = turn + 1
  if (id === null || role !== 'assistant') return { assistantMessageId: undefined, nextSegment: 1, nextTurn }
  return { assistantMessageId: id, nextSegment: segment + 1, nextTurn }
}

export type NewSegment =
  | { kind: 'text'; text: string; event_id: number | undefined }
  | { kind: 'thinking'; text: string; duration_ms: number; event_id: number | undefined }
  | { kind: 'tool'; call_id: string }

/** Appends segments to the assistant message at that place, which is made, under `messageId`, if there is none. */
export async function insertSegments(
  tx: Db,
  place: MessagePlace,
  of: { conversationId: string; runId: string; segments: readonly NewSegment[]; messageId?: string },
): Promise<{ messageId: string; place: MessagePlace }> {
  const messageId = place.assistantMessageId ?? of.messageId ?? randomUUID()
  const rows = of.segments.map((segment, index) =>
    storable({
      ...segment,
      id: randomUUID(),
      message_id: messageId,
      run_id: of.runId,
      ordinal: place.nextSegment + index,
    }),
  )
  await together([
    place.assistantMessageId ??
      insertAssistantMessage(tx, { id: messageId, conversationId: of.conversationId, runId: of.runId }),
    rows.length > 0 ? tx.insert(segments).values(rows) : undefined,
  ])
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
