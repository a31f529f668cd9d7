import type { TimelineMessage } from '@fairlead/contract/call/timeline'
import type { conversationEndpoints } from '@fairlead/contract/endpoints/conversations'
import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import { Refusal } from '@fairlead/contract/errors'
import { eq } from 'drizzle-orm'
import { readPeople } from '../auth/read-people.ts'
import type { Db } from '../db/database.ts'
import { readBlob } from '../event-log/record/blobs.ts'
import { hasBlob } from '../event-log/record/has-blob.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import type { Handlers } from '../http/handlers.ts'
import { conversations } from './conversation.table.ts'
import type { ConversationRow } from './conversation-rows.ts'
import { createConversation } from './create-conversation.ts'
import { deleteConversation } from './delete-conversation.ts'
import { findConversation } from './find-conversation.ts'
import { listConversations } from './list-conversations.ts'
import { offsetTime } from './offset-time.ts'

type ConversationEndpoints = keyof typeof conversationEndpoints

/** What the owner's own stream is told of. */
type News =
  | { type: 'conversation.created'; conversation_id: string; created_at: string }
  | { type: 'conversation.title.generated'; conversation_id: string; title: string }

export type ConversationPorts = {
  db: Db
  /** Without limit and cursor the whole. Throws Refusal `invalidCursor`. */
  readTimeline(
    db: Db,
    query: { conversationId: string; limit?: number; before?: string },
  ): Promise<{ messages: TimelineMessage[]; next_cursor: string | null; has_more: boolean }>
  activeRun(db: Db, conversationId: string): Promise<string | undefined>
  isAwaitingApproval(db: Db, conversationId: string): Promise<boolean>
  /** Resolves once no run of the conversation goes on. */
  stopRun(conversationId: string): Promise<void>
  /**
   * Ends what is left of the runs of a conversation that is deleted in that transaction. Returns the function that
   * publishes it, for after the commit.
   */
  removeRuns(tx: Db, conversation: ConversationRow): Promise<() => void>
  publish(userId: string, news: News): void
}

export function conversationHandlers(ports: ConversationPorts): Pick<Handlers<Endpoints>, ConversationEndpoints> {
  const { db } = ports
  return {
    createConversation: async ({ input, user, address }) => {
      const { id, created_at, isNew } = await createConversation(db, { wanted: input.conversation_id, user, address })
      if (isNew) {
        const news = { conversation_id: id, created_at: created_at.toISOString() }
        ports.publish(user.id, { type: 'conversation.created', ...news })
      }
      return { status: 'success', id, title: '', created_at: offsetTime(created_at) }
    },
    listConversations: ({ query, user }) => listConversations(db, { query, userId: user.id }),
    getConversation: ({ params, query, user }) => getConversation(ports, { id: params.id, query, user }),
    getBlob: async ({ params, user }) => {
      const { id } = await findConversation(db, params.id, user, 'notFound')
      const blob = (await hasBlob(db, id, params.sha256)) ? await readBlob(db, params.sha256) : undefined
      if (blob === undefined) throw new Refusal('notFound')
      return { contentType: blob.contentType, body: blob.body }
    },
    changeConversation: async ({ params, input, user }) => {
      const { messages_json, ...given } = input
      const { id, user_id } = await findConversation(db, params.id, user)
      if (messages_json !== undefined) throw new Refusal('messagesReadOnly')
      const [changed] = await db
        .update(conversations)
        .set({ ...given, updated_at: new Date() })
        .where(eq(conversations.id, id))
        .returning({ title: conversations.title, updated_at: conversations.updated_at })
      if (changed === undefined) throw new Refusal('conversationNotFound')
      if (given.title !== undefined) {
        const news = { conversation_id: id, title: changed.title ?? '' }
        ports.publish(user_id, { type: 'conversation.title.generated', ...news })
      }
      return { status: 'success', id, title: changed.title, updated_at: offsetTime(changed.updated_at) }
    },
    deleteConversation: async ({ params, user, address }) => {
      const conversation = await findConversation(db, params.id, user)
      await ports.stopRun(conversation.id)
      await deleteConversation(db, { conversation, user, address, removeRuns: ports.removeRuns })
      return { status: 'success', message: 'Conversation deleted successfully', id: conversation.id }
    },
  }
}

/** A conversation with its timeline: by pages where a limit or a cursor is given, else the whole. */
async function getConversation(
  ports: ConversationPorts,
  { query, user, ...wanted }: { id: string; query: { limit?: number; before?: string }; user: AuthenticatedUser },
) {
  const { db } = ports
  const { id, title, created_at, user_id } = await findConversation(db, wanted.id, user)
  const isPaged = query.limit !== undefined || query.before !== undefined
  const limit = query.limit === undefined || query.limit <= 0 ? 50 : Math.min(query.limit, 100)
  const [timeline, run, awaiting_approval, owner] = await Promise.all([
    ports.readTimeline(db, { conversationId: id, ...(isPaged && { limit, before: query.before }) }),
    ports.activeRun(db, id),
    ports.isAwaitingApproval(db, id),
    user_id === user.id ? undefined : personOf(db, user_id),
  ])
  const { messages, next_cursor, has_more } = timeline
  return {
    status: 'success' as const,
    exists: true as const,
    id,
    created_at: offsetTime(created_at),
    messages: messages.length === 0 && query.before === undefined ? null : messages,
    title,
    active_run_id: run ?? null,
    awaiting_approval,
    ...(owner !== undefined && { owner }),
    ...(isPaged && { pagination: { limit, next_cursor, has_more } }),
  }
}

async function personOf(db: Db, id: string): Promise<{ id: string; email: string; name: string }> {
  const person = (await readPeople(db, [id])).get(id)
  return { id, email: person?.email ?? '', name: person?.full_name ?? '' }
}
