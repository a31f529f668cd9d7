import type { CallEnd } from '@fairlead/agent/ports'
import { newPosition, type Position } from '@fairlead/agent/position'
import type { Db } from '../../db/database.ts'
import { type CallRow, readCall } from '../../event-log/record/calls.ts'
import { readApproved } from '../attempt/approved-call.ts'
import { isUnverified, readAttempts, readOpenAttempts } from '../attempt/attempts.ts'
import type { HeldRun } from '../run-record.ts'
import type { RecoverAttempt } from './recover-attempt.ts'
import type { SendAttempt } from './send-attempt.ts'
import type { VerifyWrite } from './verify-write.ts'

const LOST = 'The engine that ran the call was lost.'

/** Takes up a write that an engine left under way, or left done and not verified. */
export type RecoverWrite = (call: CallRow, position: Position) => Promise<CallEnd>

type Ports = { db: Db; recover: RecoverAttempt; sendAttempt: SendAttempt; verify: VerifyWrite }

export function createRecoverWrite({ db, recover, sendAttempt, verify }: Ports): RecoverWrite {
  return async (call, position) => {
    const approved = await readApproved(db, call)
    if (isUnverified(call)) return await verify(approved, position)
    const attempts = await readAttempts(db, call.call_id, call.revision)
    const last = attempts.at(-1)
    if (last === undefined) throw new Error(`Call ${call.call_id} is under way without an attempt`)
    const sent = { attemptId: last.id, position, mayResend: attempts.length === 1, progress: '' }
    const settled = await recover(approved, sent, LOST)
    return 'end' in settled ? settled.end : await sendAttempt(approved, settled.sendNext)
  }
}

/**
 * Finds the outcome of the writes that an ended run has left open: a person had stopped it, and the engine that waited
 * for them is gone. Their outcome goes to the record alone; none is ever sent again. The writes of a run that is given up
 * get outcomes that are unknown, and nothing is read.
 */
export async function settleWrites(
  { db, recover, run }: { db: Db; recover: RecoverAttempt; run: HeldRun },
  { isGivenUp }: { isGivenUp: boolean },
): Promise<void> {
  const position = newPosition({ ...run, start_time: run.started_at.getTime() })
  for (const { id: attemptId, call_id } of await readOpenAttempts(db, [run.run_id])) {
    const call = await readCall(db, call_id)
    if (call === undefined) throw new Error(`Call ${call_id} is not in the record`)
    const sent = { attemptId, position, mayResend: false, progress: '', silent: true, isGivenUp }
    await recover(await readApproved(db, call), sent, LOST)
  }
}
