import type { CallStatus } from '@fairlead/contract/call/call'
import { storable } from '@fairlead/service-kit/storable'
import { and, asc, eq, inArray, isNull, lte, sql } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { toolCalls } from './tool-call.table.ts'

export type CallRow = typeof toolCalls.$inferSelect
export type NewCallRow = typeof toolCalls.$inferInsert

/** What a step of a call may set. */
type CallChanges = Partial<
  Pick<
    NewCallRow,
    | 'class'
    | 'revision'
    | 'outcome'
    | 'result'
    | 'error'
    | 'objects'
    | 'recovered'
    | 'verdict'
    | 'progress'
    | 'tool_message'
    | 'started_at'
    | 'ended_at'
  >
>

/** Statuses of a call that has not begun and may still be decided or closed. */
export const undecidedStatuses = ['pending', 'awaiting_approval'] as const satisfies readonly CallStatus[]
/** Statuses of a call that is not done. */
export const openStatuses = [
  'pending',
  'awaiting_approval',
  'approved',
  'executing',
] as const satisfies readonly CallStatus[]

export async function insertCalls(tx: Db, rows: readonly NewCallRow[]): Promise<void> {
  if (rows.length > 0) await tx.insert(toolCalls).values(rows.map(storable))
}

export async function readCall(db: Db, callId: string): Promise<CallRow | undefined> {
  const [row] = await db.select().from(toolCalls).where(eq(toolCalls.call_id, callId))
  return row
}

/**
 * The call, locked until the transaction ends. A transaction that changes a call and its approvals locks the call first,
 * so that two of them never wait for each other.
 */
export async function lockCall(tx: Db, callId: string): Promise<CallRow | undefined> {
  const [row] = await tx.select().from(toolCalls).where(eq(toolCalls.call_id, callId)).for('update')
  return row
}

export function isUndecided({ status }: Pick<CallRow, 'status'>): boolean {
  return undecidedStatuses.some((undecided) => undecided === status)
}

/** In the given order; calls that are not there are left out. */
export async function readCalls(db: Db, callIds: readonly string[]): Promise<CallRow[]> {
  if (callIds.length === 0) return []
  const rows = await db
    .select()
    .from(toolCalls)
    .where(inArray(toolCalls.call_id, [...callIds]))
  return callIds.flatMap((callId) => rows.filter((row) => row.call_id === callId))
}

/** All calls of the turn that a call belongs to, in the model's order; a call without a turn stands alone. */
export async function readTurnCalls(db: Db, call: Pick<CallRow, 'call_id' | 'turn_id'>): Promise<CallRow[]> {
  if (call.turn_id === null) return await readCalls(db, [call.call_id])
  return await db.select().from(toolCalls).where(eq(toolCalls.turn_id, call.turn_id)).orderBy(asc(toolCalls.ordinal))
}

const isOpenIn = (conversationId: string) =>
  and(eq(toolCalls.conversation_id, conversationId), inArray(toolCalls.status, [...openStatuses]))

/** Calls of a conversation that are not done, in the order in which they were proposed. */
export async function readOpenCalls(db: Db, conversationId: string): Promise<CallRow[]> {
  return await db
    .select()
    .from(toolCalls)
    .where(isOpenIn(conversationId))
    .orderBy(asc(toolCalls.created_at), asc(toolCalls.ordinal))
}

/** Calls of no conversation that are not done and older than this. */
export async function readOldOpenCalls(db: Db, { minutes }: { minutes: number }): Promise<CallRow[]> {
  return await db
    .select()
    .from(toolCalls)
    .where(
      and(
        isNull(toolCalls.conversation_id),
        inArray(toolCalls.status, [...openStatuses]),
        lte(toolCalls.created_at, sql`now() - make_interval(mins => ${minutes})`),
      ),
    )
}

/** Calls of an MCP server that nobody has decided yet. */
export async function readUndecidedOf(db: Db, server: string): Promise<CallRow[]> {
  const isUndecidedCall = inArray(toolCalls.status, [...undecidedStatuses])
  return await db
    .select()
    .from(toolCalls)
    .where(and(eq(toolCalls.server, server), isUndecidedCall))
}

/** Whether the conversation has one. */
export const hasOpenCalls = (conversationId: string) =>
  sql`exists (select 1 from ${toolCalls} where ${isOpenIn(conversationId)})`

/** Calls that were proposed as the undo of this one. */
export function readUndosOf(db: Db, callId: string): Promise<CallRow[]> {
  return db.select().from(toolCalls).where(eq(toolCalls.undoes, callId))
}

/** Whether a call of the conversation waits for a person. */
export async function isAwaitingApproval(db: Db, conversationId: string): Promise<boolean> {
  const [waiting] = await db
    .select({ call_id: toolCalls.call_id })
    .from(toolCalls)
    .where(and(eq(toolCalls.conversation_id, conversationId), eq(toolCalls.status, 'awaiting_approval')))
    .limit(1)
  return waiting !== undefined
}

/** Which of these ids this installation has ever used for a call. */
export async function usedCallIds(db: Db, callIds: readonly string[]): Promise<Set<string>> {
  if (callIds.length === 0) return new Set()
  const rows = await db
    .select({ call_id: toolCalls.call_id })
    .from(toolCalls)
    .where(inArray(toolCalls.call_id, [...callIds]))
  return new Set(rows.map(({ call_id }) => call_id))
}

/**
 * Moves a call forward, if it still stands where the caller saw it. False means that somebody else was first: the
 * caller reads again.
 */
export async function advanceCall(
  tx: Db,
  callId: string,
  { from, to, ...changes }: { from: readonly CallStatus[]; to: CallStatus } & CallChanges,
): Promise<boolean> {
  const moved = await tx
    .update(toolCalls)
    .set(storable({ status: to, ...changes }))
    .where(and(eq(toolCalls.call_id, callId), inArray(toolCalls.status, [...from])))
    .returning({ call_id: toolCalls.call_id })
  return moved.length > 0
}

/** Sets what is known of a call later than its end: the verdict, and the message that tells the model of it. */
export async function completeCall(tx: Db, callId: string, changes: CallChanges): Promise<void> {
  await tx.update(toolCalls).set(storable(changes)).where(eq(toolCalls.call_id, callId))
}
