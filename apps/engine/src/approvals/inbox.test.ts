import { Refusal } from '@fairlead/contract/errors'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readPeople } from '../auth/read-people.ts'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { aConversation } from '../event-log/record.fixture.ts'
import { closeCalls } from './close-approvals.ts'
import { readInbox } from './inbox.ts'
import { aMinuteAgo, aWaitingCall, ownerOf } from './waiting-call.fixture.ts'

describe.each(databases)('the inbox, $name', ({ open }) => {
  let database: Database
  let conversationId: string
  let owner: { id: string; email: string }
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database?.close())
  beforeEach(async () => {
    conversationId = await aConversation(database.db)
    owner = await ownerOf(database.db, conversationId)
  })

  const read = (of: { limit?: number; cursor?: string; viewOnly?: boolean; userId?: string } = {}) =>
    readInbox(database.db, { userId: owner.id, viewOnly: false, limit: 50, ...of }, readPeople)
  const waitingUntil = async (expiresAt: Date | null, of: { call_id?: string } = {}) =>
    (await aWaitingCall(database.db, conversationId, { expiresAt, ...of })).call_id
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000)

  test('shows what its owner can decide, with who asked and what for', async () => {
    const call = await aWaitingCall(database.db, conversationId)
    const { items, next_cursor } = await read()
    expect(next_cursor).toBeNull()
    expect(items).toMatchObject([
      {
        call_id: call.call_id,
        conversation_id: conversationId,
        requester: owner,
        request: 'Scale web.',
        tool: 'k8s_scale',
        effect: { summary: 'Scale web 3 → 5' },
        revision: 1,
        status: 'awaiting_approval',
        votes: [],
      },
    ])
  })

  test('shows nothing that is over, nothing of others, and nothing to who may only look', async () => {
    await waitingUntil(aMinuteAgo())
    const closed = await aWaitingCall(database.db, conversationId)
    await closeCalls(database.db, [closed], { why: 'the run was stopped', userId: owner.id })
    const shown = await waitingUntil(inHours(1))
    const strangers = await aConversation(database.db)
    await aWaitingCall(database.db, strangers)
    expect((await read()).items.map(({ call_id }) => call_id)).toEqual([shown])
    expect(await read({ viewOnly: true })).toEqual({ items: [], next_cursor: null })
  })

  test('shows first what expires first, last what never does, each once over all pages', async () => {
    const same = inHours(3)
    const named = (digit: number) => ({ call_id: `call_${owner.id.slice(0, 8)}${String(digit).repeat(24)}` })
    const never = [await waitingUntil(null, named(2)), await waitingUntil(null, named(7))]
    const together = [await waitingUntil(same, named(5)), await waitingUntil(same, named(1))]
    const soon = await waitingUntil(inHours(1))
    const expected = [soon, ...together.toReversed(), ...never]
    for (const limit of [1, 2, 3, 5, 50]) {
      const seen: string[] = []
      for (let cursor: string | undefined; ; ) {
        const page = await read({ limit, cursor })
        expect(page.items.length).toBeLessThanOrEqual(limit)
        seen.push(...page.items.map(({ call_id }) => call_id))
        if (page.next_cursor === null) break
        cursor = page.next_cursor
      }
      expect(seen, `by ${limit}`).toEqual(expected)
    }
  })

  test.each(['', 'x', 'infinity', '|c', 'infinity|', 'yesterday|c', 'infinity|c|d', '99999-01-01T00:00:00Z|c'])(
    'refuses the cursor %j',
    async (cursor) => {
      const refused = await read({ cursor }).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(Refusal)
      expect(refused).toMatchObject({ refusal: 'invalidCursor' })
    },
  )
})
