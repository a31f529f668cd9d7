import { callMessages } from '@fairlead/agent/call-messages'
import type { ResultBlock } from '@fairlead/contract/call/call'
import type { ToolExecution } from '@fairlead/contract/call/timeline'
import type { CallRow } from './calls.ts'
import type { ShownApproval } from './shown-approval.ts'

const superseded = callMessages.cancelled(callMessages.newMessage)

/** A call as the timeline shows it, with what was asked about its revision. */
export function toolExecutionOf(call: CallRow, approval: ShownApproval | undefined): ToolExecution {
  const result = call.result ?? deniedResult(call, approval)
  return {
    call_id: call.call_id,
    tool: call.tool,
    title: call.title,
    args: call.args,
    status: call.status,
    requires_approval: call.class === 'write',
    timestamp: call.created_at.getTime(),
    class: call.class,
    args_digest: call.args_digest,
    ...(result !== undefined && { result }),
    ...(call.error !== null && { error: call.error }),
    ...(call.started_at !== null && { started_at: call.started_at.toISOString() }),
    ...(call.ended_at !== null && { ended_at: call.ended_at.toISOString() }),
    ...(approval !== undefined && shownApproval(approval)),
    // As its event said.
    ...(call.status === 'cancelled' && call.tool_message === superseded && { reason: 'superseded' }),
    ...(call.outcome !== null && { outcome: call.outcome }),
    ...(call.recovered === true && { recovered: true }),
    ...(call.objects !== null && { objects: call.objects }),
    ...(call.verdict !== null && { verdict: call.verdict }),
    ...(call.progress !== null && { progress: call.progress }),
  }
}

function shownApproval(approval: ShownApproval): Partial<ToolExecution> {
  const { effect, effect_digest, revision, expires_at, required, votes, policies, taint } = approval
  const { decided_by, decided_at, reason } = approval
  return {
    ...(effect !== null && { effect }),
    ...(effect_digest !== null && { effect_digest }),
    revision,
    expires_at,
    required,
    votes,
    policies,
    ...(taint.length > 0 && { taint }),
    ...(decided_by !== null && { decided_by }),
    ...(decided_at !== null && { decided_at }),
    ...(reason !== null && { reason }),
  }
}

/** A call that was denied has no result of its own: it says by whom, a person or a rule. */
function deniedResult(
  { status, tool_message }: CallRow,
  approval: ShownApproval | undefined,
): ResultBlock[] | undefined {
  if (status !== 'denied' && status !== 'expired') return undefined
  const isByPerson = status === 'denied' && (approval?.decided_by ?? null) !== null
  const text = isByPerson ? undefined : tool_message
  return [{ type: 'text', text: text ?? 'Tool call was denied by the user' }]
}
