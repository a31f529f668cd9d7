import { readApproval } from '../../approvals/read-approvals.ts'
import type { Db } from '../../db/database.ts'
import { type CallRow, lockCall, readOldOpenCalls } from '../../event-log/record/calls.ts'
import { attemptEnded } from '../attempt/approved-call.ts'
import { endAttempt, readOpenAttempts } from '../attempt/attempts.ts'
import { createEndCall } from '../end-call.ts'
import { ownPosition, ownRecord } from './own-record.ts'

/** No write of the engine's own takes so long. */
const LOST_AFTER_MINUTES = 15

/**
 * Ends the writes of the engine's own whose engine was lost: nobody waits for them any more, and none is sent again. What
 * may have been sent is `unknown`.
 */
export async function endLostWrites(db: Db): Promise<void> {
  const lost = await readOldOpenCalls(db, { minutes: LOST_AFTER_MINUTES })
  for (const call of lost) await endLost(db, call)
}

async function endLost(db: Db, call: CallRow): Promise<void> {
  const { call_id, revision, run_id } = call
  const own = { user_id: (await readApproval(db, call_id, revision))?.user_id, run_id }
  const endCall = createEndCall({ db, record: ownRecord(db, own), toolResultMaxChars: 0 })
  const [attempt] = await readOpenAttempts(db, [run_id])
  await endCall({
    call,
    position: ownPosition(own),
    unless: async (tx) => (await lockCall(tx, call_id))?.status !== call.status,
    ...(attempt === undefined
      ? { end: { outcome: 'failed', error: 'The engine was lost before it sent the write. Nothing was written.' } }
      : {
          end: { outcome: 'unknown', error: 'The engine was lost while it wrote. It may have taken effect.' },
          facts: (tx) => endAttempt(tx, attempt.id, { outcome: 'unknown' }),
          audit: attemptEnded(call, attempt.id, 'unknown'),
        }),
  })
}
