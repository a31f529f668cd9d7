import type { Position } from '@fairlead/agent/position'
import { and, asc, desc, eq, gte, inArray, isNotNull, lte, or, sql } from 'drizzle-orm'
import { hasOpenAttempt, runsWithOpenAttempts } from '../calls/attempt/attempts.ts'
import { LeaseLost } from '../calls/lease-lost.ts'
import type { Db } from '../db/database.ts'
import { rowsOf } from '../db/rows.ts'
import { ChangeObsolete } from '../event-log/run-log.ts'
import { type RunCause, type RunEnd, runs } from './run.table.ts'

export type RunRow = typeof runs.$inferSelect

/** A run that this engine holds; `epoch` fences every write. */
export type Claim = {
  run_id: string
  conversation_id: string
  user_id: string
  cause: RunCause
  epoch: number
  position: Position | null
  started_at: Date
  stop_requested: boolean
}

/** A run may be what its engines die of: so many of them, and it is ended. */
const MAX_TAKEOVERS = 3

const isUnheld = sql`(${runs.lease_until} is null or ${runs.lease_until} < now())`
const leaseEnd = (seconds: number) => sql`now() + make_interval(secs => ${seconds})`

export type NewRun = {
  id: string
  conversation_id: string
  user_id: string
  cause: RunCause
  engine: string
  leaseSeconds: number
  started_at: Date
}

/** Only one run of a conversation is active. */
export class RunActive extends Error {
  override readonly name = 'RunActive'
}

/** Starts a run that this engine holds at once. Throws `RunActive` when the conversation has an active run. */
export async function insertRun(tx: Db, { leaseSeconds, ...run }: NewRun): Promise<void> {
  const inserted = await tx
    .insert(runs)
    .values({ ...run, epoch: 1, lease_until: leaseEnd(leaseSeconds) })
    .onConflictDoNothing()
    .returning({ id: runs.id })
  if (inserted.length === 0) throw new RunActive()
}

/**
 * Takes a run over whose lease has run out or was given back; undefined when another engine was first. An ended run is
 * taken over for the writes that its engine was still waiting for.
 */
export async function claimRun(
  db: Db,
  runId: string,
  { engine, leaseSeconds, status = 'running' }: { engine: string; leaseSeconds: number; status?: RunRow['status'] },
): Promise<(Claim & { takeovers: number }) | undefined> {
  const [row] = await db
    .update(runs)
    .set({
      engine,
      epoch: sql`${runs.epoch} + 1`,
      lease_until: leaseEnd(leaseSeconds),
      // A run that was given back has no lease: its engine has not died.
      takeovers: sql`${runs.takeovers} + (${runs.lease_until} is not null)::int`,
    })
    .where(and(eq(runs.id, runId), eq(runs.status, status), isUnheld))
    .returning()
  return row && { ...claimOf(row), takeovers: row.takeovers }
}

export function claimOf(row: RunRow): Claim {
  return {
    run_id: row.id,
    conversation_id: row.conversation_id,
    user_id: row.user_id,
    cause: row.cause,
    epoch: row.epoch,
    position: (row.position ?? null) as Position | null,
    started_at: row.started_at,
    stop_requested: row.stop_requested_at !== null,
  }
}

/** Whether so many engines have died with this run that no further one works on it. */
export function isGivenUp({ takeovers = 0 }: { takeovers?: number }): boolean {
  return takeovers >= MAX_TAKEOVERS
}

/** Whether such a run could not be ended, either: an engine has tried, and lost it. */
export function hasFailedToEnd({ takeovers = 0 }: { takeovers?: number }): boolean {
  return takeovers > MAX_TAKEOVERS
}

/** Active runs without a valid lease. */
export async function readAbandonedRuns(db: Db): Promise<string[]> {
  const rows = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.status, 'running'), isUnheld))
    .limit(50)
  return rows.map(({ id }) => id)
}

/** Ended runs without a valid lease that have a write whose outcome is not known. */
export async function readUnsettledRuns(db: Db): Promise<string[]> {
  const rows = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(inArray(runs.id, runsWithOpenAttempts(db)), eq(runs.status, 'ended'), isUnheld))
    .limit(50)
  return rows.map(({ id }) => id)
}

type Held = Pick<Claim, 'run_id' | 'epoch'>
const isHeldBy = ({ run_id, epoch }: Held) => and(eq(runs.id, run_id), eq(runs.epoch, epoch))

/**
 * The fence in every transaction of a run, before its facts: writes the position, if one is given. Throws `LeaseLost`
 * when another engine holds the run.
 */
export async function holdRun(tx: Db, claim: Held, position?: Position): Promise<void> {
  const held =
    position === undefined
      ? await tx.select({ id: runs.id }).from(runs).where(isHeldBy(claim)).for('share')
      : await tx.update(runs).set({ position }).where(isHeldBy(claim)).returning({ id: runs.id })
  if (held.length === 0) throw new LeaseLost(`Run ${claim.run_id} is held by another engine`)
}

/** The same fence for a write for many runs: those of the claims that still hold, until the transaction ends. */
export async function heldAmong<Claimed extends Held>(tx: Db, claims: readonly Claimed[]): Promise<Claimed[]> {
  // By their ids alone, which the database plans sooner than ids with epochs.
  const rows = await tx
    .select({ id: runs.id, epoch: runs.epoch })
    .from(runs)
    .where(inArray(runs.id, [...new Set(claims.map(({ run_id }) => run_id))]))
    .orderBy(asc(runs.id))
    .for('share')
  // Another engine may have taken a run over, or this one from itself: only the latest claim holds.
  const epochs = new Map(rows.map(({ id, epoch }) => [id, epoch]))
  return claims.filter(({ run_id, epoch }) => epochs.get(run_id) === epoch)
}

