import { randomUUID } from 'node:crypto'
import { Refusal } from '@fairlead/contract/errors'
import { uuid } from '@fairlead/contract/ids'
import { eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { insertGreeting } from '../event-log/record/insert-greeting.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import { conversations, deletedConversations } from './conversation.table.ts'

type Created = { id: string; created_at: Date; isNew: boolean }

/**
 * A conversation under the given id, or under a new one if that is no UUID. Its owner may repeat it; an id that is
 * somebody else's, or was ever deleted, names nothing new: what the model knew under it must not come back.
 */
export function createConversation(
  db: Db,
  { wanted, user, address }: { wanted: string | null | undefined; user: AuthenticatedUser; address: string },
): Promise<Created> {
  const id = wanted && uuid.safeParse(wanted).success ? wanted.toLowerCase() : randomUUID()
  return db.transaction(async (tx) => {
    const [created] = await tx
      .insert(conversations)
      .values({ id, user_id: user.id, title: '' })
      .onConflictDoNothing()
      .returning({ created_at: conversations.created_at })
    if (created === undefined) return existing(tx, id, user.id)
    // Looked up after the insert, which waits for a deletion under way.
    const deleted = await tx
      .select({ id: deletedConversations.id })
      .from(deletedConversations)
      .where(eq(deletedConversations.id, id))
    if (deleted.length > 0) throw new Refusal('conversationExists')
    await insertGreeting(tx, id)
    const who = { actor: user.email, actor_ip: address, user_id: user.id, conversation_id: id }
    await recordAudit(tx, { ...who, type: 'conversation.created', data: {} })
    return { id, created_at: created.created_at, isNew: true }
  })
}

async function existing(tx: Db, id: string, userId: string): Promise<Created> {
  const [found] = await tx.select().from(conversations).where(eq(conversations.id, id))
  if (found?.user_id !== userId) throw new Refusal('conversationExists')
  return { id, created_at: found.created_at, isNew: false }
}
