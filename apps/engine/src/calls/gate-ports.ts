import type { AgentPorts } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { markAnnounced, readUnannounced } from '../approvals/announce-decisions.ts'
import { type ClosedCall, closeCalls } from '../approvals/close-approvals.ts'
import type { ApprovalRow } from '../approvals/read-approvals.ts'
import { type CallRow, readCall, readCalls } from '../event-log/record/calls.ts'
import { askApproval } from './approval/ask-approval.ts'
import { readApproved } from './attempt/approved-call.ts'
import { isUnverified, readAttempts } from './attempt/attempts.ts'
import { endCall } from './end-call.ts'
import { executeRead } from './execute-read.ts'
import { commitStep, type Execution, named } from './execution.ts'
import { holdBack } from './hold-back.ts'
import { publishCancelled } from './publish-cancelled.ts'
import { executeWrite, lookInto } from './write/execute-write.ts'
import { verifyWrite } from './write/verify-write.ts'

type GatePorts = Pick<AgentPorts, 'callFacts' | 'refuse' | 'run' | 'recover' | 'ask' | 'cancelCalls'>

/** What the gate does with the world. */
export function gatePorts(execution: Execution): GatePorts {
  const { db } = execution.context
  const callOf = async (callId: string): Promise<CallRow> => {
    const call = await readCall(db, callId)
    if (call === undefined) throw new Error(`Call ${callId} is not in the record`)
    return call
  }
  const tellDecisions = async (calls: readonly CallRow[], position: Position): Promise<void> => {
    const decided = await readUnannounced(
      db,
      calls.map(({ call_id }) => call_id),
    )
    if (decided.length === 0) return
    await commitStep(execution, {
      position,
      facts: (tx) => markAnnounced(tx, decided),
      events: calls.flatMap((call) => decisionEvents(call, decided)),
    })
  }
  return {
    callFacts: async (callIds, position) => {
      const calls = await readCalls(db, callIds)
      await tellDecisions(calls, position)
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
      await endCall(execution, { call: await callOf(call_id), position, end: { outcome: 'failed', error: reason } })
    },
    run: async ({ call_id }, position) => {
      const call = await callOf(call_id)
      if (call.class === 'write') return await executeWrite(execution, call, position)
      return (await holdBack(execution, call, position)) ?? (await executeRead(execution, call, position))
    },
    recover: async ({ call_id }, position) => {
      const approved = await readApproved(execution, await callOf(call_id))
      if (isUnverified(approved.call)) return await verifyWrite(execution, approved, position)
      const attempts = await readAttempts(db, call_id, approved.call.revision)
      const last = attempts.at(-1)
      if (last === undefined) throw new Error(`Call ${call_id} is under way without an attempt`)
      const looking = { attemptId: last.id, position, mayResend: attempts.length === 1, progress: '' }
      return await lookInto(execution, approved, looking, 'The engine that ran the call was lost.')
    },
    ask: async ({ call_id }, turn, position) => await askApproval(execution, await callOf(call_id), turn, position),
    cancelCalls: async (callIds, why, position) => {
      const calls = await readCalls(db, callIds)
      let closed: readonly ClosedCall[] = []
      await commitStep(execution, {
        position,
        facts: async (tx) => {
          closed = await closeCalls(tx, calls, { why, userId: execution.user.id })
        },
      })
      publishCancelled(execution.context.feed, execution.user.id, closed)
      // Denials that came during the run: nobody can decide these calls any more, and no run begins on its own to tell.
      await tellDecisions(calls, position)
    },
  }
}

/** A decision of a person, as the stream tells of it. */
function decisionEvents(call: CallRow, decided: readonly ApprovalRow[]): RunEventBody[] {
  const decision = decided.find(({ call_id, revision }) => call_id === call.call_id && revision === call.revision)
  if (decision === undefined) return []
  const about = { ...named(call), args: call.args }
  if (decision.status === 'approved') {
    return [
      {
        type: 'tool.approved',
        ...about,
        decided_by: decision.decided_by ?? '',
        effect_digest: decision.effect_digest ?? '',
        revision: decision.revision,
      },
    ]
  }
  const reason = decision.status === 'expired' ? 'expired' : decision.reason
  return [
    {
      type: 'tool.denied',
      ...about,
      ...(reason !== null && { reason }),
      ...(decision.decided_by !== null && { decided_by: decision.decided_by }),
    },
  ]
}
