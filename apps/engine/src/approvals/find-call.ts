import { Refusal } from '@fairlead/contract/errors'
import type { Db } from '../db/database.ts'
import { isOthers } from '../event-log/audit/read-audit.ts'
import { type CallRow, readCall } from '../event-log/record/calls.ts'

/** Whose conversation a call stands in, and what was asked. */
export type CallOrigin = { user_id: string; request: string }

export type FindCallContext = {
  db: Db
  /** Undefined when the conversation has gone. */
  originOf(db: Db, call: CallRow): Promise<CallOrigin | undefined>
}

export type FoundCall = { call: CallRow; origin: CallOrigin }

/**
 * The call, if the user may see it: existence and rights in one step. Who may not is told the same, whatever has become
 * of it.
 */
export async function findCall(
  { db, originOf }: FindCallContext,
  callId: string,
  user: { id: string },
): Promise<FoundCall> {
  const call = await readCall(db, callId)
  const origin = call && (await originOf(db, call))
  const isTheirs =
    origin === undefined
      ? await isOthers(db, { id: callId, of: 'call_id', userId: user.id })
      : origin.user_id !== user.id
  if (isTheirs) {
    throw new Refusal('decisionNotAllowed', { reason: 'Only the person who asked may decide this call.' })
  }
  if (call === undefined || origin === undefined) throw new Refusal('toolCallNotFound')
  return { call, origin }
}
