import { randomUUID } from 'node:crypto'
import type { Conversation } from '@fairlead/agent/ports'
import { Refusal } from '@fairlead/contract/errors'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import type { RunContext, RunUser } from '../calls/run-context.ts'
import { insertConversation } from '../conversations/conversation-rows.ts'
import type { Db } from '../db/database.ts'
import { inOneStatement } from '../db/one-statement.ts'
import { together } from '../db/together.ts'
import { insertRunEvents } from '../event-log/record/stored-event.ts'
import { tailKey } from '../event-log/run-log.ts'
import { encodeEvent, type RunIds, wireEvent } from '../event-log/tail/encode-event.ts'
import type { TailEntry } from '../event-log/tail/live-tail.ts'
import type { RunCause } from './run.table.ts'
import { type Claim, insertRun, RunActive, readActiveRun } from './run-rows.ts'

/** What the start of a run has just seen, and nobody changes while the run is active: it need not be read again. */
export type Opening = {
  user: RunUser
  isTitled: boolean
  toolsets: Readonly<Record<string, boolean>>
  /** No call waits to be looked at. */
  isQuiet: boolean
  /** What the model reads first. */
  conversation?: Conversation
}

export type StartedRun = { claim: Claim; nextId: number; opening?: Opening }

type Start = {
  conversationId: string | undefined
  user: RunUser & { address: string }
  cause: RunCause
  /** What must be so, asked before anything is written: rejects when it is not. */
  premises?: (tx: Db) => Promise<unknown>
  /** What belongs to the same moment as the run; returns the events that follow `ready`. */
  facts(tx: Db, ids: RunIds): Promise<RunEventBody[]>
  /** All is asked at one moment, none looks at what another writes, and the facts bring no events. */
  isOneMoment?: boolean
}

/**
 * A run, with what started it, in one transaction; this engine holds it at once. Without a conversation, one is made
 * that has the run's own id. Throws `Refusal` `runInProgress` when the conversation has an active run.
 */
export async function startRun(context: RunContext, start: Start): Promise<StartedRun> {
  const { conversationId, user, cause, premises, facts, isOneMoment = false } = start
  const runId = randomUUID()
  const ids: RunIds = { run_id: runId, conversation_id: conversationId ?? runId }
  const startedAt = new Date(context.now())
  const { engineId, settings, db, tail, feed } = context
  const ready: RunEventBody = { type: 'ready' }
  const newRun = {
    id: runId,
    conversation_id: ids.conversation_id,
    user_id: user.id,
    cause,
    engine: engineId,
    leaseSeconds: settings.leaseSeconds,
    started_at: startedAt,
  }
  const all = (tx: Db) =>
    [
      premises?.(tx),
      conversationId ?? insertConversation(tx, { id: runId, user }),
      insertRun(tx, newRun),
      insertRunEvents(tx, { runId, firstId: 1, at: startedAt }, [ready]),
      facts(tx, ids),
    ] as const
  const inTransaction = () =>
    db.transaction(async (tx) => {
      const [, , , , events] = await together(all(tx))
      await insertRunEvents(tx, { runId, firstId: 2, at: startedAt }, events)
      return events
    })
  const told = await (isOneMoment ? inOneStatement(db, all).then(() => []) : inTransaction()).catch(
    async (error: unknown): Promise<undefined> => {
      if (!(error instanceof RunActive)) throw error
      const active = await readActiveRun(db, ids.conversation_id)
      if (active !== undefined) throw new Refusal('runInProgress', { fields: { run_id: active.id } })
    },
  )
  // The run that was in the way has ended since.
  if (told === undefined) return await startRun(context, start)
  const entries = [ready, ...told].map(
    (event, index): TailEntry => encodeEvent(index + 1, wireEvent(ids, event, startedAt.getTime())),
  )
  tail.push(tailKey(runId), ...entries)
  if (conversationId === undefined) {
    feed.publish(user.id, { type: 'conversation.created', ...conversationOf(ids), created_at: startedAt.toISOString() })
  }
  feed.publish(user.id, { type: 'run.started', ...ids })
  const claim: Claim = {
    ...ids,
    user_id: user.id,
    cause,
    epoch: 1,
    position: null,
    started_at: startedAt,
    stop_requested: false,
  }
  return { claim, nextId: entries.length + 1 }
}

function conversationOf({ conversation_id }: RunIds) {
  return { conversation_id }
}

/** A decision: the turn is resumed. */
export function startAfterDecision(
  context: RunContext,
  of: { conversationId: string; user: RunUser & { address: string } },
): Promise<StartedRun> {
  return startRun(context, { ...of, cause: { kind: 'decision' }, facts: async () => [] })
}
