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
import { createEndCall, type EndCall } from './end-call.ts'
import { createReadExecution } from './execute-read.ts'
import { createCancelCalls, createGatePorts, type GatePorts } from './gate-ports.ts'
import { identityMeta } from './identity-meta.ts'
import { publishCancelled } from './publish-cancelled.ts'
import { createRecheckRead } from './recheck-read.ts'
import type { HeldRun, RunRecord } from './run-record.ts'
import type { RunUser } from './run-user.ts'
import { createToolCaller } from './tool-caller.ts'
import { createToolTrust } from './tool-trust.ts'
import { composeWrites } from './write/compose-writes.ts'
import { createRecoverWrite, settleWrites } from './write/recover-write.ts'

export type CallSettings = {
  execReadAllowList: boolean
  toolResultMaxChars: number
  contextMessages: number
  approvalTtlHours: number
  verifyWaitSeconds: number
  grantAudience: string
  /** Of integrations: only the engine itself writes there. */
  credentialsNamespace: string | undefined
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
  const previewWrite = createPreview({
    isTrusted: trust.isTrusted,
    callTool: toolCaller.call,
    ...{ addressOf: tools.addressOf, credentialsNamespace: settings.credentialsNamespace, signal },
  })
  const writes = composeWrites(parts, {
    ...{ toolCaller, trust, endCall, commitStep, requester, signal },
    holder: { engine: parts.engineId, run_id: run.run_id, epoch: run.epoch },
    requestApprovalAgain: createRequestApprovalAgain({ commitStep, endCall, previewWrite, requests }),
    sendEvent: (event) => of.runLog.tell(event),
    goOnInBackground: of.goOnInBackground,
    log: of.log,
  })
  const { recover, sendAttempt, verify } = writes
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
      recoverWrite: createRecoverWrite({ db, recover, sendAttempt, verify }),
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
  return { gatePorts, endCall, settleWrites: (how) => settleWrites({ db, recover, run }, how) }
}
