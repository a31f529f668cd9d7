import { and, eq, isNull, or, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { isDemandOf } from '../db/demand.ts'
import { insertRows } from '../db/insert-rows.ts'
import { prepared, preparedDemand, type Slots } from '../db/prepared.ts'
import { together } from '../db/together.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { insertGreeting } from '../event-log/record/insert-greeting.ts'
import { Undone } from '../event-log/run-log.ts'
import { conversations } from './conversation.table.ts'

export type ConversationRow = typeof conversations.$inferSelect

const conversationById = prepared((db, of: Slots<{ id: string }>) =>
  db.select().from(conversations).where(eq(conversations.id, of.id)),
)

export async function readConversation(db: Db, id: string): Promise<ConversationRow | undefined> {
  const [row] = await conversationById(db, { id })
  return row
}

/** A conversation under an id that was never used, in the transaction of the run that begins it. */
export async function insertConversation(
  tx: Db,
  { id, user }: { id: string; user: { id: string; email: string; address: string } },
): Promise<void> {
  const who = { actor: user.email, actor_ip: user.address, user_id: user.id, conversation_id: id }
  await together([
    insertRows(tx, conversations, [{ id, user_id: user.id, title: '' }]), // first of them all
    insertGreeting(tx, id),
    recordAudit(tx, { ...who, type: 'conversation.created', data: {} }),
  ])
}

const touched = prepared((tx, of: Slots<{ id: string; at: Date }>) =>
  tx
    .update(conversations)
    .set({ updated_at: sql`${sql.param(of.at, conversations.updated_at)}` })
    .where(eq(conversations.id, of.id))
    .returning(),
)

/** Something was said in it: it moves to the top of its owner's list. Undefined when it is gone. */
export async function touchConversation(tx: Db, id: string): Promise<ConversationRow | undefined> {
  const [row] = await touched(tx, { id, at: new Date() })
  return row
}

type OwnTouch = { id: string; userId: string; at: Date; fault: string }

const ownTouched = preparedDemand(
  ({ fault }: OwnTouch) => fault,
  (tx, of: Slots<OwnTouch>) =>
    tx
      .update(conversations)
      .set({ updated_at: sql`${sql.param(of.at, conversations.updated_at)}` })
      .where(and(eq(conversations.id, of.id), eq(conversations.user_id, of.userId)))
      .returning({ title: conversations.title, toolsets: conversations.toolsets }),
)

/** The same, failing under that name when it is not this user's. */
export function touchOwnConversation(
  tx: Db,
  of: { id: string; userId: string; fault: string },
): Promise<Pick<ConversationRow, 'title' | 'toolsets'>> {
  return ownTouched(tx, { ...of, at: new Date() })
}

/** Toolsets live as long as the conversation. */
export async function saveToolsets(tx: Db, id: string, toolsets: Readonly<Record<string, boolean>>): Promise<void> {
  await tx
    .update(conversations)
    .set({ toolsets: { ...toolsets } })
    .where(eq(conversations.id, id))
}

const HAS_TITLE = 'the conversation has a title'

/** Gives a title to a conversation that has none, asked at once. Throws `Undone` when somebody was first. */
export async function setFirstTitle(tx: Db, id: string, title: string): Promise<void> {
  try {
    await firstTitle(tx, { id, title })
  } catch (error) {
    throw isDemandOf(error, HAS_TITLE) ? new Undone() : error
  }
}

const firstTitle = preparedDemand(HAS_TITLE, (tx, of: Slots<{ id: string; title: string }>) =>
  tx
    .update(conversations)
    .set({ title: sql`${of.title}` })
    .where(and(eq(conversations.id, of.id), or(isNull(conversations.title), eq(conversations.title, ''))))
    .returning({ id: conversations.id }),
)

export async function isTitlePending(db: Db, id: string): Promise<boolean> {
  const row = await readConversation(db, id)
  return row !== undefined && !row.title
}
