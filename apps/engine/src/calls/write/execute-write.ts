import { setTimeout as sleep } from 'node:timers/promises'
import { wasStopped } from '@fairlead/agent/abort'
import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import type { ObjectOutcome } from '@fairlead/contract/effect/effect'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import { maskValue } from '@fairlead/service-kit/redaction/mask'
import type { CallRow } from '../../event-log/record/calls.ts'
import type { CallAnswer } from '../../mcp-client/call-answer.ts'
import { askAboutChangedTool } from '../approval/changed-tool.ts'
import { askAgain } from '../approval/stale-write.ts'
import { type ApprovedCall, attemptEnded, readApproved } from '../attempt/approved-call.ts'
import { endAttempt, hasSucceeded } from '../attempt/attempts.ts'
import {
  type IssuedGrant,
  LONGEST_RENEWAL_MS,
  type RefusedUnsent,
  refusedUnsent,
  renewGrant,
  untilTime,
  waitingNotice,
} from '../attempt/issue-grant.ts'
import { type StartedAttempt, startAttempt } from '../attempt/start-attempt.ts'
import { type CallOutcome, endCall } from '../end-call.ts'
import { endUnrecorded } from '../end-unrecorded.ts'
import { callIdentity, commitStep, type Execution } from '../execution.ts'
import { LeaseLost } from '../lease-lost.ts'
import { type Listening, listenToProgress } from '../progress.ts'
import { isStillOurs } from '../tool-now.ts'
import { type Found, findOutcome } from './reconcile-write.ts'
import { verifyWrite } from './verify-write.ts'

/**
 * Runs an approved write: the attempt is durable before its grant leaves, the outcome before the model sees it. What is
 * not known is looked into, never just run again.
 */
export async function executeWrite(execution: Execution, call: CallRow, position: Position): Promise<CallEnd> {
  const approved = await readApproved(execution, call)
  const isOurs = await isStillOurs(execution, approved)
  if (wasStopped(execution.signal)) return 'stopped'
  if (!isOurs && approved.approval.effect.basis !== 'unknown') {
    return await askAboutChangedTool(execution, call, position)
  }
  let started: StartedAttempt
  try {
    started = await startAttempt(execution, approved, { position, isFirst: true })
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    const sentence = 'The attempt could not be recorded, so the call was not run.'
    return await endUnrecorded(execution, { call, position, error, sentence })
  }
  const token = isOurs ? started.token : undefined
  return await sendAttempt(execution, approved, { ...started, token, position, mayResend: true })
}

type Sending = {
  /** The grant; undefined for a tool that nobody vouches for. */
  token: string | undefined
  /** Milliseconds since the epoch: what was approved does not leave later under this grant. */
  until: number
  /** When no further grant is issued; set with the first one that was not taken. */
  deadline?: number
  attemptId: string
  position: Position
  mayResend: boolean
  /** Of a grant before this one. */
  listening?: Listening
}

async function sendAttempt(execution: Execution, approved: ApprovedCall, sending: Sending): Promise<CallEnd> {
  const { call } = approved
  const listening = sending.listening ?? listenToProgress(execution, call.call_id)
  const { context } = execution
  const answered = context.tools.call({
    name: call.tool,
    args: call.args,
    meta: await writeMeta(execution, sending.token),
    callId: call.call_id,
    until: sending.until,
    // A write that is under way is never abandoned: neither a stop nor the end of the engine takes its answer away.
    signal: new AbortController().signal,
    onProgress: listening.onProgress,
  })
  const stopped = untilStopped(execution.signal)
  const first = await Promise.race([answered, stopped.promise])
  stopped.forget()
  if (first !== 'stopped')
    return await settle(execution, approved, { ...sending, listening, answer: first, progress: listening.text() })
  if (!isStopRequest(execution.signal)) {
    // The engine goes down: an answer that comes in time is still recorded, else the next engine looks into it.
    const last = await Promise.race([answered, sleep(LAST_ANSWER_MS)])
    if (last === undefined) wasStopped(execution.signal)
    else return await settle(execution, approved, { ...sending, listening, answer: last, progress: listening.text() })
  }
  listening.mute()
  const settled = answered.then((answer) =>
    settle(execution, approved, { ...sending, answer, progress: listening.text(), silent: true }),
  )
  settled.catch(() => {}) // told by who looks after the background, which may be later
  execution.background.add(settled)
  return 'stopped'
}

/** A tool that nobody vouches for gets neither identity nor grant: with them its server could act as the requester. */
async function writeMeta(execution: Execution, token: string | undefined): Promise<Record<string, unknown>> {
  if (token === undefined) return {}
  return { ...(await callIdentity(execution)), [metaKeys.grant]: token }
}

/** How long a closing engine waits for the answer to a write. */
const LAST_ANSWER_MS = 80

function isStopRequest({ reason }: AbortSignal): boolean {
  return reason === 'stopped-by-person'
}

function untilStopped(signal: AbortSignal): { promise: Promise<'stopped'>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<'stopped'>()
  const stop = () => resolve('stopped')
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  return { promise, forget: () => signal.removeEventListener('abort', stop) }
}

