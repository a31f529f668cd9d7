import { callMessages } from '@fairlead/agent/call-messages'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { uuid } from '@fairlead/contract/ids'
import { storable } from '@fairlead/service-kit/storable'
import { demandAllTold, markAnnounced, readUntold } from '../approvals/announce-decisions.ts'
import { type ClosedCall, closeCalls } from '../approvals/close-approvals.ts'
import { named } from '../calls/execution.ts'
import { publishCancelled } from '../calls/publish-cancelled.ts'
import type { RunContext, RunUser } from '../calls/run-context.ts'
import { touchConversation, touchOwnConversation } from '../conversations/conversation-rows.ts'
import { findOwnConversation } from '../conversations/find-conversation.ts'
import { newToolsets } from '../conversations/new-toolsets.ts'
import type { Db } from '../db/database.ts'
import { isDemandOf } from '../db/demand.ts'
import { together } from '../db/together.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { type CallRow, demandNoOpenCalls, readCalls, readOpenCalls } from '../event-log/record/calls.ts'
import { readRecent, recentEntries } from '../event-log/record/read-entries.ts'
import { insertUserMessage } from '../event-log/record/write-messages.ts'
import type { RunIds } from '../event-log/tail/encode-event.ts'
import { demandNoActiveRun } from './run-rows.ts'
import { type Opening, type StartedRun, startRun } from './start-run.ts'

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
  const conversation = { entries: [{ kind: 'user' as const, content: storable(message.content) }], first: undefined }
  const { user } = message
  return { ...started, opening: { user, isTitled: false, toolsets: newToolsets, isQuiet: true, conversation } }
}

const NOT_QUIET = 'the conversation has something to see to first'

/** In one trip, where nothing has to be looked at first; undefined where something has, or where there is a refusal to tell. */
async function startQuietChat(
  context: RunContext,
  of: NewMessage & { conversationId: string },
): Promise<StartedRun | undefined> {
  const { conversationId, user } = of
  if (!uuid.safeParse(conversationId).success) return undefined
  const limit = context.settings.contextMessages
  let opening: Opening | undefined
  try {
    const started = await startRun(context, {
      conversationId,
      user,
      cause: { kind: 'chat' },
      premises: async (tx) => {
        const [{ title, toolsets }, recent] = await together([
          touchOwnConversation(tx, { id: conversationId, userId: user.id, fault: NOT_QUIET }),
          readRecent(tx, { conversationId, limit }),
          demandAllTold(tx, { conversationId, fault: NOT_QUIET }),
          demandNoOpenCalls(tx, { conversationId, fault: NOT_QUIET }),
          // A run that ended at this very moment may have said more than this statement sees.
          demandNoActiveRun(tx, { conversationId, fault: NOT_QUIET }),
        ])
        const conversation = recentEntries(recent, limit, storable(of.content))
        opening = { user, isTitled: Boolean(title), toolsets, isQuiet: true, conversation }
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
  publishCancelled(context.feed, user.id, superseded)
  return { ...started, opening }
}

async function insertMessage(tx: Db, ids: RunIds, { user, content }: NewMessage): Promise<void> {
  const who = { actor: user.email, actor_ip: user.address, user_id: user.id }
  await together([
    insertUserMessage(tx, ids, content),
    recordAudit(tx, { ...who, ...ids, type: 'message.asked', data: { content } }),
  ])
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
