import { randomUUID } from 'node:crypto'
import type { Effect } from '@fairlead/contract/effect/effect'
import { argsDigest, effectDigest } from '@fairlead/contract/json/digest'
import { eq } from 'drizzle-orm'
import { readPeople } from '../auth/read-people.ts'
import { conversations } from '../conversations/conversation.table.ts'
import type { Db } from '../db/database.ts'
import { auditEvents } from '../event-log/audit/audit-event.table.ts'
import { type CallRow, insertCalls, type NewCallRow, readCall } from '../event-log/record/calls.ts'
import { aCall, anEffect } from '../event-log/record.fixture.ts'
import { readApproval, readVotes } from './read-approvals.ts'
import { requestApproval } from './request-approval.ts'

export const inAnHour = () => new Date(Date.now() + 3_600_000)
export const aMinuteAgo = () => new Date(Date.now() - 60_000)

/** Of the conversation's owner, as the database has them. */
export async function ownerOf(db: Db, conversationId: string): Promise<{ id: string; email: string }> {
  const [conversation] = await db.select().from(conversations).where(eq(conversations.id, conversationId))
  const owner = (await readPeople(db, [conversation?.user_id ?? ''])).get(conversation?.user_id ?? '')
  if (owner === undefined) throw new Error(`Conversation ${conversationId} has no owner`)
  return { id: owner.id, email: owner.email }
}

type Waiting = Partial<NewCallRow> & { effect?: Effect; expiresAt?: Date | null; runId?: string }

/** A write of the conversation that waits for its owner's approval. */
export async function aWaitingCall(db: Db, conversationId: string, of: Waiting = {}): Promise<CallRow> {
  const { effect = anEffect('Scale web 3 → 5'), expiresAt = inAnHour(), runId = randomUUID(), ...columns } = of
  const args = { name: 'web', replicas: 5 }
  const row = aCall(
    { run_id: runId, conversation_id: conversationId },
    {
      tool: 'k8s_scale',
      title: 'Scale',
      class: 'write',
      args,
      args_digest: argsDigest(args),
      status: 'awaiting_approval',
      ...columns,
    },
  )
  await insertCalls(db, [row])
  const call = await stored(db, row.call_id)
  await request(db, call, { effect, expiresAt })
  return call
}

/** Asks about this revision of the call. */
export async function request(
  db: Db,
  call: CallRow,
  { effect, expiresAt = inAnHour() }: { effect: Effect; expiresAt?: Date | null },
): Promise<void> {
  const conversation_id = call.conversation_id ?? ''
  await requestApproval(db, {
    call_id: call.call_id,
    revision: call.revision,
    conversation_id,
    run_id: call.run_id,
    user: await ownerOf(db, conversation_id),
    request: 'Scale web.',
    tool: call.tool,
    effect,
    effect_digest: effectDigest({ tool: call.tool, args_digest: call.args_digest, effect }),
    seals: [],
    taint: [],
    expires_at: expiresAt,
  })
}

export async function stored(db: Db, callId: string): Promise<CallRow> {
  const call = await readCall(db, callId)
  if (call === undefined) throw new Error(`Call ${callId} is not there`)
  return call
}

/** All that the database has about one revision of a call; `audit` has the types alone, sorted. */
export async function recordOf(db: Db, { call_id, revision }: { call_id: string; revision: number }) {
  const audit = await db.select().from(auditEvents).where(eq(auditEvents.call_id, call_id))
  return {
    call: await stored(db, call_id),
    approval: await readApproval(db, call_id, revision),
    votes: await readVotes(db, call_id, revision),
    audit: audit.map(({ type }) => type).toSorted(),
  }
}
