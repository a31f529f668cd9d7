import type { Vote } from '@fairlead/contract/call/call'
import type { Effect } from '@fairlead/contract/effect/effect'
import { and, asc, eq, inArray } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import type { ShownApproval } from '../event-log/record/shown-approval.ts'
import { approvals, votes } from './approval.table.ts'
import { wireEffect } from './wire-effect.ts'

export type ApprovalRow = typeof approvals.$inferSelect
export type VoteRow = typeof votes.$inferSelect

export type ApprovalOfCall = ShownApproval & { created_at: Date }

/** The approval of each call at the given revision; calls without one are left out. */
export async function readApprovals(
  db: Db,
  calls: readonly { call_id: string; revision: number }[],
): Promise<Map<string, ApprovalOfCall>> {
  if (calls.length === 0) return new Map()
  const ids = calls.map(({ call_id }) => call_id)
  const rows = await db.select().from(approvals).where(inArray(approvals.call_id, ids))
  const cast = await db.select().from(votes).where(inArray(votes.call_id, ids)).orderBy(asc(votes.created_at))
  const found = calls.flatMap(({ call_id, revision }) => {
    const row = rows.find((candidate) => candidate.call_id === call_id && candidate.revision === revision)
    return row === undefined ? [] : ([[call_id, approvalOfCall(row, cast)]] as const)
  })
  return new Map(found)
}

export async function readApproval(db: Db, callId: string, revision: number): Promise<ApprovalRow | undefined> {
  const [row] = await db
    .select()
    .from(approvals)
    .where(and(eq(approvals.call_id, callId), eq(approvals.revision, revision)))
  return row
}

export function readVotes(db: Db, callId: string, revision: number): Promise<VoteRow[]> {
  return db
    .select()
    .from(votes)
    .where(and(eq(votes.call_id, callId), eq(votes.revision, revision)))
    .orderBy(asc(votes.created_at))
}

/** Effects as they were shown, by revision: for the events that were sent of them. */
export async function readEffects(
  db: Db,
  callIds: readonly string[],
): Promise<(callId: string, revision: number) => Effect> {
  const rows =
    callIds.length === 0
      ? []
      : await db
          .select()
          .from(approvals)
          .where(inArray(approvals.call_id, [...callIds]))
  return (callId, revision) => {
    const effect = rows.find((row) => row.call_id === callId && row.revision === revision)?.effect
    if (!effect) throw new Error(`Revision ${revision} of call ${callId} has no effect in the record`)
    return wireEffect(effect)
  }
}

/** Approving votes as the wire shows them. */
export function shownVotes(cast: readonly VoteRow[]): Vote[] {
  return cast
    .filter(({ approve }) => approve)
    .map(({ email, created_at }) => ({ by: email, at: created_at.toISOString() }))
}

function approvalOfCall(row: ApprovalRow, cast: readonly VoteRow[]): ApprovalOfCall {
  const own = cast.filter(({ call_id, revision }) => call_id === row.call_id && revision === row.revision)
  return {
    revision: row.revision,
    effect: row.effect && wireEffect(row.effect),
    effect_digest: row.effect_digest,
    expires_at: row.expires_at?.toISOString() ?? null,
    required: row.required,
    votes: shownVotes(own),
    policies: row.policies,
    taint: row.taint,
    decided_by: row.decided_by,
    decided_at: row.decided_at?.toISOString() ?? null,
    reason: row.reason,
    created_at: row.created_at,
  }
}
