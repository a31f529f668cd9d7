import { newPosition, type Position } from '@fairlead/agent/position'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { auditIds, type Execution } from '../calls/execution.ts'
import type { Db } from '../db/database.ts'
import { insertSegments } from '../event-log/record/write-messages.ts'
import { tailKey } from '../event-log/run-log.ts'
import type { RunEnd } from './run.table.ts'
import { endRun } from './run-rows.ts'

const TAIL_KEPT_SECONDS = 3600

/** The end of a run, as part of a transaction of its log. */
export type Closing = {
  /** Throws `ChangeObsolete` when a decision came for the call that the run wanted to wait for. */
  facts(tx: Db): Promise<unknown>
  /** The terminal pair, sent in one piece: a client may open the next stream as soon as it has read the first of them. */
  events: RunEventBody[]
  /** To be called once it is committed. */
  tell(): Promise<void>
}

export function closingOf(execution: Pick<Execution, 'claim' | 'context'>, position: Position): Closing {
  const { claim, context } = execution
  const end = endOf(position)
  const at = context.now()
  const waitsFor = end === 'awaiting_approval' ? position.pending_tools[0] : undefined
  return {
    facts: (tx) => endRun(tx, claim, { end, error: position.error, waitsFor, at: new Date(at) }),
    events: terminalEvents(end, position.error, at - claim.started_at.getTime()),
    tell: async () => {
      const { conversation_id, run_id } = auditIds(execution)
      context.feed.publish(claim.user_id, { type: 'run.ended', conversation_id, run_id, status: end })
      await context.tail.expireAfter(tailKey(run_id), TAIL_KEPT_SECONDS)
    },
  }
}

/**
 * Closes the run in the record, then sends its terminal pair. False when a decision came for the call that the run
 * wanted to wait for.
 */
export async function closeRun(execution: Execution, position: Position): Promise<boolean> {
  const { log, claim, place } = execution
  const closing = closingOf(execution, position)
  // A fault needs a message to stand on.
  const needsMessage = endOf(position) === 'error' && place.assistantMessageId === undefined
  const isClosed = await log.commit({
    facts: async (tx) => {
      await closing.facts(tx)
      if (needsMessage) await insertSegments(tx, place, { ...idsOf(claim), segments: [] })
    },
    events: closing.events,
  })
  if (isClosed) await closing.tell()
  return isClosed
}

/** Ends a run with words, in its row and to its readers, and touches nothing else of the conversation. */
export async function endRunAlone(
  { log, ...execution }: Pick<Execution, 'claim' | 'context' | 'log'>,
  error: string,
): Promise<void> {
  const { claim } = execution
  const closing = closingOf(execution, { ...newPosition({ ...claim, start_time: claim.started_at.getTime() }), error })
  await log.commit({ facts: closing.facts, events: closing.events })
  await closing.tell()
}

function idsOf({ conversation_id, run_id }: Execution['claim']) {
  return { conversationId: conversation_id, runId: run_id }
}

function endOf({ error, stopped, awaiting_approval }: Position): RunEnd {
  if (stopped) return 'stopped'
  if (error !== null) return 'error'
  return awaiting_approval ? 'awaiting_approval' : 'completed'
}

function terminalEvents(end: RunEnd, error: string | null, durationMs: number): RunEventBody[] {
  const duration_ms = Math.max(0, Math.round(durationMs))
  const time = { duration: duration_ms / 1000, duration_ms }
  if (end === 'error') {
    const sentence = error ?? 'The run failed.'
    return [
      { type: 'workflow.error', error: sentence },
      { type: 'completed', status: 'error', ...time },
      { type: 'workflow_error', error: sentence, status: 'error' },
    ]
  }
  return [
    { type: 'completed', status: end === 'stopped' ? 'stopped' : 'completed', ...time },
    {
      type: 'workflow_complete',
      status: end,
      result: {
        done: true,
        ...(end === 'awaiting_approval' && { awaiting_approval: true }),
        ...(end === 'stopped' && { stopped: true }),
      },
    },
  ]
}
