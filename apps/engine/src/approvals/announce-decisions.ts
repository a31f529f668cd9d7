import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { approvals } from './approval.table.ts'
import type { ApprovalRow } from './read-approvals.ts'

/** Decided or expired, and not yet in the event stream of a run. */
const isUnannounced = and(isNull(approvals.announced_at), inArray(approvals.status, ['approved', 'denied', 'expired']))

/** Approvals of these calls that are decided or expired, and that no stream has announced. */
export async function readUnannounced(db: Db, callIds: readonly string[]): Promise<ApprovalRow[]> {
  if (callIds.length === 0) return []
  return await db
    .select()
    .from(approvals)
    .where(and(inArray(approvals.call_id, [...callIds]), isUnannounced))
}

/** The same for all approvals of a conversation. */
export async function readUnannouncedIn(db: Db, conversationId: string): Promise<ApprovalRow[]> {
  return await db
    .select()
    .from(approvals)
    .where(and(eq(approvals.conversation_id, conversationId), isUnannounced))
}

/** Whether the conversation has one. */
export const hasUnannounced = (conversationId: string) =>
  sql`exists (select 1 from ${approvals} where ${and(eq(approvals.conversation_id, conversationId), isUnannounced)})`

/** Decisions that no run took up for so many seconds: the engine that wrote them died before it could start one. */
export async function readStrandedDecisions(
  db: Db,
  seconds: number,
): Promise<{ conversation_id: string; user_id: string }[]> {
  const rows = await db
    .selectDistinct({ conversation_id: approvals.conversation_id, user_id: approvals.user_id })
    .from(approvals)
    .where(
      and(
        isNull(approvals.announced_at),
        inArray(approvals.status, ['approved', 'denied']),
        sql`${approvals.decided_at} < now() - make_interval(secs => ${seconds})`,
      ),
    )
    .limit(50)
  // A write of the engine's own has no run to take it up.
  return rows.flatMap(({ conversation_id, user_id }) =>
    conversation_id === null ? [] : [{ conversation_id, user_id }],
  )
}

export async function markAnnounced(tx: Db, rows: readonly ApprovalRow[]): Promise<void> {
  for (const { call_id, revision } of rows) {
    await tx
      .update(approvals)
      .set({ announced_at: new Date() })
      .where(and(eq(approvals.call_id, call_id), eq(approvals.revision, revision)))
  }
}

/** The approval no longer holds: the same call would now have another effect. */
export async function markStale(tx: Db, callId: string, revision: number): Promise<void> {
  await tx
    .update(approvals)
    .set({ status: 'stale' })
    .where(and(eq(approvals.call_id, callId), eq(approvals.revision, revision)))
}

/** Drops a pending approval because one for a new effect takes its place. False when it is no longer pending. */
export async function dropPendingApproval(tx: Db, callId: string, revision: number): Promise<boolean> {
  const dropped = await tx
    .update(approvals)
    .set({ status: 'stale', announced_at: new Date() })
    .where(and(eq(approvals.call_id, callId), eq(approvals.revision, revision), eq(approvals.status, 'pending')))
    .returning({ call_id: approvals.call_id })
  return dropped.length > 0
}
