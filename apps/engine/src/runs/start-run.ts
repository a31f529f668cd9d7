import { randomUUID } from 'node:crypto'
import { callMessages } from '@fairlead/agent/call-messages'
import { argsDigest } from '@fairlead/contract/digest'
import { Refusal } from '@fairlead/contract/errors'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { uuid } from '@fairlead/contract/ids'
import { demandAllTold, markAnnounced, readUntold } from '../approvals/announce-decisions.ts'
import { type ClosedCall, closeCalls } from '../approvals/close-approvals.ts'
import { insertConversation, touchConversation, touchOwnConversation } from '../conversations/conversation-rows.ts'
import { findOwnConversation } from '../conversations/find-conversation.ts'
import { newToolsets } from '../conversations/new-toolsets.ts'
import { commitTogether } from '../db/commit-together.ts'
import type { Db } from '../db/database.ts'
import { isDemandOf } from '../db/demand.ts'
import { together } from '../db/together.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import {
  type CallRow,
  demandNoOpenCalls,
  insertCalls,
  type NewCallRow,
  readCalls,
  readOpenCalls,
} from '../event-log/calls.ts'
import { encodeEvent, type RunIds, wireEvent } from '../event-log/encode-event.ts'
import type { TailEntry } from '../event-log/live-tail.ts'
import { tailKey } from '../event-log/run-log.ts'
import { insertRunEvents } from '../event-log/stored-event.ts'
import { findPlace, insertSegments, insertUserMessage } from '../event-log/write-messages.ts'
import { named } from './execution.ts'
import type { RunCause } from './run.table.ts'
import type { RunContext, RunUser } from './run-context.ts'
import { type Claim, insertRun, RunActive, readActiveRun } from './run-rows.ts'

/** What the start of a run has just seen, and nobody changes while the run is active: it need not be read again. */
export type Opening = {
  user: RunUser
  isTitled: boolean
  toolsets: Readonly<Record<string, boolean>>
  /** No call waits to be looked at. */
  isQuiet: boolean
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
  /** The facts ask all they have to ask at one moment, and bring no events. */
  isOneMoment?: boolean
}

/**
 * A run, with what started it, in one transaction; this engine holds it at once. Without a conversation, one is made
 * that has the run's own id. Throws `Refusal` `runInProgress` when the conversation has an active run.
 */
