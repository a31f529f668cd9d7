import { maskText } from '@fairlead/service-kit/redaction/mask'
import { and, desc, eq } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { messages } from './message.table.ts'

const LONGEST = 200

/** First line of what a user wrote, as approvers may see it. */
export function requestLine(content: string): string {
  const [line = ''] = content.trim().split('\n', 1)
  return maskText(line, 'read').slice(0, LONGEST)
}

/** The request that a conversation works on now. */
export async function readRequest(db: Db, conversationId: string): Promise<string> {
  const [last] = await db
    .select({ content: messages.content })
    .from(messages)
    .where(and(eq(messages.conversation_id, conversationId), eq(messages.role, 'user')))
    .orderBy(desc(messages.sequence))
    .limit(1)
  return requestLine(last?.content ?? '')
}