/** What is left to do for an attempt that may have been sent. */
type Sent = Pick<Sending, 'attemptId' | 'position' | 'mayResend'> & {
  progress: string
  silent?: boolean
  /** The objects are not read: the outcome stays unknown. */
  isGivenUp?: boolean
}

type Settling = Sending & Sent & { answer: CallAnswer }

/** Makes an outcome of an answer, or of what can be read where there is none. */
async function settle(execution: Execution, approved: ApprovedCall, settling: Settling): Promise<CallEnd> {
  const { answer } = settling
  const refusal = refusedUnsent(answer, { isOurs: settling.token !== undefined })
  if (refusal !== undefined) return await sendAnew(execution, approved, settling, refusal)
  if (answer.kind !== 'answered') {
    if (!answer.sent)
      return await conclude(execution, approved, settling, { outcome: 'failed', error: answer.sentence })
    return await lookInto(execution, approved, settling, answer.sentence)
  }
  // Another's server may say that it did nothing, or what it would do now: nobody vouches for either.
  const structured = settling.token === undefined ? undefined : answer.structured
  const objects = maskValue(structured?.objects, 'read')
  // Sent once more and stale: the first request may be what has changed the objects.
  if (structured?.outcome === 'stale' && !settling.mayResend) {
    return await lookInto(execution, approved, settling, answer.text)
  }
  if (structured?.outcome === 'stale') {
    return await askAgain(execution, approved, { ...settling, answer: structured, text: answer.text })
  }
  if (answer.structured?.outcome === 'unknown') return await lookInto(execution, approved, settling, answer.text)
  const end: CallOutcome = answer.isError
    ? { outcome: 'failed', error: answer.text }
    : { outcome: 'succeeded', blocks: answer.blocks, text: answer.text }
  return await conclude(execution, approved, { ...settling, objects }, end)
}

/** An outcome that nobody told: the objects themselves are asked. */
export async function lookInto(
  execution: Execution,
  approved: ApprovedCall,
  settling: Sent,
  why: string,
): Promise<CallEnd> {
  const found: Found = settling.isGivenUp
    ? { kind: 'unclear', read: 'the engines that tried to find out ended or lost the run.' }
    : await findOutcome(execution, approved)
  if (found.kind === 'succeeded') {
    const text = `${approved.approval.effect.summary} (found done when the objects were read)`
    const end: CallOutcome = { outcome: 'succeeded', blocks: [{ type: 'text', text }], text }
    return await conclude(execution, approved, { ...settling, objects: found.objects, recovered: true }, end)
  }
  if (found.kind === 'not-begun' && settling.mayResend && !settling.silent) {
    const { position } = settling
    await commitStep(execution, {
      position,
      facts: (tx) => endAttempt(tx, settling.attemptId, { outcome: 'unknown' }),
      audit: [attemptEnded(approved.call, settling.attemptId, 'unknown')],
    })
    const again = await startAttempt(execution, approved, { position, isFirst: false })
    return await sendAttempt(execution, approved, { ...again, position, mayResend: false })
  }
  const error = `${why} It may have taken effect: ${found.read}`
  return await conclude(execution, approved, { ...settling, objects: found.objects }, { outcome: 'unknown', error })
}

/**
 * Nothing was sent under the grant, so the same attempt goes on under a new one: as soon as the server takes it, and not
 * for ever. A run that is stopped meanwhile sends nothing any more.
 */
async function sendAnew(
  execution: Execution,
  approved: ApprovedCall,
  { answer: _, ...settling }: Settling,
  refusal: RefusedUnsent,
): Promise<CallEnd> {
  const { context, signal } = execution
  const { position, attemptId, mayResend, silent, token, listening } = settling
  const { deadline = context.now() + LONGEST_RENEWAL_MS } = settling
  const giveUp = (error: string, end: { silent?: boolean } = {}) =>
    conclude(execution, approved, { ...settling, ...end }, { outcome: 'failed', error })
  if (silent || Math.max(refusal.from, context.now()) > deadline) return await giveUp(refusal.sentence)
  if (refusal.from > context.now()) listening?.onProgress(waitingNotice(refusal))
  await untilTime(refusal.from, context.now, signal)
  if (wasStopped(signal)) {
    await giveUp('The run was stopped before the write was sent. Nothing was written.', { silent: true })
    return 'stopped'
  }
  let grant: IssuedGrant
  try {
    grant = await renewGrant(execution, approved, { position, attemptId })
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    context.log.error({ err: error, call_id: approved.call.call_id }, 'A new grant could not be recorded')
    return await giveUp('The new grant could not be recorded, so the call was not run.')
  }
  const sent = { ...grant, token: token === undefined ? undefined : grant.token }
  return await sendAttempt(execution, approved, { ...sent, position, attemptId, deadline, mayResend, listening })
}

type Concluding = Sent & { objects?: ObjectOutcome[]; recovered?: boolean }

async function conclude(
  execution: Execution,
  approved: ApprovedCall,
  { attemptId, position, progress, silent, objects, recovered }: Concluding,
  end: CallOutcome,
): Promise<CallEnd> {
  const { call } = approved
  await endCall(execution, {
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
  return end.outcome !== 'unknown' && someDone ? await verifyWrite(execution, approved, position) : 'done'
}
