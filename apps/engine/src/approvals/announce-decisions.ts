import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { demand } from '../db/demand.ts'
import { prepared, type Slots } from '../db/prepared.ts'
import { approvals } from './approval.table.ts'
import type { ApprovalRow } from './read-approvals.ts'

/** Decided, or run out of time, and no stream has told of it yet. */
const isUntold = and(isNull(approvals.announced_at), inArray(approvals.status, ['approved', 'denied', 'expired']))

/** Decided questions of these calls that no stream has told of yet. */
export function readUnannounced(db: Db, callIds: readonly string[]): Promise<ApprovalRow[]> {
  if (callIds.length === 0) return Promise.resolve([])
  return db
    .select()
    .from(approvals)
    .where(and(inArray(approvals.call_id, [...callIds]), isUntold))
}

/** Decided questions of a conversation that no stream has told of yet. */
export function readUntold(db: Db, conversationId: string): Promise<ApprovalRow[]> {
  return untold(db, { conversationId })
}

const untold = prepared((db, of: Slots<{ conversationId: string }>) =>
  db
    .select()
    .from(approvals)
    .where(and(eq(approvals.conversation_id, of.conversationId), isUntold)),
)

/** Fails under that name when a stream has still to tell of a decision in this conversation. */
export async function demandAllTold(tx: Db, of: { conversationId: string; fault: string }): Promise<void> {
  await allTold(tx, of)
}

const allTold = prepared((tx, of: Slots<{ conversationId: string; fault: string }>) =>
  tx
    .select({ ok: demand(sql`count(*) = 0`, of.fault) })
    .from(approvals)
    .where(and(eq(approvals.conversation_id, of.conversationId), isUntold)),
)

/** Decisions that no run has taken up for so long: whoever took them died before it could wake one. */
export function readUnheeded(db: Db, seconds: number): Promise<{ conversation_id: string; user_id: string }[]> {
  return unheeded(db, { seconds })
}

const unheeded = prepared((db, of: Slots<{ seconds: number }>) =>
  db
    .selectDistinct({ conversation_id: approvals.conversation_id, user_id: approvals.user_id })
    .from(approvals)
    .where(
      and(
        isNull(approvals.announced_at),
        sql`${approvals.status} in ('approved', 'denied')`,
        sql`${approvals.decided_at} < now() - make_interval(secs => ${of.seconds})`,
      ),
    )
    .limit(50),
)

export async function markAnnounced(tx: Db, rows: readonly ApprovalRow[]): Promise<void> {
  for (const { call_id, revision } of rows) {
    await tx
      .update(approvals)
      .set({ announced_at: new Date() })
      .where(and(eq(approvals.call_id, call_id), eq(approvals.revision, revision)))
  }
}

/** The approval no longer holds: what would be done now is something else. */
export async function markStale(tx: Db, callId: string, revision: number): Promise<void> {
  await tx
    .update(approvals)
    .set({ status: 'stale' })
    .where(and(eq(approvals.call_id, callId), eq(approvals.revision, revision)))
}

/** Questions that still wait about these calls, dropped because a new effect takes their place. */
export async function dropQuestion(tx: Db, callId: string, revision: number): Promise<boolean> {
  const dropped = await tx
    .update(approvals)
    .set({ status: 'stale', announced_at: new Date() })
    .where(and(eq(approvals.call_id, callId), eq(approvals.revision, revision), eq(approvals.status, 'pending')))
    .returning({ call_id: approvals.call_id })
  return dropped.length > 0
}
