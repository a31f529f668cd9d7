import { newPosition } from '@fairlead/agent/position'
import { readCall } from '../../event-log/record/calls.ts'
import { readApproved } from '../attempt/approved-call.ts'
import { readOpenAttempts } from '../attempt/attempts.ts'
import type { Execution } from '../execution.ts'
import { lookInto } from './execute-write.ts'

/**
 * Looks into the writes that an ended run has left without an outcome: a person had stopped it, and the engine that
 * waited for them is gone. Their outcome goes to the record alone; none is ever sent again. A run that is given up gets
 * outcomes that are unknown, without a look.
 */
export async function settleWrites(execution: Execution, { isGivenUp }: { isGivenUp: boolean }): Promise<void> {
  const { claim, context } = execution
  const position = newPosition({ ...claim, start_time: claim.started_at.getTime() })
  for (const { id: attemptId, call_id } of await readOpenAttempts(context.db, [claim.run_id])) {
    const call = await readCall(context.db, call_id)
    if (call === undefined) throw new Error(`Call ${call_id} is not in the record`)
    const approved = await readApproved(execution, call)
    const looking = { attemptId, position, mayResend: false, progress: '', silent: true, isGivenUp }
    await lookInto(execution, approved, looking, 'The engine that ran the call was lost.')
  }
}
