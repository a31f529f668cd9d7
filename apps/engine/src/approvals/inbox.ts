import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { Refusal } from '@fairlead/contract/errors'
import { and, asc, eq, gt, or, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { storableTime } from '../db/storable-time.ts'
import { readCalls } from '../event-log/record/calls.ts'
import { approvals } from './approval.table.ts'
import { approvalItems, type People } from './approval-item.ts'

/** Questions without an end sort behind all others. */
const NEVER = 'infinity'

type Page = { items: ApprovalItem[]; next_cursor: string | null }

/** What the user may decide now, first what expires first. Throws `Refusal` `invalidCursor`. */
export async function readInbox(
  db: Db,
  { userId, viewOnly, limit, cursor }: { userId: string; viewOnly: boolean; limit: number; cursor?: string },
  people: People,
): Promise<Page> {
  if (viewOnly) return { items: [], next_cursor: null }
  const after = cursor === undefined ? undefined : parseCursor(cursor)
  const end = sql<Date>`coalesce(${approvals.expires_at}, 'infinity'::timestamptz)`
  const rows = await db
    .select()
    .from(approvals)
    .where(
      and(
        eq(approvals.user_id, userId),
        eq(approvals.status, 'pending'),
        or(sql`${approvals.expires_at} is null`, gt(approvals.expires_at, sql`now()`)),
        after && sql`(${end}, ${approvals.call_id}) > (${after.end}::timestamptz, ${after.callId})`,
      ),
    )
    .orderBy(asc(end), asc(approvals.call_id))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  const calls = await readCalls(
    db,
    page.map(({ call_id }) => call_id),
  )
  const sources = page.flatMap((row) => {
    const call = calls.find(({ call_id }) => call_id === row.call_id)
    return call === undefined ? [] : [{ call, user_id: row.user_id, request: row.request }]
  })
  const last = page.at(-1)
  const more = rows.length > limit && last !== undefined
  return {
    items: await approvalItems(db, sources, people),
    next_cursor: more ? `${last.expires_at?.toISOString() ?? NEVER}|${last.call_id}` : null,
  }
}

function parseCursor(cursor: string): { end: string; callId: string } {
  const [end = '', callId = '', ...rest] = cursor.split('|')
  const isTime = end === NEVER || storableTime(end) !== undefined
  if (!isTime || callId === '' || rest.length > 0) throw new Refusal('invalidCursor')
  return { end, callId }
}
