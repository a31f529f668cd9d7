import { eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import { conversations, deletedConversations } from './conversation.table.ts'
import type { ConversationRow } from './conversation-rows.ts'

type Deletion = {
  conversation: ConversationRow
  user: AuthenticatedUser
  address: string
  /** Returns the function that publishes what was removed, for after the commit. */
  removeRuns(tx: Db, conversation: ConversationRow): Promise<() => void>
}

/** Everything but the audit goes; the id is never used again. */
export async function deleteConversation(db: Db, { conversation, user, address, removeRuns }: Deletion): Promise<void> {
  const { id, user_id, title } = conversation
  const publish = await db.transaction(async (tx) => {
    const publish = await removeRuns(tx, conversation)
    const deleted = await tx.delete(conversations).where(eq(conversations.id, id)).returning({ id: conversations.id })
    if (deleted.length === 0) return undefined // somebody else was faster
    await tx.insert(deletedConversations).values({ id, user_id }).onConflictDoNothing()
    const who = { actor: user.email, actor_ip: address, user_id, conversation_id: id }
    await recordAudit(tx, { ...who, type: 'conversation.deleted', data: { title } })
    return publish
  })
  publish?.()
}
