import { callMessages } from '@fairlead/agent/call-messages'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { sql } from 'drizzle-orm'
import { hasUnannounced, markAnnounced, readUnannouncedIn } from '../approvals/announce-decisions.ts'
import { type ClosedCall, closeCalls } from '../approvals/close-approvals.ts'
import { callRef } from '../calls/call-ref.ts'
import { publishCancelled } from '../calls/publish-cancelled.ts'
import type { RunUser } from '../calls/run-user.ts'
import { touchConversation } from '../conversations/conversation-rows.ts'
import { findOwnConversation } from '../conversations/find-conversation.ts'
import { newToolsets } from '../conversations/new-toolsets.ts'
import type { Db } from '../db/database.ts'
import { rowsOf } from '../db/rows.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { type CallRow, hasOpenCalls, readCalls, readOpenCalls } from '../event-log/record/calls.ts'
import { readEntries } from '../event-log/record/read-entries.ts'
import { insertUserMessage } from '../event-log/record/write-messages.ts'
import type { RunIds } from '../event-log/tail/encode-event.ts'
import type { Feed } from '../feed/feed.ts'
import type { Opening, StartedRun, StartRun } from './start-run.ts'

type ChatPorts = { db: Db; feed: Pick<Feed, 'publish'>; startRun: StartRun; contextMessages: number }

type NewMessage = { conversationId: string | undefined; user: RunUser & { address: string }; content: string }

/**
 * A message of the user, in a conversation of theirs or in a new one; calls that still wait are closed first. Throws
 * `Refusal` where they may not write in that conversation.
 */
export async function startChat(
  { db, feed, startRun, contextMessages }: ChatPorts,
  message: NewMessage,
): Promise<StartedRun> {
  const { conversationId, user } = message
  if (conversationId !== undefined) await findOwnConversation(db, conversationId, user)
  let superseded: readonly ClosedCall[] = []
  let opening: Opening | undefined
  const started = await startRun({
    conversationId,
    user,
    cause: { kind: 'chat' },
    facts: async (tx, ids) => {
      const { title, toolsets, ...closed } =
        conversationId === undefined ? newConversation : await continueConversation(tx, conversationId, user.id)
      superseded = closed.superseded
      await insertMessage(tx, ids, message)
      const conversation = await readEntries(tx, ids.conversation_id, contextMessages)
      opening = { user, isTitled: Boolean(title), toolsets, isQuiet: closed.isQuiet, conversation }
      return closed.events
    },
  })
  publishCancelled(feed, user.id, superseded)
  return { ...started, opening }
}

async function insertMessage(tx: Db, ids: RunIds, { user, content }: NewMessage): Promise<void> {
  const who = { actor: user.email, actor_ip: user.address, user_id: user.id }
  await insertUserMessage(tx, ids, content)
  await recordAudit(tx, { ...who, ...ids, type: 'message.asked', data: { content } })
}

type ClosedForMessage = { events: RunEventBody[]; superseded: ClosedCall[]; isQuiet: boolean }
const nothingClosed: ClosedForMessage = { events: [], superseded: [], isQuiet: true }
const newConversation = { ...nothingClosed, title: '', toolsets: newToolsets }

/** Closes what still waits in a conversation, and moves it to the top of its owner's list. */
async function continueConversation(tx: Db, conversationId: string, userId: string) {
  const closed = await closeForNewMessage(tx, conversationId, userId)
  const { title, toolsets } = await touchConversation(tx, conversationId)
  return { ...closed, title, toolsets }
}

async function closeForNewMessage(tx: Db, conversationId: string, userId: string): Promise<ClosedForMessage> {
  // Most messages find nothing to close: one small question in place of two readings of whole rows.
  const [waiting] = await rowsOf<{ found: boolean }>(
    tx,
    sql`select ${hasUnannounced(conversationId)} or ${hasOpenCalls(conversationId)} as found`,
  )
  if (!waiting?.found) return nothingClosed
  const unannounced = await readUnannouncedIn(tx, conversationId)
  const open = await readOpenCalls(tx, conversationId)
  const expired = unannounced.filter(({ status }) => status === 'expired')
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
  return { type: 'tool.denied', ...callRef(call), args: call.args, reason }
}
