import { randomUUID } from 'node:crypto'
import { storable } from '@fairlead/service-kit/storable'
import { sql } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { rowsOf } from '../../db/rows.ts'
import type { RunIds } from '../tail/encode-event.ts'
import { messages, segments } from './message.table.ts'
import { type TurnUsage, turns } from './turn.table.ts'

/** Where the next segment of a conversation goes. */
export type MessagePlace = {
  /** The last message, when it is an assistant's; else a new one begins with the next segment. */
  assistantMessageId: string | undefined
  nextSegment: number
}

/** Behind a message of the user's. */
export const newMessagePlace: MessagePlace = { assistantMessageId: undefined, nextSegment: 1 }

/** Appends a user's message, with the run that answers it; its sequence follows the last one. */
export async function insertUserMessage(tx: Db, { run_id, conversation_id }: RunIds, content: string): Promise<string> {
  const id = randomUUID()
  await appendMessage(tx, { id, conversation_id, role: 'user', content: storable(content), metadata: { run_id } })
  return id
}

type Appended = {
  id: string
  conversation_id: string
  role: (typeof messages.$inferInsert)['role']
  content: string
  metadata: Record<string, unknown>
}

async function appendMessage(tx: Db, { metadata, ...message }: Appended): Promise<void> {
  await tx.insert(messages).values({
    ...message,
    message_metadata: metadata,
    sequence: sql`(
      select coalesce(max(m.sequence), 0) + 1 from messages m where m.conversation_id = ${message.conversation_id}
    )`,
  })
}

/** Two lookups by index, whatever the age of the conversation. */
export async function findPlace(db: Db, conversationId: string): Promise<MessagePlace> {
  type Found = { id: string; role: string; segment: number }
  const [found] = await rowsOf<Found>(
    db,
    sql`select m.id, m.role,
      coalesce((select max(s.ordinal) from segments s where s.message_id = m.id), 0)::int as segment
    from messages m where m.conversation_id = ${conversationId} order by m.sequence desc limit 1`,
  )
  if (found?.role !== 'assistant') return newMessagePlace
  return { assistantMessageId: found.id, nextSegment: found.segment + 1 }
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
  if (place.assistantMessageId === undefined) {
    await appendMessage(tx, {
      id: messageId,
      conversation_id: of.conversationId,
      role: 'assistant',
      content: '',
      metadata: { run_id: of.runId },
    })
  }
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

/** Its ordinal follows the last one. */
export async function insertTurn(tx: Db, turn: NewTurn): Promise<void> {
  await tx.insert(turns).values({
    ...storable(turn),
    ordinal: sql`(
      select coalesce(max(t.ordinal), 0) + 1 from turns t where t.conversation_id = ${turn.conversation_id}
    )`,
  })
}
