import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { advanceCall, insertCalls } from '../event-log/record/calls.ts'
import { toolCalls } from '../event-log/record/tool-call.table.ts'
import { aCall, aConversation } from '../event-log/record.fixture.ts'
import { type Expired, expireApprovals } from './expire-approvals.ts'
import { aMinuteAgo, aWaitingCall, ownerOf, recordOf, stored } from './waiting-call.fixture.ts'

describe.each(databases)('expiry of approvals, $name', ({ open }) => {
  let database: Database
  let conversationId: string
  let published: Expired[]
  let activeRuns: Set<string>
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database?.close())
  beforeEach(async () => {
    published = []
    activeRuns = new Set()
    conversationId = await aConversation(database.db)
  })

  const expire = (ofConversation?: string) =>
    expireApprovals(
      {
        db: database.db,
        approvalTtlHours: 24,
        isRunActive: async (_, id) => activeRuns.has(id),
        publishExpired: (expired) => published.push(expired),
      },
      ofConversation,
    )
  const due = (ofConversation = conversationId) =>
    aWaitingCall(database.db, ofConversation, { expiresAt: aMinuteAgo() })
  const statusOf = async (callId: string) => (await stored(database.db, callId)).status
  const aPendingCall = async () => {
    const row = aCall({ run_id: randomUUID(), conversation_id: conversationId }, { class: 'write', ordinal: 1 })
    await insertCalls(database.db, [row])
    return row.call_id
  }

  test('ends those whose time has run out, and the model reads a denial', async () => {
    const call = await due()
    await expire()
    const now = await recordOf(database.db, call)
    const tool_message = 'Tool call was denied: nobody approved it within 24 h'
    expect(now).toMatchObject({ call: { status: 'expired', tool_message }, approval: { status: 'expired' }, votes: [] })
    expect(now.call.ended_at).not.toBeNull()
    expect(now.approval?.announced_at).toBeNull()
    expect(now.audit).toContain('approval.expired')
    const owner = await ownerOf(database.db, conversationId)
    expect(published).toMatchObject([{ userId: owner.id, approvals: [{ call_id: call.call_id }], cancelled: [] }])
    await expire()
    expect(published).toHaveLength(1)
  })

  test('leaves those that have time, and those without an end', async () => {
    const [hasTime, hasNoEnd] = [
      await aWaitingCall(database.db, conversationId),
      await aWaitingCall(database.db, conversationId, { expiresAt: null }),
    ]
    await expire()
    expect([await statusOf(hasTime.call_id), await statusOf(hasNoEnd.call_id)]).toEqual([
      'awaiting_approval',
      'awaiting_approval',
    ])
    expect(published).toEqual([])
  })

  test('can be that of one conversation alone', async () => {
    const other = await aConversation(database.db)
    const [own, others] = [await due(), await due(other)]
    await expire(conversationId)
    expect([await statusOf(own.call_id), await statusOf(others.call_id)]).toEqual(['expired', 'awaiting_approval'])
    await expire()
    expect(await statusOf(others.call_id)).toBe('expired')
  })

  test('comes behind a decision and behind a new revision', async () => {
    const [decided, revised] = [await due(), await due()]
    await advanceCall(database.db, decided.call_id, { from: ['awaiting_approval'], to: 'approved' })
    await database.db.update(toolCalls).set({ revision: 2 }).where(eq(toolCalls.call_id, revised.call_id))
    await expire()
    expect(await statusOf(decided.call_id)).toBe('approved')
    expect(await statusOf(revised.call_id)).toBe('awaiting_approval')
    expect((await recordOf(database.db, decided)).approval?.status).toBe('pending')
    expect(published).toEqual([])
  })

  test('cancels the calls behind it once none waits, and leaves them to a run that is under way', async () => {
    await due()
    const [waiting, behind] = [await aWaitingCall(database.db, conversationId), await aPendingCall()]
    await expire()
    expect([await statusOf(waiting.call_id), await statusOf(behind)]).toEqual(['awaiting_approval', 'pending'])
    await advanceCall(database.db, waiting.call_id, { from: ['awaiting_approval'], to: 'denied' })

    activeRuns.add(conversationId)
    await due()
    await expire()
    expect(await statusOf(behind)).toBe('pending')

    activeRuns.clear()
    await due()
    await expire()
    expect(await stored(database.db, behind)).toMatchObject({
      status: 'cancelled',
      tool_message:
        'The call was not executed: nobody approved the call before it in time. Verify before you propose it again.',
    })
    expect(published.at(-1)?.cancelled.map(({ call_id }) => call_id)).toEqual([behind])
  })
})
