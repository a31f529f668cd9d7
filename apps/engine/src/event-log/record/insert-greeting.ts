import { randomUUID } from 'node:crypto'
import type { Db } from '../../db/database.ts'
import { insertRows } from '../../db/insert-rows.ts'
import { messages } from './message.table.ts'

const greeting = 'Ask me about your clusters, deployments and pipelines. Nothing changes before you approve it.'

export const GREETING_SEQUENCE = 1

/** The first row of every conversation; neither in the timeline nor sent to the model. */
export async function insertGreeting(tx: Db, conversationId: string): Promise<void> {
  const row = {
    id: randomUUID(),
    conversation_id: conversationId,
    role: 'system',
    sequence: GREETING_SEQUENCE,
    content: greeting,
  } as const
  await insertRows(tx, messages, [row])
}
