import { wasStopped } from '@fairlead/agent/abort'
import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import type { Db } from '../../db/database.ts'
import type { CallRow } from '../../event-log/record/calls.ts'
import type { ToolServer } from '../../mcp-client/connect-tools.ts'
import { foreignEffect } from '../approval/preview-write.ts'
import type { ApprovalCause, RequestApprovalAgain } from '../approval/request-approval-again.ts'
import { type ApprovedCall, readApproved } from '../attempt/approved-call.ts'
import type { Attempts, StartedAttempt } from '../attempt/start-attempt.ts'
import { endUnrecorded } from '../end-unrecorded.ts'
import { LeaseLost } from '../lease-lost.ts'
import type { CommitStep } from '../run-record.ts'
import type { ToolTrust } from '../tool-trust.ts'
import type { SendAttempt } from './send-attempt.ts'

/**
 * Runs an approved write: the attempt is durable before its grant leaves, the outcome before the model sees it. An
 * outcome that is not known is reconciled with the objects; the write never just runs again.
 */
export type ExecuteWrite = (call: CallRow, position: Position) => Promise<CallEnd>

type Ports = {
  db: Db
  commitStep: CommitStep
  startAttempt: Attempts['start']
  sendAttempt: SendAttempt
  requestApprovalAgain: RequestApprovalAgain
  isStillTrusted: ToolTrust['isStillTrusted']
  addressOf: ToolServer['addressOf']
  signal: AbortSignal
  log: { error(fields: object, sentence: string): void }
}

export function createWriteExecution(ports: Ports): ExecuteWrite {
  const { db, commitStep, startAttempt, sendAttempt, requestApprovalAgain, isStillTrusted, addressOf, signal, log } =
    ports

  /** What has changed since the approval, as far as the engine can tell before anything is sent. */
  async function changeSince({ call, approval }: ApprovedCall, isTrusted: boolean): Promise<ApprovalCause | undefined> {
    if (isTrusted) return undefined
    if (approval.effect.basis !== 'unknown') return { kind: 'tool-changed' }
    const now = foreignEffect(call, await addressOf(call.tool))
    return now.effect_digest === approval.effect_digest ? undefined : { kind: 'server-moved' }
  }

  async function start(approved: ApprovedCall, position: Position): Promise<StartedAttempt | CallEnd> {
    try {
      return await startAttempt(approved, { position, isFirst: true })
    } catch (error) {
      if (error instanceof LeaseLost) throw error
      const sentence = 'The attempt could not be recorded, so the call was not run.'
      return await endUnrecorded({ commitStep, log }, { call: approved.call, position, error, sentence })
    }
  }

  return async (call, position) => {
    const approved = await readApproved(db, call)
    const isTrusted = await isStillTrusted(approved)
    const cause = await changeSince(approved, isTrusted)
    if (wasStopped(signal)) return 'stopped'
    if (cause !== undefined) return await requestApprovalAgain(call, { cause, position })
    const started = await start(approved, position)
    if (typeof started === 'string' || 'failed' in started) return started
    const token = isTrusted ? started.token : undefined
    return await sendAttempt(approved, { ...started, token, position, mayResend: true })
  }
}
