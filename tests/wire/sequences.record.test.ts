import type { Db } from '@fairlead/engine/db/database'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { feedOf, flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation, patience, statusesOf } from './scenario.fixture.ts'

describe.each(adapterSets)('expired, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  afterAll(() => engine?.close())

  async function proposeTwo() {
    const conversation = await openConversation(engine)
    const made = newCalls(engine)
    engine.model.use([{ toolCalls: [made.scale('W1'), made.scale('W2')] }, { text: 'Done.' }])
    const proposal = await readRun(await engine.owner.chat('scale both', conversation))
    return { ...made, conversation, approval: only(proposal, 'tool.awaiting_approval') }
  }
  const runOut = (callId: string) => sql`update approvals set expires_at = now() where call_id = ${callId}`
  const status = async (callId: string) => (await engine.owner.approval(callId)).status

  test('with the next message', async () => {
    const { conversation, id } = await proposeTwo()
    await engine.restart({
      whileDown: async (db) => {
        await db.execute(runOut(id('W1')))
        await db.execute(runOut(id('W2')))
      },
    })
    await expect.poll(() => status(id('W1')), patience).toBe('expired')
    expect(await statusesOf(engine, conversation)).toBe('W1 expired, W2 expired')
    engine.model.use([{ text: 'Too late.' }])
    const events = await readRun(await engine.owner.chat('and now?', conversation))
    expect(flowOf(events)).toBe('ready tool.denied(W1 expired) tool.denied(W2 expired) G END(completed)')
    const toolMessage = engine.model.requests.at(-1)?.messages.findLast(({ role }) => role === 'tool')
    expect(toolMessage?.text).toBe('Tool call was denied: nobody approved it within 24 h')
  })

  test('found when it is decided', async () => {
    const { conversation, id, approval } = await proposeTwo()
    await engine.restart({
      whileDown: async (db) => {
        await db.execute(runOut(id('W1')))
        // Somebody else looks for what has expired, and is in no hurry.
        await db.execute(sql`insert into leases (name, engine, until)
          values ('approval-expiry', 'another', now() + interval '1 hour')
          on conflict (name) do update set engine = excluded.engine, until = excluded.until`)
      },
    })
    const feed = await engine.owner.feed()
    const answer = await engine.owner.request('POST', `/agent/approvals/${id('W1')}`, {
      approve: true,
      conversation_id: conversation,
    })
    expect(answer).toMatchObject({
      status: 409,
      body: { detail: 'Tool call is already decided', decision: 'expired', decided_by: null },
    })
    expect(await feed.until('approval.expired')).toMatchObject({ call_id: approval.call_id, revision: 1 })
    await feed.until('approval.decided', ({ call_id, status }) => call_id === id('W2') && status === 'cancelled')
    expect(feedOf(feed.events)).toBe('ready approval.expired approval.decided')
    feed.close()
    expect(await statusesOf(engine, conversation)).toBe('W1 expired, W2 cancelled')
    expect((await engine.owner.inbox()).filter((item) => item.conversation_id === conversation)).toEqual([])
    await engine.restart({ whileDown: (db) => db.execute(sql`delete from leases where engine = 'another'`) })
  })

  test('W2 expired, W1 approved later', async () => {
    const { conversation, id, approval } = await proposeTwo()
    await engine.restart({ whileDown: (db) => db.execute(runOut(id('W2'))) })
    await expect.poll(() => status(id('W2')), patience).toBe('expired')
    expect(await statusesOf(engine, conversation)).toBe('W1 awaiting_approval, W2 expired')
    expect(flowOf(await readRun(await engine.owner.approve(approval)))).toBe(
      'ready tool.approved(W1) tool.denied(W2 expired) tool.executing(W1) tool.result(W1) ' +
        'tool.verified(W1 as_approved) G END(completed)',
    )
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, W2 expired')
  })
})

describe.each(adapterSets)('attempt cannot be recorded, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  afterAll(() => engine?.close())

  async function refuseInserts(db: Db, table: string, type: string | undefined): Promise<void> {
    const refuse = "begin raise exception 'the disk is full'; end"
    const only = type === undefined ? '' : `when (new.type = '${type}')`
    await db.execute(sql.raw(`create function refuse() returns trigger language plpgsql as $$ ${refuse} $$`))
    await db.execute(
      sql.raw(`create trigger refuse before insert on ${table} for each row ${only} execute function refuse()`),
    )
  }

  test.each([
    ['the attempt', 'attempts', undefined],
    ['its audit event', 'audit_events', 'attempt.started'],
    ["its grant's audit event", 'audit_events', 'grant.issued'],
  ] as const)('%s', async (_, table, type) => {
    const conversation = await openConversation(engine)
    const { scale, id, workload } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1')] }])
    const approval = only(await readRun(await engine.owner.chat('scale it', conversation)), 'tool.awaiting_approval')
    await engine.restart({ whileDown: (db) => refuseInserts(db, table, type) })
    const events = await readRun(await engine.owner.approve(approval))
    expect(flowOf(events)).toBe('ready tool.approved(W1) tool.error(W1 failed) FAIL')
    expect(engine.tools.calls.filter((call) => call.callId === id('W1') && call.phase === 'execute')).toEqual([])
    expect(engine.tools.workloads.replicas.get(workload('W1'))).toBe(3)
    expect(await statusesOf(engine, conversation)).toBe('W1 error')
    await engine.restart({ whileDown: (db) => db.execute(sql.raw('drop function refuse() cascade')) })
    engine.model.use([{ text: 'I can hear you.' }])
    expect(flowOf(await readRun(await engine.owner.chat('hello?', conversation)))).toBe('ready G END(completed)')
  })
})
