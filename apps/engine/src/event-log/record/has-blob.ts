import { and, eq, or, sql } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { toolCalls } from './tool-call.table.ts'

/**
 * Whether a call of the conversation holds the body: in its result or its output, where the engine put the digest when
 * it kept the body. A digest that stands in arguments or in a tool's text is somebody's word and no reference.
 */
export async function hasBlob(db: Db, conversationId: string, sha256: string): Promise<boolean> {
  const { result, progress } = toolCalls
  const found = await db
    .select({ id: toolCalls.call_id })
    .from(toolCalls)
    .where(
      and(
        eq(toolCalls.conversation_id, conversationId),
        or(
          sql`${result} @> ${JSON.stringify([{ blob: { sha256 } }])}::jsonb`,
          sql`${progress} @> ${JSON.stringify({ blob: { sha256 } })}::jsonb`,
        ),
      ),
    )
    .limit(1)
  return found.length > 0
}
