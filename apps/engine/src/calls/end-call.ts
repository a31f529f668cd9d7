import { callMessages } from '@fairlead/agent/call-messages'
import type { Position } from '@fairlead/agent/position'
import { delimitOutput } from '@fairlead/agent/tool-output'
import type { ObjectOutcome } from '@fairlead/contract/effect/effect'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { maskText } from '@fairlead/service-kit/redaction/mask'
import type { Db } from '../db/database.ts'
import { advanceCall, type CallRow } from '../event-log/record/calls.ts'
import type { ContentBlock } from '../mcp-client/call-answer.ts'
import { callEnded } from './call-ended.ts'
import { callRef } from './call-ref.ts'
import { LeaseLost } from './lease-lost.ts'
import type { RunRecord, Step, StepAudit } from './run-record.ts'
import { type StoredResult, storedProgress, storedResult } from './stored-result.ts'

export type CallOutcome =
  | { outcome: 'succeeded'; blocks: readonly ContentBlock[]; text: string }
  | { outcome: 'failed' | 'unknown'; error: string }

export type Ending = {
  call: CallRow
  position: Position
  end: CallOutcome
  objects?: ObjectOutcome[]
  recovered?: boolean
  progress?: string
  /** True keeps the call as it is: somebody has meanwhile decided what is to become of it. */
  unless?: (tx: Db) => Promise<boolean>
  /** Facts of the same transaction, such as the end of an attempt. */
  facts?: (tx: Db) => Promise<void>
  audit?: StepAudit
  /** The run has ended meanwhile: the outcome goes to the record alone. */
  silent?: boolean
}

/**
 * Commits how a call ended, then sends the event. The model never sees an outcome that is not durable. False when
 * `unless` kept it from ending.
 */
export type EndCall = (ending: Ending) => Promise<boolean>

type Ports = { db: Db; record: RunRecord; toolResultMaxChars: number }

export function createEndCall({ db, record, toolResultMaxChars }: Ports): EndCall {
  return async (ending) => {
    const { end, silent = false } = ending
    const stored = await storedResult(db, end.outcome === 'succeeded' ? end.blocks : [])
    const step = endingStep(ending, stored, toolResultMaxChars)
    try {
      return await record.commitStep(step)
    } catch (fault) {
      // The run went with its conversation: only the audit is left to say what became of the call.
      const { audit } = step
      const isDeleted = fault instanceof LeaseLost && (await record.commitDeleted({ facts: ending.facts, audit }))
      if (!isDeleted || !silent) throw fault
      return true
    }
  }
}

const statusOf = { succeeded: 'completed', failed: 'error', unknown: 'unknown' } as const

function endingStep(ending: Ending, { result, bodies }: StoredResult, maxChars: number): Step {
  const { call, end, objects, recovered, progress = '', position, unless, silent } = ending
  const outcome = shownOutcome(end, result)
  const text = end.outcome === 'succeeded' ? maskText(end.text, 'read') : maskText(end.error, 'read')
  const output = delimitOutput({ tool: call.tool, text }, maxChars)
  const ended = callEnded(call, { outcome: end.outcome, objects, recovered, ...outcome })
  return {
    position,
    unless,
    facts: async (tx) => {
      await advanceCall(tx, call.call_id, {
        from: ['pending', 'awaiting_approval', 'approved', 'executing'],
        to: statusOf[end.outcome],
        outcome: end.outcome,
        ...outcome,
        objects,
        recovered,
        tool_message: end.outcome === 'succeeded' ? output : callMessages[end.outcome](output),
        progress: await storedProgress(tx, progress),
        ended_at: new Date(),
      })
      await ending.facts?.(tx)
    },
    events: silent ? [] : [endedEvent(ending, outcome)],
    audit: [...(ending.audit === undefined ? [] : [ending.audit]), { ...ended, bodies }],
  }
}

type ShownOutcome = { result: StoredResult['result'] } | { error: string }

function shownOutcome(end: CallOutcome, result: StoredResult['result']): ShownOutcome {
  return end.outcome === 'succeeded' ? { result } : { error: maskText(end.error, 'read') }
}

function endedEvent({ call, end, objects, recovered }: Ending, shown: ShownOutcome): RunEventBody {
  const extra = { ...(recovered && { recovered: true as const }), ...(objects && { objects }) }
  if ('result' in shown) return { type: 'tool.result', ...callRef(call), ...shown, outcome: 'succeeded', ...extra }
  const outcome = end.outcome === 'unknown' ? 'unknown' : 'failed'
  return { type: 'tool.error', ...callRef(call), ...shown, outcome, ...extra }
}
