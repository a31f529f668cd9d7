import { wasStopped } from '@fairlead/agent/abort'
import { maskValue } from '@fairlead/service-kit/redaction/mask'
import type { CallAnswer } from '../../mcp-client/call-answer.ts'
import { checkedEffect } from '../approval/preview-write.ts'
import type { RequestApprovalAgain } from '../approval/request-approval-again.ts'
import { type ApprovedCall, attemptEnded } from '../attempt/approved-call.ts'
import { endAttempt } from '../attempt/attempts.ts'
import {
  MAX_RENEWAL_MS,
  type RetryableRefusal,
  retryableRefusal,
  untilTime,
  waitingNotice,
} from '../attempt/retryable-refusal.ts'
import type { Attempts, StartedAttempt } from '../attempt/start-attempt.ts'
import type { EndCall } from '../end-call.ts'
import { LeaseLost } from '../lease-lost.ts'
import type { ProgressListener } from '../progress.ts'
import type { ConcludeAttempt } from './conclude-attempt.ts'
import type { RecoverAttempt } from './recover-attempt.ts'
import type { Sending, Settled } from './sending.ts'

type Answered = Sending & {
  answer: CallAnswer
  progress: ProgressListener
  /** The run has ended meanwhile: the outcome goes to the record alone, and nothing is sent any more. */
  silent?: boolean
}

/** Makes an outcome of an answer, or of what can be read where there is none. */
export type SettleAttempt = (approved: ApprovedCall, answered: Answered) => Promise<Settled>

type Ports = {
  endCall: EndCall
  conclude: ConcludeAttempt
  recover: RecoverAttempt
  renewAttempt: Attempts['renew']
  requestApprovalAgain: RequestApprovalAgain
  now(): number
  signal: AbortSignal
  log: { error(fields: object, sentence: string): void }
}

export function createSettleAttempt(ports: Ports): SettleAttempt {
  const { endCall, conclude, recover, renewAttempt, requestApprovalAgain, now, signal, log } = ports

  /**
   * Nothing was sent under the grant, so the same attempt goes on under a new one: as soon as the server takes it, and not
   * for ever. A run that is stopped meanwhile sends nothing any more.
   */
  async function renew(approved: ApprovedCall, of: Answered, refusal: RetryableRefusal): Promise<Settled> {
    const { position, attemptId, mayResend, silent, token, progress } = of
    const { deadline = now() + MAX_RENEWAL_MS } = of
    const giveUp = async (error: string, isSilent = silent): Promise<Settled> => {
      const attempt = { attemptId, position, progress: progress.text(), silent: isSilent }
      return { end: await conclude(approved, attempt, { outcome: 'failed', error }) }
    }
    if (silent || Math.max(refusal.from, now()) > deadline) return await giveUp(refusal.sentence)
    if (refusal.from > now()) progress.onProgress(waitingNotice(refusal))
    await untilTime(refusal.from, now, signal)
    if (wasStopped(signal)) {
      await giveUp('The run was stopped before the write was sent. Nothing was written.', true)
      return { end: 'stopped' }
    }
    let renewed: StartedAttempt
    try {
      renewed = await renewAttempt(approved, { position, attemptId })
    } catch (error) {
      if (error instanceof LeaseLost) throw error
      log.error({ err: error, call_id: approved.call.call_id }, 'A new grant could not be recorded')
      return await giveUp('The new grant could not be recorded, so the call was not run.')
    }
    const grant = { until: renewed.until, token: token === undefined ? undefined : renewed.token }
    return { sendNext: { ...grant, position, attemptId, deadline, mayResend, progress } }
  }

  /** The effect is another one now, and nothing was written. */
  async function settleStale({ call }: ApprovedCall, of: Answered, answer: Extract<CallAnswer, { kind: 'answered' }>) {
    const { attemptId, position, silent } = of
    const progress = of.progress.text()
    if (silent) {
      await endCall({
        call,
        position,
        end: { outcome: 'failed', error: 'The object had changed, nothing was written.' },
        progress,
        silent,
        facts: (tx) => endAttempt(tx, attemptId, { outcome: 'stale' }),
        audit: attemptEnded(call, attemptId, 'stale'),
      })
      return { end: 'done' } as const
    }
    const stale = { attemptId, text: answer.text, progress }
    const current = checkedEffect(call, answer.structured)
    const cause =
      'error' in current
        ? ({ kind: 'effect-not-sent', stale } as const)
        : ({ kind: 'effect-changed', stale, now: current } as const)
    return { end: await requestApprovalAgain(call, { cause, position }) }
  }

  return async (approved, of) => {
    const { answer, attemptId, position, mayResend, silent, token } = of
    const isTrusted = token !== undefined
    const refusal = retryableRefusal(answer, { isTrusted })
    if (refusal !== undefined) return await renew(approved, of, refusal)
    const attempt = { attemptId, position, mayResend, progress: of.progress.text(), silent }
    if (answer.kind !== 'answered') {
      if (answer.sent) return await recover(approved, attempt, answer.sentence)
      return { end: await conclude(approved, attempt, { outcome: 'failed', error: answer.sentence }) }
    }
    // Another's server may say that it did nothing, or what it would do now: nobody vouches for either.
    const structured = isTrusted ? answer.structured : undefined
    // Sent once more and stale: the first request may be what has changed the objects.
    if (structured?.outcome === 'stale') {
      return mayResend ? await settleStale(approved, of, answer) : await recover(approved, attempt, answer.text)
    }
    if (answer.structured?.outcome === 'unknown') return await recover(approved, attempt, answer.text)
    const objects = maskValue(structured?.objects, 'read')
    const end = answer.isError
      ? ({ outcome: 'failed', error: answer.text } as const)
      : ({ outcome: 'succeeded', blocks: answer.blocks, text: answer.text } as const)
    return { end: await conclude(approved, { ...attempt, objects }, end) }
  }
}
