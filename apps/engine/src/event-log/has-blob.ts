import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { toolCalls } from './tool-call.table.ts'

/** Whether a call of the conversation refers to the body. */
export async function hasBlob(db: Db, conversationId: string, sha256: string): Promise<boolean> {
  const { result, progress, args } = toolCalls
  const found = await db
    .select({ id: toolCalls.call_id })
    .from(toolCalls)
    .where(
      and(
        eq(toolCalls.conversation_id, conversationId),
        sql`strpos(concat(${result}::text, ${progress}::text, ${args}::text), ${sha256}) > 0`,
      ),
    )
    .limit(1)
  return found.length > 0
}
