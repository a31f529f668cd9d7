import { type ClosedCall, closeCalls } from '../approvals/close-approvals.ts'
import { removeVotes } from '../approvals/remove-votes.ts'
import { attemptEnded } from '../calls/attempt/approved-call.ts'
import { endAttempt, readOpenAttempts, removeAttempts } from '../calls/attempt/attempts.ts'
import { callEnded } from '../calls/call-ended.ts'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { readCalls, readOpenCalls } from '../event-log/record/calls.ts'
import { removeRunEvents } from '../event-log/record/remove-run-events.ts'
import { lockRuns } from './run-rows.ts'

type Owned = { id: string; user_id: string }

/**
 * Ends all runs of a conversation, in the transaction that deletes it, and removes the rows that would not go with it:
 * the audit alone is left. Returns the calls that nobody can decide any more.
 */
export async function removeRuns(tx: Db, conversation: Owned): Promise<ClosedCall[]> {
  const { id, user_id } = conversation
  // No step of theirs is under way from here on: no attempt is begun or ended beside this.
  const runs = await lockRuns(tx, id)
  await giveUpWrites(tx, id, runs)
  const why = 'the conversation was deleted'
  const closed = await closeCalls(tx, await readOpenCalls(tx, id), { why, userId: user_id })
  const ids = runs.map((run) => run.id)
  await removeVotes(tx, id)
  await removeRunEvents(tx, ids)
  await removeAttempts(tx, ids)
  return closed
}

const error = 'The conversation was deleted before the outcome was known. It may have taken effect.'

/**
 * Ends the writes that are under way, since nobody else may live to tell of them. An engine that still waits for an
 * outcome adds it to the audit when it comes.
 */
async function giveUpWrites(tx: Db, conversationId: string, runs: readonly Owned[]): Promise<void> {
  const open = await readOpenAttempts(
    tx,
    runs.map(({ id }) => id),
  )
  const calls = await readCalls(
    tx,
    open.map(({ call_id }) => call_id),
  )
  for (const { id, call_id, run_id } of open) {
    const call = calls.find((candidate) => candidate.call_id === call_id)
    const user_id = runs.find((run) => run.id === run_id)?.user_id
    if (call === undefined) throw new Error(`Call ${call_id} is not in the record`)
    await endAttempt(tx, id, { outcome: 'unknown' })
    const ends = [attemptEnded(call, id, 'unknown'), callEnded(call, { outcome: 'unknown', error })]
    await recordAudit(
      tx,
      ends.map((end) => ({ ...end, conversation_id: conversationId, run_id, user_id })),
    )
  }
}
