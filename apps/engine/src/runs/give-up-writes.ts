import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { readCalls } from '../event-log/calls.ts'
import { attemptEnded } from './approved-call.ts'
import { endAttempt, readOpenAttempts } from './attempts.ts'
import { callEnded } from './call-ended.ts'
import { lockRuns } from './run-rows.ts'

const error = 'The conversation was deleted before the outcome was known. It may have taken effect.'

/**
 * Ends the writes that are under way in a conversation, in the transaction that deletes it: the audit alone is left, and
 * nobody else may live to tell it. An engine that still waits for an outcome adds it to the audit when it comes.
 */
export async function giveUpWrites(tx: Db, conversationId: string): Promise<void> {
  // No step of theirs is under way from here on: no attempt is begun or ended beside this.
  const runs = await lockRuns(tx, conversationId)
  const attempts = await readOpenAttempts(
    tx,
    runs.map(({ id }) => id),
  )
  const calls = await readCalls(
    tx,
    attempts.map(({ call_id }) => call_id),
  )
  for (const { id, call_id, run_id } of attempts) {
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
