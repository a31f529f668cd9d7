import { randomUUID } from 'node:crypto'
import type { Db } from '../../db/database.ts'
import { messages } from './message.table.ts'

const greeting = 'Ask me about your clusters, deployments and pipelines. Nothing changes before you approve it.'

/** The first row of every conversation; neither in the timeline nor sent to the model. */
export async function insertGreeting(tx: Db, conversationId: string): Promise<void> {
  await tx.insert(messages).values({
    id: randomUUID(),
    conversation_id: conversationId,
    role: 'system',
    sequence: 1,
    content: greeting,
  })
}
