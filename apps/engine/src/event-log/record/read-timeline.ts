import type { TimelineMessage } from '@fairlead/contract/call/timeline'
import { Refusal } from '@fairlead/contract/errors'
import { and, asc, desc, eq, inArray, lte, ne } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { messages, runText, segments } from './message.table.ts'
import type { ShownApproval } from './shown-approval.ts'
import { CLOCKS_DIFFER_MS, type ShownRun, timelineOf } from './timeline.ts'
import { toolCalls } from './tool-call.table.ts'
import { turns } from './turn.table.ts'

/** What other rooms know of the record, handed in since their tables are their own. */
export type TimelineSources = {
  approvalsOf(
    db: Db,
    calls: readonly { call_id: string; revision: number }[],
  ): Promise<ReadonlyMap<string, ShownApproval>>
  /** Runs of a conversation that were started in that time, oldest first; without `to` up to now. */
  runsOf(db: Db, of: { conversationId: string; from: Date; to: Date | undefined }): Promise<readonly ShownRun[]>
}

export type TimelinePage = {
  /** Oldest first. */
  messages: TimelineMessage[]
  /** The size of the page; of a whole timeline the size that it was read by. */
  limit: number
  /** `before` of the page behind this one; null at the beginning. */
  next_cursor: string | null
  has_more: boolean
}

const PAGE = 50
const LARGEST_PAGE = 100

/**
 * The conversation as clients are shown it, derived from the record: a page of the newest messages before the cursor,
 * or everything when neither `limit` nor `before` is given. A page costs the same at any age of the conversation.
 * Throws the refusal `invalidCursor`.
 */
export async function readTimeline(
  db: Db,
  { conversationId, limit, before }: { conversationId: string; limit?: number; before?: string },
  sources: TimelineSources,
): Promise<TimelinePage> {
  const isWhole = limit === undefined && before === undefined
  const size = isWhole ? LARGEST_PAGE : Math.min(limit !== undefined && limit > 0 ? limit : PAGE, LARGEST_PAGE)
  let cursor = before === undefined ? undefined : parseCursor(before)
  // One snapshot: what moves from the words under way into segments meanwhile is neither missed nor shown twice.
  return await db.transaction(
    async (tx) => {
      const page = { conversationId, size }
      const newest = await readPage(tx, { ...page, cursor }, sources)
      const pages = [newest.messages]
      cursor = newest.next
      while (isWhole && cursor !== undefined) {
        const older = await readPage(tx, { ...page, cursor }, sources)
        pages.unshift(older.messages)
        cursor = older.next
      }
      const next_cursor = cursor === undefined ? null : String(cursor)
      return { messages: pages.flat(), limit: size, next_cursor, has_more: cursor !== undefined }
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}

/** A cursor is the sequence of the oldest message that the client has. */
function parseCursor(before: string): number {
  const sequence = /^\d{1,10}$/.test(before) ? Number(before) : Number.NaN
  if (!(sequence <= 2 ** 31 - 1)) throw new Refusal('invalidCursor')
  return sequence
}

async function readPage(
  tx: Db,
  { conversationId, size, cursor }: { conversationId: string; size: number; cursor: number | undefined },
  { approvalsOf, runsOf }: TimelineSources,
): Promise<{ messages: TimelineMessage[]; next: number | undefined }> {
  const own = and(eq(messages.conversation_id, conversationId), ne(messages.role, 'system'))
  // With the message of the cursor itself, whose time is where the page ends, and one more that tells of an older page.
  const found = await tx
    .select()
    .from(messages)
    .where(cursor === undefined ? own : and(own, lte(messages.sequence, cursor)))
    .orderBy(desc(messages.sequence))
    .limit(size + 2)
  const behind = cursor === undefined || found[0]?.sequence !== cursor ? undefined : found.shift()
  const page = found.slice(0, size).reverse()
  const [oldest] = page
  if (oldest === undefined) return { messages: [], next: undefined }
  const ids = page.map(({ id }) => id)
  const shown = await tx.select().from(segments).where(inArray(segments.message_id, ids)).orderBy(asc(segments.ordinal))
  const { message_id, run_id, model, usage, cost, ttft_ms } = turns
  const spoken = await tx
    .select({ message_id, run_id, model, usage, cost, ttft_ms })
    .from(turns)
    .where(inArray(turns.message_id, ids))
    .orderBy(asc(turns.ordinal))
  const calls = await tx.select().from(toolCalls).where(inArray(toolCalls.message_id, ids))
  const writes = calls.filter((call) => call.class === 'write')
  const runs = await runsOf(tx, {
    conversationId,
    from: new Date(oldest.created_at.getTime() - CLOCKS_DIFFER_MS),
    to: behind && new Date(behind.created_at.getTime() + CLOCKS_DIFFER_MS),
  })
  const running = runs.filter(({ ended_at }) => ended_at === null).map(({ id }) => id)
  return {
    messages: timelineOf({
      messages: page,
      endsAt: behind?.created_at,
      segments: shown,
      turns: spoken,
      calls,
      approvals: writes.length === 0 ? new Map() : await approvalsOf(tx, writes),
      runs,
      flushed: running.length === 0 ? [] : await readFlushed(tx, running),
    }),
    next: found.length > size ? oldest.sequence : undefined,
  }
}

function readFlushed(tx: Db, runIds: readonly string[]) {
  return tx
    .select()
    .from(runText)
    .where(inArray(runText.run_id, [...runIds]))
    .orderBy(asc(runText.n))
}
