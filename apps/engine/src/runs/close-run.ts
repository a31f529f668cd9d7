import { newPosition, type Position } from '@fairlead/agent/position'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import type { Db } from '../db/database.ts'
import { insertSegments, type MessagePlace } from '../event-log/record/write-messages.ts'
import { type RunLog, tailKey } from '../event-log/run-log.ts'
import type { LiveTail } from '../event-log/tail/live-tail.ts'
import type { Feed } from '../feed/feed.ts'
import type { RunEnd } from './run.table.ts'
import { type Claim, endRun } from './run-rows.ts'

const TAIL_KEPT_SECONDS = 3600

/** The end of a run, as part of a transaction of its log. */
export type Closing = {
  /** The fence of that transaction. Throws `ChangeObsolete` when a decision came for the call that the run wanted to wait for. */
  hold(tx: Db): Promise<void>
  /** The terminal pair, sent in one piece: a client may open the next stream as soon as it has read the first of them. */
  events: RunEventBody[]
  isError: boolean
  /** To be called once it is committed. */
  publish(): Promise<void>
}

/** How a run is closed at a position. */
export type ClosingOf = (claim: Ended, position: Position) => Closing

type Ended = Pick<Claim, 'run_id' | 'conversation_id' | 'user_id' | 'epoch' | 'started_at'>

type Ports = { now(): number; feed: Pick<Feed, 'publish'>; tail: Pick<LiveTail, 'expireAfter'> }

export function createClosing({ now, feed, tail }: Ports): ClosingOf {
  return (claim, position) => {
    const end = endOf(position)
    const at = now()
    const waitsFor = end === 'awaiting_approval' ? position.pending_tools[0] : undefined
    const { run_id, conversation_id, user_id } = claim
    return {
      hold: (tx) => endRun(tx, claim, { end, error: position.error, waitsFor, at: new Date(at) }),
      events: terminalEvents(end, position.error, at - claim.started_at.getTime()),
      isError: end === 'error',
      publish: async () => {
        feed.publish(user_id, { type: 'run.ended', conversation_id, run_id, status: end })
        await tail.expireAfter(tailKey(run_id), TAIL_KEPT_SECONDS)
      },
    }
  }
}

/**
 * Closes the run in the record, then sends its terminal pair. False when a decision came for the call that the run
 * wanted to wait for.
 * @param message where the words of the run stand: an error needs a message of its own to be shown in
 */
export async function closeRun(
  log: Pick<RunLog, 'commit'>,
  closing: Closing,
  message: { place: MessagePlace; conversationId: string; runId: string },
): Promise<boolean> {
  const { place, ...ids } = message
  const isClosed = await log.commit({
    hold: closing.hold,
    facts: async (tx) => {
      if (closing.isError && place.assistantMessageId === undefined)
        await insertSegments(tx, place, { ...ids, segments: [] })
    },
    events: closing.events,
  })
  if (isClosed) await closing.publish()
  return isClosed
}

/** Ends a run with words, in its row and to its readers, and touches nothing else of the conversation. */
export async function endRunAlone(
  { log, closingOf }: { log: Pick<RunLog, 'commit'>; closingOf: ClosingOf },
  claim: Ended,
  error: string,
): Promise<void> {
  const closing = closingOf(claim, { ...newPosition({ ...claim, start_time: claim.started_at.getTime() }), error })
  await log.commit({ hold: closing.hold, events: closing.events })
  await closing.publish()
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
