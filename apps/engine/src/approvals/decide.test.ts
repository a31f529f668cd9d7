import { randomUUID } from 'node:crypto'
import { Refusal } from '@fairlead/contract/errors'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readPeople } from '../auth/read-people.ts'
import { users } from '../auth/user.table.ts'
import { conversations } from '../conversations/conversation.table.ts'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { advanceCall, type CallRow, insertCalls } from '../event-log/record/calls.ts'
import { toolCalls } from '../event-log/record/tool-call.table.ts'
import { aCall, aConversation, anEffect } from '../event-log/record.fixture.ts'
import { votes } from './approval.table.ts'
import { decide } from './decide.ts'
import type { Expired } from './expire-approvals.ts'
import type { DecideContext, Decider } from './find-decidable.ts'
import { createShownTokens } from './shown-token.ts'
import { aMinuteAgo, aWaitingCall, ownerOf, recordOf, request, stored } from './waiting-call.fixture.ts'

describe.each(databases)('a decision, $name', ({ open }) => {
  let database: Database
  let conversationId: string
  let owner: Decider
  let call: CallRow
  let expired: Expired[]
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database?.close())
  beforeEach(async () => {
    expired = []
    conversationId = await aConversation(database.db)
    owner = deciderOf(await ownerOf(database.db, conversationId))
    call = await aWaitingCall(database.db, conversationId)
  })

  const deciderOf = (person: { id: string; email: string }): Decider => {
    return { ...person, view_only: false, is_verified: true, address: '127.0.0.1' }
  }
  const aStranger = async () => {
    const [id, email] = [randomUUID(), `${randomUUID()}@example.com`]
    await database.db.insert(users).values({ id, email })
    return deciderOf({ id, email })
  }
  const context = (): DecideContext => ({
    db: database.db,
    people: readPeople,
    originOf: async (db, { conversation_id }) => {
      const [found] = await db
        .select()
        .from(conversations)
        .where(eq(conversations.id, conversation_id ?? ''))
      return found && { user_id: found.user_id, request: 'Scale web.' }
    },
    approvalTtlHours: 24,
    isRunActive: async () => false,
    publishExpired: (of) => expired.push(of),
    redactionKey: undefined,
    shown: createShownTokens('a secret of the test'),
    now: () => new Date(),
  })
  const approve = { approve: true, reason: null }
  const deny = { approve: false, reason: '  not now ' }
  const by = (decider: Decider, decision: object, callId = call.call_id) =>
    decide(context(), { callId, decider, decision: decision as typeof approve })
  const refusalOf = async (decided: Promise<unknown>): Promise<Refusal> => {
    const error: unknown = await decided.then(
      () => new Error('it was taken'),
      (reason: unknown) => reason,
    )
    if (!(error instanceof Refusal)) throw error
    return error
  }
  const recorded = () => recordOf(database.db, call)

  test('approves what was shown: call, approval, vote and audit say so', async () => {
    const { approval } = await recorded()
    const { args_digest } = call
    const effect_digest = approval?.effect_digest ?? ''
    const decided = await by(owner, { ...approve, args_digest, effect_digest })
    expect(decided).toMatchObject({ status: 'approved', owner_id: owner.id, votes: [{ by: owner.email }] })
    const now = await recorded()
    expect(now.call).toMatchObject({ status: 'approved', ended_at: null, tool_message: null })
    expect(now.approval).toMatchObject({ status: 'approved', decided_by: owner.email, announced_at: null })
    expect(now.votes).toMatchObject([{ user_id: owner.id, approve: true, reason: null, args_digest, effect_digest }])
    expect(now.audit).toEqual(['approval.decided', 'approval.requested', 'effect.computed'])
  })

  test('denies: the call has ended, and the model reads why', async () => {
    const decided = await by(owner, deny)
    expect(decided).toMatchObject({ status: 'denied', votes: [] })
    const now = await recorded()
    expect(now.call).toMatchObject({ status: 'denied', tool_message: 'Tool call was denied by the user: not now' })
    expect(now.call.ended_at).not.toBeNull()
    expect(now.approval).toMatchObject({ status: 'denied', reason: 'not now' })
    expect(now.votes).toMatchObject([{ approve: false, reason: 'not now' }])
  })

  test('needs an effect to approve, and none to deny', async () => {
    const row = aCall({ run_id: randomUUID(), conversation_id: conversationId }, { class: 'write' })
    await insertCalls(database.db, [row])
    expect(await refusalOf(by(owner, approve, row.call_id))).toMatchObject({ refusal: 'effectUnknown' })
    expect(await stored(database.db, row.call_id)).toMatchObject({ status: 'pending' })
    await by(owner, deny, row.call_id)
    const now = await recordOf(database.db, { call_id: row.call_id, revision: 1 })
    expect(now).toMatchObject({ call: { status: 'denied' }, approval: { status: 'denied', effect: null } })
  })

  test.each([
    ['argumentsChanged', { args_digest: '1'.repeat(64) }],
    ['effectChanged', { effect_digest: '1'.repeat(64) }],
  ] as const)('of something else is refused with %s, and changes nothing', async (refusal, digests) => {
    const before = await recorded()
    for (const decision of [approve, deny]) {
      const refused = await refusalOf(by(owner, { ...decision, ...digests }))
      expect(refused).toMatchObject({ refusal, fields: { current: { call_id: call.call_id, revision: 1 } } })
    }
    expect(await recorded()).toEqual(before)
  })

  test('is the only one: of ten at once one wins, and the others learn which', async () => {
    const decisions = Array.from({ length: 10 }, (_, index) => by(owner, index % 2 === 0 ? approve : deny))
    const settled = await Promise.allSettled(decisions)
    const won = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value.status] : []))
    expect(won).toHaveLength(1)
    for (const each of settled) {
      if (each.status === 'fulfilled') continue
      expect(each.reason).toBeInstanceOf(Refusal)
      const { refusal, fields } = each.reason as Refusal
      // Who looks after the vote and before the new status has been read is told of the vote.
      expect(['alreadyDecided', 'alreadyVoted']).toContain(refusal)
      if (refusal === 'alreadyDecided') expect(fields).toMatchObject({ decision: won[0], decided_by: owner.email })
    }
    const now = await recorded()
    expect([now.call.status, now.approval?.status]).toEqual([won[0], won[0]])
    expect(now.votes).toHaveLength(1)
    expect(now.audit.filter((type) => type === 'approval.decided')).toHaveLength(1)
    expect(await refusalOf(by(owner, approve))).toMatchObject({ refusal: 'alreadyDecided' })
  })

  test('is a vote that nobody has twice for one revision', async () => {
    const { call_id, revision, args_digest } = call
    const vote = { call_id, user_id: owner.id, email: owner.email, approve: true, args_digest }
    await database.db.insert(votes).values({ ...vote, revision })
    expect(await refusalOf(by(owner, approve))).toMatchObject({ refusal: 'alreadyVoted' })
    await advanceCall(database.db, call_id, { from: ['awaiting_approval'], to: 'awaiting_approval', revision: 2 })
    call = await stored(database.db, call_id)
    const old = (await recordOf(database.db, { call_id, revision })).approval?.effect_digest
    await request(database.db, call, { effect: { ...anEffect('Scale web 4 → 5'), pins: { replicas: 4 } } })
    expect(await refusalOf(by(owner, { ...approve, effect_digest: old }))).toMatchObject({ refusal: 'effectChanged' })
    await by(owner, { ...approve, effect_digest: (await recorded()).approval?.effect_digest })
    expect((await recorded()).votes).toMatchObject([{ revision: 2 }])
  })

  test('is not for who may not: neither others nor an account that may only look', async () => {
    const before = await recorded()
    const notAllowed = { refusal: 'decisionNotAllowed' }
    const stranger = await aStranger()
    expect(await refusalOf(by(stranger, approve))).toMatchObject(notAllowed)
    expect(await refusalOf(by({ ...owner, view_only: true }, approve))).toMatchObject(notAllowed)
    expect(await refusalOf(by({ ...owner, is_verified: false }, deny))).toMatchObject(notAllowed)
    expect(await refusalOf(by(owner, approve, `call_${'0'.repeat(32)}`))).toMatchObject({ refusal: 'toolCallNotFound' })
    expect(await recorded()).toEqual(before)
    // Whose it was is known even when it has gone: who may not is told the same.
    await database.db.delete(toolCalls).where(eq(toolCalls.call_id, call.call_id))
    expect(await refusalOf(by(stranger, approve))).toMatchObject(notAllowed)
    expect(await refusalOf(by(owner, approve))).toMatchObject({ refusal: 'toolCallNotFound' })
  })

  test('about a read is nobody’s', async () => {
    const row = aCall({ run_id: randomUUID(), conversation_id: conversationId })
    await insertCalls(database.db, [row])
    expect(await refusalOf(by(owner, deny, row.call_id))).toMatchObject({ refusal: 'toolCallNotFound' })
  })

  test('that comes too late expires the approval, and says so', async () => {
    call = await aWaitingCall(database.db, conversationId, { expiresAt: aMinuteAgo() })
    const refused = await refusalOf(by(owner, approve))
    expect(refused).toMatchObject({ refusal: 'alreadyDecided', fields: { decision: 'expired', decided_by: null } })
    const now = await recorded()
    expect(now).toMatchObject({ call: { status: 'expired' }, approval: { status: 'expired' }, votes: [] })
    expect(expired.map(({ approvals }) => approvals.map(({ call_id }) => call_id))).toEqual([[call.call_id]])
  })
})
