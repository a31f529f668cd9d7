import type { GrantClaims } from '@fairlead/contract/call/grant'
import type { ObjectOutcome } from '@fairlead/contract/effect/effect'
import { type AnyColumn, and, asc, eq, inArray, isNull, ne, sql } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { type CallRow, readCalls } from '../../event-log/record/calls.ts'
import { type attemptOutcomes, attempts } from './attempt.table.ts'

export type AttemptRow = typeof attempts.$inferSelect

export type NewAttempt = {
  call_id: string
  revision: number
  run_id: string
  engine: string
  epoch: number
  grant: GrantClaims
}

/** Durable before the grant leaves the engine: in the same transaction as the audit event. */
export async function insertAttempt(tx: Db, attempt: NewAttempt): Promise<void> {
  await tx.insert(attempts).values({ id: attempt.grant.jti, ...attempt })
}

/** The attempt goes on under another grant; the audit has both. False when it has ended. */
export async function renewAttempt(tx: Db, attemptId: string, grant: GrantClaims): Promise<boolean> {
  const renewed = await tx
    .update(attempts)
    .set({ grant })
    .where(and(eq(attempts.id, attemptId), isNull(attempts.ended_at)))
    .returning({ id: attempts.id })
  return renewed.length > 0
}

export async function endAttempt(
  tx: Db,
  attemptId: string,
  end: { outcome: (typeof attemptOutcomes)[number]; objects?: ObjectOutcome[]; recovered?: boolean },
): Promise<void> {
  await tx
    .update(attempts)
    .set({ ...end, ended_at: new Date() })
    .where(and(eq(attempts.id, attemptId), isNull(attempts.ended_at)))
}

/** Attempts of these runs whose outcome is not known yet, oldest first. */
export async function readOpenAttempts(db: Db, runIds: readonly string[]): Promise<AttemptRow[]> {
  if (runIds.length === 0) return []
  return await db
    .select()
    .from(attempts)
    .where(and(inArray(attempts.run_id, [...runIds]), isNull(attempts.ended_at)))
    .orderBy(asc(attempts.started_at))
}

/** Ids of the runs that have an attempt whose outcome is not known yet, as a subquery. */
export const runsWithOpenAttempts = (db: Db) =>
  db.select({ id: attempts.run_id }).from(attempts).where(isNull(attempts.ended_at))

/** Whether the run of a row has an attempt whose outcome is not known yet, as a condition. */
export const hasOpenAttempt = (runId: AnyColumn) =>
  sql`exists (select 1 from ${attempts} where ${attempts.run_id} = ${runId} and ${attempts.ended_at} is null)`

export async function removeAttempts(tx: Db, runIds: readonly string[]): Promise<void> {
  await tx.delete(attempts).where(inArray(attempts.run_id, [...runIds]))
}

/** Which of these calls another run is carrying out: a stop ended its stream, but not the write that was under way. */
export async function calledByOthers(db: Db, callIds: readonly string[], runId: string): Promise<Set<string>> {
  if (callIds.length === 0) return new Set()
  const rows = await db
    .select({ call_id: attempts.call_id })
    .from(attempts)
    .where(and(inArray(attempts.call_id, [...callIds]), ne(attempts.run_id, runId), isNull(attempts.ended_at)))
  return new Set(rows.map(({ call_id }) => call_id))
}

/** Calls of a run that are done, at least in part, but were not read back. */
export async function readUnverified(db: Db, runId: string): Promise<CallRow[]> {
  const ended = await db
    .selectDistinct({ call_id: attempts.call_id })
    .from(attempts)
    .where(and(eq(attempts.run_id, runId), inArray(attempts.outcome, ['succeeded', 'failed'])))
  const calls = await readCalls(
    db,
    ended.map(({ call_id }) => call_id),
  )
  return calls.filter(isUnverified)
}

export function isUnverified({ class: kind, status, objects, verdict }: CallRow): boolean {
  if (kind !== 'write' || verdict !== null) return false
  return status === 'completed' || (status === 'error' && hasSucceeded(objects))
}

export function hasSucceeded(objects: readonly ObjectOutcome[] | null | undefined): boolean {
  return objects?.some(({ outcome }) => outcome === 'succeeded') === true
}

/** Attempts of one revision of a call, oldest first. */
export function readAttempts(db: Db, callId: string, revision: number): Promise<AttemptRow[]> {
  return db
    .select()
    .from(attempts)
    .where(and(eq(attempts.call_id, callId), eq(attempts.revision, revision)))
    .orderBy(asc(attempts.started_at))
}
