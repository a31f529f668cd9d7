import { Refusal } from '@fairlead/contract/errors'
import { uuid } from '@fairlead/contract/ids'
import type { Db } from '../db/database.ts'
import { isOthers } from '../event-log/audit/read-audit.ts'
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
  return await find(db, id, { user, unknown, mayOthers: user.is_superuser })
}

/** The conversation, if the user may act in it: its owner alone. */
export async function findOwnConversation(
  db: Db,
  id: string,
  user: { id: string },
  unknown: Unknown = 'conversationNotFound',
): Promise<ConversationRow> {
  return await find(db, id, { user, unknown, mayOthers: false })
}

type Asking = { user: { id: string }; unknown: Unknown; mayOthers: boolean }

/** Existence and rights in one step: whose it is counts before what has become of it. */
async function find(db: Db, id: string, { user, unknown, mayOthers }: Asking): Promise<ConversationRow> {
  if (!uuid.safeParse(id).success) throw new Refusal(unknown)
  const conversation = await readConversation(db, id)
  const isTheirs =
    conversation === undefined
      ? await isOthers(db, { id, of: 'conversation_id', userId: user.id })
      : conversation.user_id !== user.id
  if (isTheirs && !mayOthers) throw new Refusal('notYourConversation')
  if (conversation === undefined) throw new Refusal(unknown)
  return conversation
}
