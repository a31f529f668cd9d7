import { callMessages } from '@fairlead/agent/call-messages'
import type { Position } from '@fairlead/agent/position'
import { delimitOutput } from '@fairlead/agent/tool-output'
import type { ObjectOutcome } from '@fairlead/contract/effect/effect'
import { maskText } from '@fairlead/service-kit/redaction/mask'
import type { Db } from '../db/database.ts'
import { type NewAuditEvent, recordAudit } from '../event-log/audit/record-audit.ts'
import { advanceCall, type CallRow } from '../event-log/record/calls.ts'
import type { ContentBlock } from '../mcp-client/call-answer.ts'
import { callEnded } from './call-ended.ts'
import { auditIds, commitStep, type Execution, named, type Step } from './execution.ts'
import { LeaseLost } from './lease-lost.ts'
import { storedProgress, storedResult } from './stored-result.ts'

export type CallOutcome =
  | { outcome: 'succeeded'; blocks: readonly ContentBlock[]; text: string }
  | { outcome: 'failed' | 'unknown'; error: string }

type Ending = {
  call: CallRow
  position: Position
  end: CallOutcome
  objects?: ObjectOutcome[]
  recovered?: boolean
  progress?: string
  /** True keeps the call as it is: somebody has meanwhile decided what is to become of it. */
  unless?: (tx: Db) => Promise<boolean>
  /** Facts that belong to the same moment, such as the end of an attempt. */
  facts?: (tx: Db) => Promise<void>
  audit?: Omit<NewAuditEvent, 'conversation_id' | 'run_id' | 'user_id'>
  /** The run has ended meanwhile: the outcome goes to the record alone. */
  silent?: boolean
}

/**
 * Commits how a call ended, then tells of it. The model never sees an outcome that is not durable. False when `unless`
 * kept it from ending.
 */
export async function endCall(execution: Execution, ending: Ending): Promise<boolean> {
  const { call, end, objects, recovered, progress = '', position } = ending
  const { settings } = execution.context
  const error = end.outcome === 'succeeded' ? undefined : maskText(end.error, 'read')
  const { result, bodies } = await storedResult(execution.context.db, end.outcome === 'succeeded' ? end.blocks : [])
  const text = end.outcome === 'succeeded' ? maskText(end.text, 'read') : (error ?? '')
  const read = delimitOutput({ tool: call.tool, callId: call.call_id, text }, settings.toolResultMaxChars)
  const message = end.outcome === 'succeeded' ? read : callMessages[end.outcome](read)
  const extra = { ...(recovered && { recovered: true as const }), ...(objects && { objects }) }
  const event =
    end.outcome === 'succeeded'
      ? ({ type: 'tool.result', ...named(call), result, outcome: 'succeeded', ...extra } as const)
      : ({ type: 'tool.error', ...named(call), error: error ?? '', outcome: end.outcome, ...extra } as const)
  const status = { succeeded: 'completed', failed: 'error', unknown: 'unknown' } as const
  const told = end.outcome === 'succeeded' ? { result } : { error: error ?? '' }
  const audit = [
    ...(ending.audit === undefined ? [] : [ending.audit]),
    { ...callEnded(call, { outcome: end.outcome, objects, recovered, ...told }), bodies },
  ]
  const step: Step = {
    position,
    unless: ending.unless,
    facts: async (tx) => {
      await advanceCall(tx, call.call_id, {
        from: ['pending', 'awaiting_approval', 'approved', 'executing'],
        to: status[end.outcome],
        outcome: end.outcome,
        ...(end.outcome === 'succeeded' ? { result } : { error }),
        objects,
        recovered,
        tool_message: message,
        progress: await storedProgress(tx, progress),
        ended_at: new Date(),
      })
      await ending.facts?.(tx)
    },
    events: ending.silent ? [] : [event],
    audit,
  }
  try {
    return await commitStep(execution, step)
  } catch (fault) {
    const { context } = execution
    const isDeleted = fault instanceof LeaseLost && (await execution.isDeleted())
    if (!isDeleted) throw fault
    // The run went with its conversation, and only the audit is left to tell.
    await context.db.transaction(async (tx) => {
      await ending.facts?.(tx)
      await recordAudit(
        tx,
        audit.map((event) => ({ ...event, ...auditIds(execution) })),
      )
    })
    if (!ending.silent) throw fault
    return true
  }
}
