import type { AgentPorts } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { markAnnounced, readUnannounced } from '../approvals/announce-decisions.ts'
import { type ClosedCall, closeCalls } from '../approvals/close-approvals.ts'
import type { ApprovalRow } from '../approvals/read-approvals.ts'
import type { Db } from '../db/database.ts'
import { type CallRow, readCall, readCalls } from '../event-log/record/calls.ts'
import type { AskApproval } from './approval/ask-approval.ts'
import { isUnverified } from './attempt/attempts.ts'
import { callRef } from './call-ref.ts'
import type { EndCall } from './end-call.ts'
import type { ExecuteRead } from './execute-read.ts'
import type { RecheckRead } from './recheck-read.ts'
import type { CommitStep } from './run-record.ts'
import type { ExecuteWrite } from './write/execute-write.ts'
import type { RecoverWrite } from './write/recover-write.ts'

export type GatePorts = Pick<AgentPorts, 'callFacts' | 'refuse' | 'run' | 'recover' | 'ask' | 'cancelCalls'>

type Ports = {
  db: Db
  commitStep: CommitStep
  endCall: EndCall
  recheckRead: RecheckRead
  executeRead: ExecuteRead
  executeWrite: ExecuteWrite
  recoverWrite: RecoverWrite
  askApproval: AskApproval
}

/** What the gate does to a call. */
export function createGatePorts(ports: Ports, cancelCalls: AgentPorts['cancelCalls']): GatePorts {
  const { db, commitStep, endCall, recheckRead, executeRead, executeWrite, recoverWrite, askApproval } = ports
  const callOf = async (callId: string): Promise<CallRow> => {
    const call = await readCall(db, callId)
    if (call === undefined) throw new Error(`Call ${callId} is not in the record`)
    return call
  }
  return {
    callFacts: async (callIds, position) => {
      const calls = await readCalls(db, callIds)
      await announceDecisions({ db, commitStep }, calls, position)
      return calls.map((call) => ({
        call_id: call.call_id,
        tool: call.tool,
        class: call.class,
        status: call.status,
        ...(isUnverified(call) && { unverified: true as const }),
        ...(call.fault !== null && { fault: call.fault }),
      }))
    },
    refuse: async ({ call_id }, reason, position) => {
      await endCall({ call: await callOf(call_id), position, end: { outcome: 'failed', error: reason } })
    },
    run: async ({ call_id }, position) => {
      const call = await callOf(call_id)
      if (call.class === 'write') return await executeWrite(call, position)
      return (await recheckRead(call, position)) ?? (await executeRead(call, position))
    },
    recover: async ({ call_id }, position) => await recoverWrite(await callOf(call_id), position),
    ask: async ({ call_id }, turn, position) => await askApproval(await callOf(call_id), turn, position),
    cancelCalls,
  }
}

type CancelPorts = {
  db: Db
  commitStep: CommitStep
  /** Whose calls they are. */
  userId: string
  publishCancelled(calls: readonly ClosedCall[]): void
}

export function createCancelCalls({
  db,
  commitStep,
  userId,
  publishCancelled,
}: CancelPorts): AgentPorts['cancelCalls'] {
  return async (callIds, why, position) => {
    const calls = await readCalls(db, callIds)
    let closed: readonly ClosedCall[] = []
    await commitStep({
      position,
      facts: async (tx) => {
        closed = await closeCalls(tx, calls, { why, userId })
      },
    })
    publishCancelled(closed)
    // Denials that came during the run: these calls are closed, so no later run announces them.
    await announceDecisions({ db, commitStep }, calls, position)
  }
}

/** Sends the decisions about these calls that no stream has shown yet. */
async function announceDecisions(
  { db, commitStep }: { db: Db; commitStep: CommitStep },
  calls: readonly CallRow[],
  position: Position,
): Promise<void> {
  const decided = await readUnannounced(
    db,
    calls.map(({ call_id }) => call_id),
  )
  if (decided.length === 0) return
  await commitStep({
    position,
    facts: (tx) => markAnnounced(tx, decided),
    events: calls.flatMap((call) => decisionEvents(call, decided)),
  })
}

/** A decision of a person, as the stream shows it. */
function decisionEvents(call: CallRow, decided: readonly ApprovalRow[]): RunEventBody[] {
  const decision = decided.find(({ call_id, revision }) => call_id === call.call_id && revision === call.revision)
  if (decision === undefined) return []
  const about = { ...callRef(call), args: call.args }
  const { status, revision, effect_digest, decided_by } = decision
  if (status === 'approved') {
    const approved = { decided_by: decided_by ?? '', effect_digest: effect_digest ?? '', revision }
    return [{ type: 'tool.approved', ...about, ...approved }]
  }
  const reason = status === 'expired' ? 'expired' : decision.reason
  return [
    { type: 'tool.denied', ...about, ...(reason !== null && { reason }), ...(decided_by !== null && { decided_by }) },
  ]
}