async function startRun(context: RunContext, start: Start): Promise<StartedRun> {
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
  const told = await db
    .transaction(async (tx) => {
      const all = [
        premises?.(tx),
        conversationId ?? insertConversation(tx, { id: runId, user }),
        insertRun(tx, newRun),
        insertRunEvents(tx, { runId, firstId: 1, at: startedAt }, [ready]),
        facts(tx, ids),
      ] as const
      if (isOneMoment) {
        await commitTogether(tx, all)
        return []
      }
      const [, , , , events] = await together(all)
      await insertRunEvents(tx, { runId, firstId: 2, at: startedAt }, events)
      return events
    })
    .catch(async (error: unknown): Promise<never> => {
      if (!(error instanceof RunActive)) throw error
      const active = await readActiveRun(db, ids.conversation_id)
      throw new Refusal('runInProgress', { fields: { run_id: active?.id ?? null } })
    })
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

type NewMessage = { user: RunUser & { address: string }; content: string }

/**
 * A message of the user, in a conversation of theirs or in a new one; calls that still wait are closed first. Throws
 * `Refusal` where they may not write in that conversation.
 */
export async function startChat(
  context: RunContext,
  { conversationId, ...message }: NewMessage & { conversationId: string | undefined },
): Promise<StartedRun> {
  if (conversationId === undefined) return await startNewChat(context, message)
  const of = { ...message, conversationId }
  return (await startQuietChat(context, of)) ?? (await startFurtherChat(context, of))
}

async function startNewChat(context: RunContext, message: NewMessage): Promise<StartedRun> {
  const started = await startRun(context, {
    conversationId: undefined,
    user: message.user,
    cause: { kind: 'chat' },
    facts: async (tx, ids) => {
      await insertMessage(tx, ids, message)
      return []
    },
    isOneMoment: true,
  })
  return { ...started, opening: { user: message.user, isTitled: false, toolsets: newToolsets, isQuiet: true } }
}

const NOT_QUIET = 'the conversation has something to see to first'

/** In one trip, where nothing has to be looked at first; undefined where something has, or where there is a refusal to tell. */
async function startQuietChat(
  context: RunContext,
  of: NewMessage & { conversationId: string },
): Promise<StartedRun | undefined> {
  const { conversationId, user } = of
  if (!uuid.safeParse(conversationId).success) return undefined
  let opening: Opening | undefined
  try {
    const started = await startRun(context, {
      conversationId,
      user,
      cause: { kind: 'chat' },
      premises: async (tx) => {
        const [{ title, toolsets }] = await together([
          touchOwnConversation(tx, { id: conversationId, userId: user.id, fault: NOT_QUIET }),
          demandAllTold(tx, { conversationId, fault: NOT_QUIET }),
          demandNoOpenCalls(tx, { conversationId, fault: NOT_QUIET }),
        ])
        opening = { user, isTitled: Boolean(title), toolsets, isQuiet: true }
      },
      facts: async (tx, ids) => {
        await insertMessage(tx, ids, of)
        return []
      },
      isOneMoment: true,
    })
    return { ...started, opening }
  } catch (error) {
    if (isDemandOf(error, NOT_QUIET)) return undefined
    throw error
  }
}

async function startFurtherChat(context: RunContext, of: NewMessage & { conversationId: string }): Promise<StartedRun> {
  const { conversationId, user } = of
  await findOwnConversation(context.db, conversationId, user)
  let superseded: readonly ClosedCall[] = []
  let opening: Opening | undefined
  const started = await startRun(context, {
    conversationId,
    user,
    cause: { kind: 'chat' },
    facts: async (tx, ids) => {
      const [closed, touched] = await together([
        closeForNewMessage(tx, conversationId, user.id),
        touchConversation(tx, conversationId),
        insertMessage(tx, ids, of),
      ])
      superseded = closed.superseded
      const { title = '', toolsets = newToolsets } = touched ?? {}
      opening = { user, isTitled: Boolean(title), toolsets, isQuiet: closed.isQuiet }
      return closed.events
    },
  })
  tellCancelled(context, user.id, superseded)
  return { ...started, opening }
}

async function insertMessage(tx: Db, ids: RunIds, { user, content }: NewMessage): Promise<void> {
  const who = { actor: user.email, actor_ip: user.address, user_id: user.id }
  await together([
    insertUserMessage(tx, ids, content),
    recordAudit(tx, { ...who, ...ids, type: 'message.asked', data: { content } }),
  ])
}

/** Whoever could have decided these calls learns that nobody can any more. */
export function tellCancelled({ feed }: Pick<RunContext, 'feed'>, userId: string, calls: readonly ClosedCall[]): void {
  for (const { call_id, conversation_id, revision } of calls.filter(({ wasAsked }) => wasAsked)) {
    const about = { call_id, conversation_id: conversation_id ?? '', revision }
    feed.publish(userId, { type: 'approval.decided', ...about, status: 'cancelled', decided_by: null })
  }
}

type ClosedForMessage = { events: RunEventBody[]; superseded: ClosedCall[]; isQuiet: boolean }
const nothingClosed: ClosedForMessage = { events: [], superseded: [], isQuiet: true }

async function closeForNewMessage(tx: Db, conversationId: string, userId: string): Promise<ClosedForMessage> {
  const [untold, open] = await together([readUntold(tx, conversationId), readOpenCalls(tx, conversationId)])
  if (untold.length + open.length === 0) return nothingClosed
  const expired = untold.filter(({ status }) => status === 'expired')
  await markAnnounced(tx, expired)
  const expiredCalls = await readCalls(
    tx,
    expired.map(({ call_id }) => call_id),
  )
  const superseded = await closeCalls(tx, open, { why: callMessages.newMessage, userId })
  const events = [
    ...expiredCalls.map((call) => closedEvent(call, 'expired')),
    ...superseded.map((call) => closedEvent(call, 'superseded')),
  ]
  return { events, superseded, isQuiet: false }
}

function closedEvent(call: CallRow, reason: 'expired' | 'superseded'): RunEventBody {
  return { type: 'tool.denied', ...named(call), args: call.args, reason }
}

/** A decision: the turn is resumed. */
export function startAfterDecision(
  context: RunContext,
  of: { conversationId: string; user: RunUser & { address: string } },
): Promise<StartedRun> {
  return startRun(context, { ...of, cause: { kind: 'decision' }, facts: async () => [] })
}

/** Proposes the undo that the effect of a succeeded call recorded, as a new call, without the model. */
export function startUndo(
  context: RunContext,
  of: {
    conversationId: string
    user: RunUser & { address: string }
    undone: CallRow
    undo: { tool: string; args: Record<string, unknown> }
    tool: { title: string; digest: string; annotations: Record<string, unknown> }
  },
): Promise<StartedRun> {
  const { undone, undo, tool, conversationId, user } = of
  const callId = `call_${randomUUID().replaceAll('-', '')}`
  return startRun(context, {
    conversationId,
    user,
    cause: { kind: 'undo', call_id: undone.call_id },
    facts: async (tx, ids) => {
      const place = await findPlace(tx, conversationId)
      const { messageId } = await insertSegments(tx, place, {
        conversationId,
        runId: ids.run_id,
        segments: [{ kind: 'tool', call_id: callId }],
      })
      const createdAt = new Date()
      const call: NewCallRow = {
        call_id: callId,
        ...ids,
        message_id: messageId,
        ordinal: 0,
        provider_id: callId,
        server: undone.server,
        tool: undo.tool,
        title: tool.title,
        tool_digest: tool.digest,
        class: 'write',
        args: undo.args,
        args_digest: argsDigest(undo.args),
        undoes: undone.call_id,
        created_at: createdAt,
      }
      await insertCalls(tx, [call])
      const { args, args_digest } = call
      await recordAudit(tx, {
        actor: user.email,
        actor_ip: user.address,
        user_id: user.id,
        ...ids,
        call_id: callId,
        type: 'call.proposed',
        data: { tool: undo.tool, args, args_digest, class: 'write', undoes: undone.call_id },
      })
      const shown = { call_id: callId, tool: undo.tool, title: tool.title, args, class: 'write' as const, args_digest }
      const times = { requires_approval: true, timestamp: createdAt.getTime(), annotations: tool.annotations }
      return [{ type: 'tools.pending', tools: [{ ...shown, ...times }] }]
    },
  })
}
