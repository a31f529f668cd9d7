import type { Logger } from '@fairlead/service-kit/logger'
import type { ClosedCall } from '../approvals/close-approvals.ts'
import type { Db } from '../db/database.ts'
import type { RunLog } from '../event-log/run-log.ts'
import type { Feed } from '../feed/feed.ts'
import type { Grants } from '../grants/open-grants.ts'
import type { ToolServer } from '../mcp-client/connect-tools.ts'
import { createApprovalRequests } from './approval/approval-requests.ts'
import { createAskApproval } from './approval/ask-approval.ts'
import { createPreview } from './approval/preview-write.ts'
import { createRequestApprovalAgain } from './approval/request-approval-again.ts'
import { createGrantIssuer } from './attempt/issue-grant.ts'
import { createAttempts } from './attempt/start-attempt.ts'
import { createEndCall, type EndCall } from './end-call.ts'
import { createReadExecution } from './execute-read.ts'
import { createCancelCalls, createGatePorts, type GatePorts } from './gate-ports.ts'
import { identityMeta } from './identity-meta.ts'
import { publishCancelled } from './publish-cancelled.ts'
import { createRecheckRead } from './recheck-read.ts'
import type { HeldRun, RunRecord } from './run-record.ts'
import type { RunUser } from './run-user.ts'
import { createToolCaller, type ToolCaller } from './tool-caller.ts'
import { createToolTrust, type ToolTrust } from './tool-trust.ts'
import { createConcludeAttempt } from './write/conclude-attempt.ts'
import { createWriteExecution } from './write/execute-write.ts'
import { createReadBack } from './write/read-back.ts'
import { createReconciliation } from './write/reconcile-write.ts'
import { createRecoverAttempt } from './write/recover-attempt.ts'
import { createRecoverWrite, settleWrites } from './write/recover-write.ts'
import { createSendAttempt } from './write/send-attempt.ts'
import { createSettleAttempt } from './write/settle-attempt.ts'
import { createVerification } from './write/verify-write.ts'

export type CallSettings = {
  execReadAllowList: boolean
  toolResultMaxChars: number
  contextMessages: number
  approvalTtlHours: number
  verifyWaitSeconds: number
  grantAudience: string
  /** The tool server's address, as people may see it. */
  toolServer: string
}

/** What the calls of all runs share. */
export type CallParts = {
  engineId: string
  db: Db
  tools: ToolServer
  grants: Pick<Grants, 'signGrant' | 'signIdentity'>
  feed: Pick<Feed, 'publish'>
  /** Milliseconds since the epoch. */
  now(): number
  settings: CallSettings
}

/** The run whose calls they are. */
export type CallingRun = {
  run: HeldRun
  record: RunRecord
  runLog: Pick<RunLog, 'tell'>
  /** First line of the user's message, redacted: what approvers see of it. */
  request: string
  requester(): RunUser
  signal: AbortSignal
  /** Work that outlives the run's stream: a write that was under way when a person stopped the run. */
  goOnInBackground(work: Promise<unknown>): void
  log: Logger
}

export type Calls = {
  gatePorts: GatePorts
  endCall: EndCall
  /** Finds the outcome of the writes that an ended run has left open. */
  settleWrites(of: { isGivenUp: boolean }): Promise<void>
}

/** The composition of one run's calls: each function gets the ports that it calls, and nothing else. */
export function composeCalls(parts: CallParts, of: CallingRun): Calls {
  const { db, tools, grants, feed, now, settings } = parts
  const { run, record, requester, signal } = of
  const { commitStep } = record
  const toolCaller = createToolCaller({
    tools,
    identity: () => identityMeta({ grants, audience: settings.grantAudience }, requester()),
  })
  const trust = createToolTrust(tools, signal)
  const endCall = createEndCall({ db, record, toolResultMaxChars: settings.toolResultMaxChars })
  const requests = createApprovalRequests({
    db,
    publish: feed.publish,
    now,
    origin: { run_id: run.run_id, conversation_id: run.conversation_id, request: of.request, requester },
    settings,
  })
  const cancelled = (calls: readonly ClosedCall[]) => publishCancelled(feed, run.user_id, calls)
  const { toolServer } = settings
  const previewWrite = createPreview({ isTrusted: trust.isTrusted, callTool: toolCaller.call, toolServer, signal })
  const writes = composeWrites(parts, of, {
    toolCaller,
    trust,
    endCall,
    requestApprovalAgain: createRequestApprovalAgain({ commitStep, endCall, previewWrite, requests }),
  })
  const gatePorts = createGatePorts(
    {
      db,
      commitStep,
      endCall,
      recheckRead: createRecheckRead({
        commitStep,
        endCall,
        currentTool: trust.currentTool,
        requester,
        execReadAllowList: settings.execReadAllowList,
        signal,
      }),
      executeRead: createReadExecution({
        commitStep,
        endCall,
        callTool: toolCaller.call,
        sendEvent: (event) => of.runLog.tell(event),
        signal,
        log: of.log,
      }),
      executeWrite: writes.executeWrite,
      recoverWrite: writes.recoverWrite,
      askApproval: createAskApproval({
        db,
        commitStep,
        endCall,
        previewWrite,
        requests,
        publishCancelled: cancelled,
        signal,
      }),
    },
    createCancelCalls({ db, commitStep, userId: run.user_id, publishCancelled: cancelled }),
  )
  return { gatePorts, endCall, settleWrites: writes.settleWrites }
}

type WritePorts = {
  toolCaller: ToolCaller
  trust: ToolTrust
  endCall: EndCall
  requestApprovalAgain: ReturnType<typeof createRequestApprovalAgain>
}

function composeWrites(
  { engineId, db, grants, now, settings }: CallParts,
  { run, record, requester, runLog, signal, goOnInBackground, log }: CallingRun,
  { toolCaller, trust, endCall, requestApprovalAgain }: WritePorts,
) {
  const { commitStep } = record
  const { isStillTrusted } = trust
  const attempts = createAttempts({
    commitStep,
    issueGrant: createGrantIssuer({ signGrant: grants.signGrant, audience: settings.grantAudience, requester }),
    holder: { engine: engineId, run_id: run.run_id, epoch: run.epoch },
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
  const sendAttempt = createSendAttempt({
    toolCaller,
    settle: createSettleAttempt({
      endCall,
      conclude,
      recover,
      renewAttempt: attempts.renew,
      requestApprovalAgain,
      now,
      signal,
      log,
    }),
    sendEvent: (event) => runLog.tell(event),
    goOnInBackground,
    signal,
  })
  return {
    executeWrite: createWriteExecution({
      db,
      commitStep,
      startAttempt: attempts.start,
      sendAttempt,
      requestApprovalAgain,
      isStillTrusted,
      signal,
      log,
    }),
    recoverWrite: createRecoverWrite({ db, recover, sendAttempt, verify }),
    settleWrites: (of: { isGivenUp: boolean }) => settleWrites({ db, recover, run }, of),
  }
}
