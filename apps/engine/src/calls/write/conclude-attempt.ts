import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import type { ObjectOutcome } from '@fairlead/contract/effect/effect'
import { type ApprovedCall, attemptEnded } from '../attempt/approved-call.ts'
import { endAttempt, hasSucceeded } from '../attempt/attempts.ts'
import type { CallOutcome, EndCall } from '../end-call.ts'
import type { VerifyWrite } from './verify-write.ts'

type Concluded = {
  attemptId: string
  position: Position
  progress: string
  /** The run has ended meanwhile: the outcome goes to the record alone. */
  silent?: boolean
  objects?: ObjectOutcome[]
  recovered?: boolean
}

/** Ends the call with its attempt, then verifies what was done. */
export type ConcludeAttempt = (approved: ApprovedCall, attempt: Concluded, end: CallOutcome) => Promise<CallEnd>

export function createConcludeAttempt({ endCall, verify }: { endCall: EndCall; verify: VerifyWrite }): ConcludeAttempt {
  return async (approved, { attemptId, position, progress, silent, objects, recovered }, end) => {
    const { call } = approved
    await endCall({
      call,
      position,
      end,
      objects,
      recovered,
      progress,
      silent,
      facts: (tx) => endAttempt(tx, attemptId, { outcome: end.outcome, objects, recovered }),
      audit: attemptEnded(call, attemptId, end.outcome, objects),
    })
    if (silent) return 'done'
    const someDone = end.outcome === 'succeeded' || hasSucceeded(objects)
    return end.outcome !== 'unknown' && someDone ? await verify(approved, position) : 'done'
  }
}
