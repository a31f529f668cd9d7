import type { RunEventBody } from '@fairlead/contract/events/run-event'
import type { Db } from '../../db/database.ts'
import type { Grants } from '../../grants/open-grants.ts'
import type { ToolServer } from '../../mcp-client/connect-tools.ts'
import type { RequestApprovalAgain } from '../approval/request-approval-again.ts'
import { createGrantIssuer } from '../attempt/issue-grant.ts'
import { createAttempts } from '../attempt/start-attempt.ts'
import type { EndCall } from '../end-call.ts'
import type { CommitStep } from '../run-record.ts'
import type { RunUser } from '../run-user.ts'
import type { ToolCaller } from '../tool-caller.ts'
import type { ToolTrust } from '../tool-trust.ts'
import { createConcludeAttempt } from './conclude-attempt.ts'
import { createWriteExecution, type ExecuteWrite } from './execute-write.ts'
import { createReadBack } from './read-back.ts'
import { createReconciliation } from './reconcile-write.ts'
import { createRecoverAttempt, type RecoverAttempt } from './recover-attempt.ts'
import { createSendAttempt, type SendAttempt } from './send-attempt.ts'
import { createSettleAttempt } from './settle-attempt.ts'
import { createVerification, type VerifyWrite } from './verify-write.ts'

/** What all writes share. */
type WriteParts = {
  db: Db
  tools: Pick<ToolServer, 'sentArguments' | 'addressOf'>
  grants: Pick<Grants, 'signGrant'>
  now(): number
  settings: { grantAudience: string; verifyWaitSeconds: number; toolResultMaxChars: number }
}

/** Whose writes they are, and how they reach the record. */
type WritePorts = {
  toolCaller: ToolCaller
  trust: ToolTrust
  endCall: EndCall
  commitStep: CommitStep
  requester(): RunUser
  /** Who carries the attempts out. */
  holder: { engine: string; run_id: string; epoch: number }
  requestApprovalAgain: RequestApprovalAgain
  sendEvent(event: RunEventBody): void
  goOnInBackground(work: Promise<unknown>): void
  signal: AbortSignal
  log: { error(fields: object, sentence: string): void }
}

export type Writes = {
  executeWrite: ExecuteWrite
  sendAttempt: SendAttempt
  recover: RecoverAttempt
  verify: VerifyWrite
}

/** The composition of approved writes: attempt, grant, sending, outcome, verification. */
export function composeWrites({ db, tools, grants, now, settings }: WriteParts, ports: WritePorts): Writes {
  const { toolCaller, endCall, commitStep, requestApprovalAgain, signal, log } = ports
  const { isStillTrusted } = ports.trust
  const attempts = createAttempts({
    commitStep,
    issueGrant: createGrantIssuer({
      signGrant: grants.signGrant,
      sentArguments: tools.sentArguments,
      audience: settings.grantAudience,
      requester: ports.requester,
    }),
    holder: ports.holder,
  })
  const readBack = createReadBack(toolCaller.call)
  const verify = createVerification({ db, commitStep, readBack, isStillTrusted, settings, signal })
  const conclude = createConcludeAttempt({ endCall, verify })
  const recover = createRecoverAttempt({
    commitStep,
    conclude,
    reconcile: createReconciliation({ readBack, isStillTrusted }),
    startAttempt: attempts.start,
  })
  const renewAttempt = attempts.renew
  const settle = createSettleAttempt({
    ...{ endCall, conclude, recover, renewAttempt, requestApprovalAgain, now, signal, log },
  })
  const { sendEvent, goOnInBackground } = ports
  const sendAttempt = createSendAttempt({ toolCaller, settle, sendEvent, goOnInBackground, signal })
  const startAttempt = attempts.start
  const executeWrite = createWriteExecution({
    ...{ db, commitStep, startAttempt, sendAttempt, requestApprovalAgain, isStillTrusted, signal, log },
    addressOf: tools.addressOf,
  })
  return { executeWrite, sendAttempt, recover, verify }
}
