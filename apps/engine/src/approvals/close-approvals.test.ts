import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { advanceCall, insertCalls } from '../event-log/record/calls.ts'
import { aCall, aConversation } from '../event-log/record.fixture.ts'
import { dropPendingApproval, readStrandedDecisions, readUnannounced } from './announce-decisions.ts'
import { approvals } from './approval.table.ts'
import { closeCalls } from './close-approvals.ts'
import { aWaitingCall, ownerOf, recordOf, stored } from './waiting-call.fixture.ts'

describe.each(databases)('calls that are closed, $name', ({ open }) => {
  let database: Database
  let conversationId: string
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database?.close())
  beforeEach(async () => {
    conversationId = await aConversation(database.db)
  })

  const why = 'the run was stopped'
  const waiting = () => aWaitingCall(database.db, conversationId)
  const close = async (callIds: readonly string[]) => {
    const calls = await Promise.all(callIds.map((callId) => stored(database.db, callId)))
    const { id } = await ownerOf(database.db, conversationId)
    return await database.db.transaction((tx) => closeCalls(tx, calls, { why, userId: id }))
  }

  test('are those that have not begun, with their approvals; who was decided first stays so', async () => {
    const [awaiting, approved, denied, executing] = [await waiting(), await waiting(), await waiting(), await waiting()]
    const pending = aCall({ run_id: randomUUID(), conversation_id: conversationId }, { class: 'write' })
    await insertCalls(database.db, [pending])
    for (const [call, to] of [
      [approved, 'approved'],
      [denied, 'denied'],
      [executing, 'executing'],
    ] as const)
      await advanceCall(database.db, call.call_id, { from: ['awaiting_approval'], to })
    const all = [awaiting, approved, denied, executing].map(({ call_id }) => call_id).concat(pending.call_id)
    const closed = await close(all)
    expect(new Map(closed.map(({ call_id, hadApproval }) => [call_id, hadApproval]))).toEqual(
      new Map([
        [awaiting.call_id, true],
        [approved.call_id, true],
        [pending.call_id, false],
      ]),
    )
    const statuses = await Promise.all(all.map(async (callId) => (await stored(database.db, callId)).status))
    expect(statuses).toEqual(['cancelled', 'cancelled', 'denied', 'executing', 'cancelled'])
    const now = await recordOf(database.db, awaiting)
    expect(now.call.tool_message).toBe(`The call was not executed: ${why}. Verify before you propose it again.`)
    expect(now).toMatchObject({ approval: { status: 'cancelled' }, votes: [] })
    expect(now.audit).toContain('call.cancelled')
    expect((await recordOf(database.db, denied)).audit).not.toContain('call.cancelled')
    expect(await close(all)).toEqual([])
  })

  test('have no decision that a run would still have to tell', async () => {
    const call = await waiting()
    await advanceCall(database.db, call.call_id, { from: ['awaiting_approval'], to: 'approved' })
    const longAgo = new Date(Date.now() - 3_600_000)
    const isOfCall = eq(approvals.call_id, call.call_id)
    await database.db.update(approvals).set({ status: 'approved', decided_at: longAgo }).where(isOfCall)
    expect(await readUnannounced(database.db, [call.call_id])).toHaveLength(1)
    const stranded = await readStrandedDecisions(database.db, 60)
    expect(stranded.map(({ conversation_id }) => conversation_id)).toContain(conversationId)
    expect(await readStrandedDecisions(database.db, 7_200)).toEqual([])
    await close([call.call_id])
    expect(await readUnannounced(database.db, [call.call_id])).toEqual([])
    const after = await readStrandedDecisions(database.db, 60)
    expect(after.map(({ conversation_id }) => conversation_id)).not.toContain(conversationId)
  })

  test('an approval is dropped for another one only while it is pending', async () => {
    const call = await waiting()
    expect(await dropPendingApproval(database.db, call.call_id, 2)).toBe(false)
    expect(await dropPendingApproval(database.db, call.call_id, 1)).toBe(true)
    expect((await recordOf(database.db, call)).approval?.status).toBe('stale')
    expect(await dropPendingApproval(database.db, call.call_id, 1)).toBe(false)
  })
})