/** A stop does not end a write that is under way: its run stays held until the outcome is known. */
const leaseBeyondEnd = sql`case when ${hasOpenAttempt(runs.id)} then ${runs.lease_until} end`

/**
 * Closes a run that is held, and is the fence of its transaction like `holdRun`. Throws `LeaseLost` when another engine
 * holds it, `ChangeObsolete` when it has ended or a person has meanwhile decided the call `waitsFor`: then the run goes on.
 */
export async function endRun(
  tx: Db,
  claim: Held,
  { end, error, waitsFor, at }: { end: RunEnd; error: string | null; waitsFor: string | undefined; at: Date },
): Promise<void> {
  const stillWaits =
    waitsFor === undefined
      ? undefined
      : sql`exists (select 1 from tool_calls c where c.call_id = ${waitsFor} and c.status = 'awaiting_approval')`
  const ended = await tx
    .update(runs)
    .set({
      status: 'ended',
      takeovers: 0,
      end_status: end,
      error,
      ended_at: at,
      lease_until: leaseBeyondEnd,
      position: null,
    })
    .where(and(isHeldBy(claim), eq(runs.status, 'running'), stillWaits))
    .returning({ id: runs.id })
  if (ended.length > 0) return
  await holdRun(tx, claim)
  throw new ChangeObsolete()
}

/** Renews the leases of the runs this engine works on; returns those it still holds. */
export async function renewLeases(
  db: Db,
  claims: readonly Claim[],
  { engine, leaseSeconds }: { engine: string; leaseSeconds: number },
): Promise<Set<string>> {
  if (claims.length === 0) return new Set()
  const rows = await db
    .update(runs)
    .set({ lease_until: leaseEnd(leaseSeconds) })
    .where(
      and(
        or(...claims.map(isHeldBy)),
        eq(runs.engine, engine),
        or(eq(runs.status, 'running'), isNotNull(runs.lease_until)),
      ),
    )
    .returning({ id: runs.id })
  return new Set(rows.map(({ id }) => id))
}

/** Which of these runs have not ended. */
export async function runningAmong(db: Db, runIds: readonly string[]): Promise<string[]> {
  if (runIds.length === 0) return []
  const rows = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(inArray(runs.id, [...runIds]), eq(runs.status, 'running')))
  return rows.map(({ id }) => id)
}

/** Gives the run back, so that another engine need not wait for the lease to run out. */
export async function releaseRun(db: Db, claim: Claim): Promise<void> {
  await db
    .update(runs)
    .set({ lease_until: null })
    .where(and(eq(runs.id, claim.run_id), eq(runs.epoch, claim.epoch), eq(runs.status, 'running')))
}

export async function readRun(db: Db, runId: string): Promise<RunRow | undefined> {
  const [row] = await db.select().from(runs).where(eq(runs.id, runId))
  return row
}

/** Runs of a conversation that were started in that time, oldest first. */
export function readRunsBetween(
  db: Db,
  { conversationId, from, to }: { conversationId: string; from: Date; to: Date | undefined },
): Promise<RunRow[]> {
  return db
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.conversation_id, conversationId),
        gte(runs.started_at, from),
        to === undefined ? undefined : lte(runs.started_at, to),
      ),
    )
    .orderBy(asc(runs.started_at), asc(runs.id))
}

export async function readActiveRun(db: Db, conversationId: string): Promise<RunRow | undefined> {
  const [row] = await db
    .select()
    .from(runs)
    .where(and(eq(runs.conversation_id, conversationId), eq(runs.status, 'running')))
  return row
}

/** All runs of a conversation, locked until the transaction ends: none of them takes another step meanwhile. */
export function lockRuns(tx: Db, conversationId: string): Promise<Pick<RunRow, 'id' | 'user_id'>[]> {
  return tx
    .select({ id: runs.id, user_id: runs.user_id })
    .from(runs)
    .where(eq(runs.conversation_id, conversationId))
    .orderBy(asc(runs.id))
    .for('update')
}

export async function readLastRun(db: Db, conversationId: string): Promise<RunRow | undefined> {
  const [row] = await db
    .select()
    .from(runs)
    .where(eq(runs.conversation_id, conversationId))
    .orderBy(desc(runs.started_at), desc(runs.id))
    .limit(1)
  return row
}

/** The request stands in the row, so that a take-over sees it too. False when the run has ended. */
export async function requestStop(db: Db, runId: string): Promise<boolean> {
  const rows = await db
    .update(runs)
    .set({ stop_requested_at: sql`coalesce(${runs.stop_requested_at}, now())` })
    .where(and(eq(runs.id, runId), eq(runs.status, 'running')))
    .returning({ id: runs.id })
  return rows.length > 0
}

/** Runs of this engine that a person wants to stop. */
export async function readStopRequests(db: Db, engine: string): Promise<string[]> {
  const rows = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.status, 'running'), eq(runs.engine, engine), isNotNull(runs.stop_requested_at)))
  return rows.map(({ id }) => id)
}

/** The newest event of a run in its record; 0 for none. */
export async function lastRecordedEventId(db: Db, runId: string): Promise<number> {
  const [row] = await rowsOf<{ id: number }>(
    db,
    sql`select greatest(
      (select coalesce(max(id), 0) from run_events where run_id = ${runId}),
      (select coalesce(max(event_id), 0) from run_text where run_id = ${runId}),
      (select coalesce(max(event_id), 0) from segments where run_id = ${runId}))::float8 as id`,
  )
  return row?.id ?? 0
}
