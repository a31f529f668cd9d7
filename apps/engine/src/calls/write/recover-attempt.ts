import { type ApprovedCall, attemptEnded } from '../attempt/approved-call.ts'
import { endAttempt } from '../attempt/attempts.ts'
import type { Attempts } from '../attempt/start-attempt.ts'
import type { CommitStep } from '../run-record.ts'
import type { ConcludeAttempt } from './conclude-attempt.ts'
import type { Found, ReconcileWrite } from './reconcile-write.ts'
import type { SentAttempt, Settled } from './sending.ts'

/** Finds an outcome that nobody reported, by the objects themselves. */
export type RecoverAttempt = (approved: ApprovedCall, attempt: SentAttempt, why: string) => Promise<Settled>

type Ports = {
  commitStep: CommitStep
  conclude: ConcludeAttempt
  reconcile: ReconcileWrite
  startAttempt: Attempts['start']
}

const givenUp: Found = { kind: 'unclear', read: 'the engines that tried to find out ended or lost the run.' }

export function createRecoverAttempt({ commitStep, conclude, reconcile, startAttempt }: Ports): RecoverAttempt {
  return async (approved, attempt, why) => {
    const { attemptId, position, mayResend, silent, isGivenUp } = attempt
    const found = isGivenUp ? givenUp : await reconcile(approved)
    if (found.kind === 'succeeded') {
      const text = `${approved.approval.effect.summary} (found done when the objects were read)`
      const end = { outcome: 'succeeded', blocks: [{ type: 'text', text }], text } as const
      return { end: await conclude(approved, { ...attempt, objects: found.objects, recovered: true }, end) }
    }
    if (found.kind === 'not-begun' && mayResend && !silent) {
      await commitStep({
        position,
        facts: (tx) => endAttempt(tx, attemptId, { outcome: 'unknown' }),
        audit: [attemptEnded(approved.call, attemptId, 'unknown')],
      })
      const again = await startAttempt(approved, { position, isFirst: false })
      return { sendNext: { ...again, position, mayResend: false } }
    }
    const error = `${why} It may have taken effect: ${found.read}`
    return { end: await conclude(approved, { ...attempt, objects: found.objects }, { outcome: 'unknown', error }) }
  }
}
