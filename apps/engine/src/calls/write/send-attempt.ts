import { setTimeout as sleep } from 'node:timers/promises'
import { wasStopped } from '@fairlead/agent/abort'
import type { CallEnd } from '@fairlead/agent/ports'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { CallRow } from '../../event-log/record/calls.ts'
import type { CallAnswer } from '../../mcp-client/call-answer.ts'
import type { ApprovedCall } from '../attempt/approved-call.ts'
import { listenToProgress, type ProgressListener } from '../progress.ts'
import type { ToolCaller } from '../tool-caller.ts'
import type { Sending } from './sending.ts'
import type { SettleAttempt } from './settle-attempt.ts'

/** Sends a started attempt, and settles what becomes of it, with all that has to be sent after it. */
export type SendAttempt = (approved: ApprovedCall, sending: Sending) => Promise<CallEnd>

type Ports = {
  toolCaller: ToolCaller
  settle: SettleAttempt
  sendEvent(event: RunEventBody): void
  /** Work that outlives the run's stream. */
  goOnInBackground(work: Promise<unknown>): void
  signal: AbortSignal
}

export function createSendAttempt({ toolCaller, settle, sendEvent, goOnInBackground, signal }: Ports): SendAttempt {
  return async (approved, first) => {
    for (let sending = first; ; ) {
      const progress = sending.progress ?? listenToProgress(sendEvent, approved.call.call_id)
      const answered = send(toolCaller, approved.call, { ...sending, progress })
      const answer = await untilStopped(answered, signal)
      if (answer === 'stopped') {
        progress.mute()
        const stopped = sending
        const settled = answered.then((late) => settle(approved, { ...stopped, answer: late, progress, silent: true }))
        settled.catch(() => {}) // logged with the work in the background, which may be later
        goOnInBackground(settled)
        return 'stopped'
      }
      const settled = await settle(approved, { ...sending, answer, progress })
      if ('end' in settled) return settled.end
      sending = settled.sendNext
    }
  }
}

function send(
  { call, callForeign }: ToolCaller,
  row: CallRow,
  { token, until, progress }: { token: string | undefined; until: number; progress: ProgressListener },
): Promise<CallAnswer> {
  // A write that is under way is never abandoned: neither a stop nor the end of the engine takes its answer away.
  const request = { until, signal: new AbortController().signal, onProgress: progress.onProgress }
  return token === undefined ? callForeign(row, request) : call(row, { ...request, meta: { [metaKeys.grant]: token } })
}

/** How long a closing engine waits for the answer to a write. */
const LAST_ANSWER_MS = 80

/** The answer, unless a person stops the run before it comes; throws when the run must end silently before it. */
async function untilStopped(answered: Promise<CallAnswer>, signal: AbortSignal): Promise<CallAnswer | 'stopped'> {
  const stopped = Promise.withResolvers<'stopped'>()
  const stop = () => stopped.resolve('stopped')
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  const first = await Promise.race([answered, stopped.promise])
  signal.removeEventListener('abort', stop)
  if (first !== 'stopped' || signal.reason === 'stopped-by-person') return first
  // The engine goes down: an answer that comes in time is still recorded, else the next engine reconciles the write.
  const last = await Promise.race([answered, sleep(LAST_ANSWER_MS)])
  if (last === undefined) wasStopped(signal)
  return last ?? 'stopped'
}
