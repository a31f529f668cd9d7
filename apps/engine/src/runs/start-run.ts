import { randomUUID } from 'node:crypto'
import type { Conversation } from '@fairlead/agent/ports'
import type { LoadedToolsets } from '@fairlead/agent/position'
import { Refusal } from '@fairlead/contract/errors'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import type { RunUser } from '../calls/run-user.ts'
import { insertConversation } from '../conversations/conversation-rows.ts'
import type { Db } from '../db/database.ts'
import { insertRunEvents } from '../event-log/record/stored-event.ts'
import { tailKey } from '../event-log/run-log.ts'
import { encodeEvent, type RunIds, wireEvent } from '../event-log/tail/encode-event.ts'
import type { LiveTail, TailEntry } from '../event-log/tail/live-tail.ts'
import type { Feed } from '../feed/feed.ts'
import type { RunCause } from './run.table.ts'
import { type Claim, insertRun, RunActive, readActiveRun } from './run-rows.ts'

/** What the start of a run has read. Nobody changes it while the run is active, so it need not be read again. */
export type Opening = {
  user: RunUser
  isTitled: boolean
  toolsets: LoadedToolsets
  /** No call waits for the gate. */
  isQuiet: boolean
  /** What the model reads first. */
  conversation: Conversation
}

export type StartedRun = { claim: Claim; nextId: number; opening?: Opening }

export type Start = {
  conversationId: string | undefined
  user: RunUser & { address: string }
  cause: RunCause
  /** What belongs to the same transaction, behind the run's row; returns the events that follow `ready`. */
  facts(tx: Db, ids: RunIds): Promise<RunEventBody[]>
}

export type StartPorts = {
  db: Db
  tail: Pick<LiveTail, 'push'>
  feed: Pick<Feed, 'publish'>
  /** Of this engine, which holds the run at once. */
  lease: { engine: string; leaseSeconds: number }
  /** Milliseconds since the epoch. */
  now(): number
}

/** `startRun` with its ports. */
export type StartRun = (start: Start) => Promise<StartedRun>

/**
 * A run, with what started it, in one transaction; this engine holds it at once. Without a conversation, one is made
 * that has the run's own id. Throws `Refusal` `runInProgress` when the conversation has an active run.
 */
export async function startRun(ports: StartPorts, start: Start): Promise<StartedRun> {
  const { conversationId, user, cause, facts } = start
  const runId = randomUUID()
  const ids: RunIds = { run_id: runId, conversation_id: conversationId ?? runId }
  const { db, tail, feed, lease, now } = ports
  const startedAt = new Date(now())
  const begin = async (tx: Db): Promise<RunEventBody[]> => {
    if (conversationId === undefined) await insertConversation(tx, { id: runId, user })
    await insertRun(tx, {
      id: runId,
      conversation_id: ids.conversation_id,
      user_id: user.id,
      cause,
      ...lease,
      started_at: startedAt,
    })
    const events: RunEventBody[] = [{ type: 'ready' }, ...(await facts(tx, ids))]
    await insertRunEvents(tx, { runId, firstId: 1, at: startedAt }, events)
    return events
  }
  const events = await db.transaction(begin).catch(async (error: unknown): Promise<undefined> => {
    if (!(error instanceof RunActive)) throw error
    const active = await readActiveRun(db, ids.conversation_id)
    if (active !== undefined) throw new Refusal('runInProgress', { fields: { run_id: active.id } })
  })
  // The run that was in the way has ended since.
  if (events === undefined) return await startRun(ports, start)
  const entries = events.map(
    (event, index): TailEntry => encodeEvent(index + 1, wireEvent(ids, event, startedAt.getTime())),
  )
  tail.push(tailKey(runId), ...entries)
  if (conversationId === undefined) {
    const { conversation_id } = ids
    feed.publish(user.id, { type: 'conversation.created', conversation_id, created_at: startedAt.toISOString() })
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

/** A decision: the turn is resumed. */
export function startAfterDecision(
  start: StartRun,
  of: { conversationId: string; user: RunUser & { address: string } },
): Promise<StartedRun> {
  return start({ ...of, cause: { kind: 'decision' }, facts: async () => [] })
}
