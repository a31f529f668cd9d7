import { Refusal } from '@fairlead/contract/errors'
import { uuid } from '@fairlead/contract/ids'
import type { Db } from '../db/database.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import { type ConversationRow, readConversation } from './conversation-rows.ts'

/** What an endpoint answers where there is no such conversation. */
type Unknown = 'conversationNotFound' | 'runNotFound' | 'notFound'

/** The conversation, if the user may read and tidy it: its owner or a superuser. */
export async function findConversation(
  db: Db,
  id: string,
  user: AuthenticatedUser,
  unknown: Unknown = 'conversationNotFound',
): Promise<ConversationRow> {
  const conversation = await findOwned(db, id, unknown)
  if (conversation.user_id !== user.id && !user.is_superuser) throw new Refusal('notYourConversation')
  return conversation
}

/** The conversation, if the user may act in it: its owner alone. */
export async function findOwnConversation(
  db: Db,
  id: string,
  user: { id: string },
  unknown: Unknown = 'conversationNotFound',
): Promise<ConversationRow> {
  const conversation = await findOwned(db, id, unknown)
  if (conversation.user_id !== user.id) throw new Refusal('notYourConversation')
  return conversation
}

async function findOwned(db: Db, id: string, unknown: Unknown): Promise<ConversationRow> {
  if (!uuid.safeParse(id).success) throw new Refusal(unknown)
  const conversation = await readConversation(db, id)
  if (conversation === undefined) throw new Refusal(unknown)
  return conversation
}
