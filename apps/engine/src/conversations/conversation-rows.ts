import type { LoadedToolsets } from '@fairlead/agent/position'
import { and, eq, isNull, or } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { insertGreeting } from '../event-log/record/insert-greeting.ts'
import { ChangeObsolete } from '../event-log/run-log.ts'
import { conversations } from './conversation.table.ts'

export type ConversationRow = typeof conversations.$inferSelect

export async function readConversation(db: Db, id: string): Promise<ConversationRow | undefined> {
  const [row] = await db.select().from(conversations).where(eq(conversations.id, id))
  return row
}

/** A conversation under an id that was never used, in the transaction of the run that begins it. */
export async function insertConversation(
  tx: Db,
  { id, user }: { id: string; user: { id: string; email: string; address: string } },
): Promise<void> {
  const who = { actor: user.email, actor_ip: user.address, user_id: user.id, conversation_id: id }
  await tx.insert(conversations).values({ id, user_id: user.id, title: '' })
  await insertGreeting(tx, id)
  await recordAudit(tx, { ...who, type: 'conversation.created', data: {} })
}

/** A new message moves the conversation to the top of its owner's list. Throws when it is gone. */
export async function touchConversation(tx: Db, id: string): Promise<ConversationRow> {
  const [row] = await tx
    .update(conversations)
    .set({ updated_at: new Date() })
    .where(eq(conversations.id, id))
    .returning()
  if (row === undefined) throw new Error(`Conversation ${id} is gone`)
  return row
}

/** Toolsets live as long as the conversation. */
export async function saveToolsets(tx: Db, id: string, toolsets: LoadedToolsets): Promise<void> {
  await tx
    .update(conversations)
    .set({ toolsets: { ...toolsets } })
    .where(eq(conversations.id, id))
}

/** Gives a title to a conversation that has none. Throws `ChangeObsolete` when it has one. */
export async function setFirstTitle(tx: Db, id: string, title: string): Promise<void> {
  const titled = await tx
    .update(conversations)
    .set({ title })
    .where(and(eq(conversations.id, id), or(isNull(conversations.title), eq(conversations.title, ''))))
    .returning({ id: conversations.id })
  if (titled.length === 0) throw new ChangeObsolete()
}

export async function isTitlePending(db: Db, id: string): Promise<boolean> {
  const row = await readConversation(db, id)
  return row !== undefined && !row.title
}
