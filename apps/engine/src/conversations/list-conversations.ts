import type { listConversations as endpoint } from '@fairlead/contract/endpoints/conversations'
import type { OutputOf, QueryOf } from '@fairlead/contract/endpoints/define-endpoint'
import { Refusal } from '@fairlead/contract/errors'
import { and, desc, eq, ilike, lt, or, type SQL } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { storableTime } from '../db/storable-time.ts'
import { isUuid } from '../http/is-uuid.ts'
import { conversations } from './conversation.table.ts'
import { offsetTime } from './offset-time.ts'

/** One page of the user's own conversations, the last changed first. */
export async function listConversations(
  db: Db,
  { query, userId }: { query: QueryOf<typeof endpoint>; userId: string },
): Promise<OutputOf<typeof endpoint>> {
  const limit = query.limit <= 0 ? 20 : Math.min(query.limit, 50)
  const words = query.query?.trim() ?? ''
  const rows = await db
    .select({
      id: conversations.id,
      title: conversations.title,
      created_at: conversations.created_at,
      updated_at: conversations.updated_at,
    })
    .from(conversations)
    .where(
      and(
        eq(conversations.user_id, userId),
        words.length >= 2 ? ilike(conversations.title, `%${words.replace(/[\\%_]/g, '\\$&')}%`) : undefined,
        query.cursor ? await behind(db, query.cursor, userId) : undefined,
      ),
    )
    .orderBy(desc(conversations.updated_at), desc(conversations.id))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const has_more = rows.length > limit
  return {
    status: 'success',
    data: page.map((row) => ({
      ...row,
      created_at: offsetTime(row.created_at),
      updated_at: offsetTime(row.updated_at),
    })),
    pagination: { limit, next_cursor: has_more && last ? `${offsetTime(last.updated_at)}|${last.id}` : null, has_more },
  }
}

/** `<time>|<id>`, or a time or an id alone; a `+` that nobody encoded has become a space. */
async function behind(db: Db, cursor: string, userId: string): Promise<SQL | undefined> {
  const [first = '', second, ...rest] = cursor.split('|')
  if (rest.length > 0) throw new Refusal('invalidCursor')
  if (second === undefined && isUuid(first)) {
    const [row] = await db
      .select({ at: conversations.updated_at })
      .from(conversations)
      .where(and(eq(conversations.id, first), eq(conversations.user_id, userId)))
    if (row === undefined) throw new Refusal('invalidCursor')
    return olderThan(row.at, first)
  }
  const at = timeOf(first)
  if (second === undefined) return lt(conversations.updated_at, at)
  if (!isUuid(second)) throw new Refusal('invalidCursor')
  return olderThan(at, second)
}

function olderThan(at: Date, id: string): SQL | undefined {
  return or(lt(conversations.updated_at, at), and(eq(conversations.updated_at, at), lt(conversations.id, id)))
}

function timeOf(text: string): Date {
  const iso = text.replace(/ (?=\d\d:\d\d$)/, '+').replace(' ', 'T')
  const at = storableTime(iso)
  if (at === undefined) throw new Refusal('invalidCursor')
  return at
}
