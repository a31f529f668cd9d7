import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation, statusesOf } from './scenario.fixture.ts'

type Db = Parameters<NonNullable<NonNullable<Parameters<EngineUnderTest['restart']>[0]>['whileDown']>>[0]

/** The database refuses audit events of that kind, as with a full disk; nothing else. */
const refuse = (type: string) => async (db: Db) => {
  await db.execute(sql`create or replace function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'no space left on /secret/volume' using errcode = '53100'; end $$`)
  await db.execute(
    sql.raw(`create trigger refused before insert on audit_events for each row
      when (new.type = '${type}') execute function refuse()`),
  )
}
const allow = async (db: Db) => {
  await db.execute(sql`drop trigger refused on audit_events`)
}

describe.each(adapterSets)('an audit that takes no more, %s', { timeout: 90_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters, settings: { MAX_AUTO_CONTINUE_TURNS: '0' } })
  })
  beforeEach(() => engine.tools.use((_, own) => own()))
  afterAll(() => engine?.close())

  const executions = () => engine.tools.calls.filter(({ phase }) => phase === 'execute').length
  const reads = (callId: string) => engine.tools.calls.filter((call) => call.callId === callId)

  test.each(['attempt.started', 'grant.issued'])('without %s no write leaves, and the run says so', async (type) => {
    const conversation = await openConversation(engine)
    const { scale, workload } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1', { from: 3, to: 5 })] }])
    const approval = only(await readRun(await engine.owner.chat('scale it', conversation)), 'tool.awaiting_approval')
    await engine.restart({ whileDown: refuse(type) })
    const before = executions()
    const events = await readRun(await engine.owner.approve(approval))
    expect(flowOf(events)).toBe('ready tool.approved(W1) tool.error(W1 failed) FAIL')
    expect(only(events, 'tool.error').error).toBe('The attempt could not be recorded, so the call was not run.')
    expect(JSON.stringify(events)).not.toContain('secret')
    expect([executions(), engine.tools.workloads.replicas.get(workload('W1'))]).toEqual([before, 3])
    expect(await statusesOf(engine, conversation)).toBe('W1 error')

    await engine.restart({ whileDown: allow })
    const again = newCalls(engine)
    engine.model.use([{ toolCalls: [again.scale('W2')] }, { text: 'Done.' }])
    const proposal = only(await readRun(await engine.owner.chat('again', conversation)), 'tool.awaiting_approval')
    expect(flowOf(await readRun(await engine.owner.approve(proposal)))).toBe(
      'ready tool.approved(W2) tool.executing(W2) tool.result(W2) tool.verified(W2 as_approved) G END(completed)',
    )
  })

  test('without the verdict the run fails, and tells first of a denial that came meanwhile', async () => {
    const conversation = await openConversation(engine)
    const { scale, id } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1'), scale('W2')] }])
    const approval = only(await readRun(await engine.owner.chat('scale both', conversation)), 'tool.awaiting_approval')
    await engine.restart({ whileDown: refuse('verdict') })
    const mayAnswer = Promise.withResolvers<void>()
    engine.tools.use(async (call, own) => {
      if (call.callId === id('W1') && call.phase === 'execute') await mayAnswer.promise
      return own()
    })
    const stream = await engine.owner.approve(approval)
    await engine.tools.untilCalled(id('W1'), 'execute')
    const joined = await engine.owner.deny({ call_id: id('W2'), conversation_id: conversation }, 'not now')
    mayAnswer.resolve()
    expect(flowOf(await readRun(stream))).toBe(
      'ready tool.approved(W1) tool.executing(W1) tool.result(W1) tool.denied(W2 not now) FAIL',
    )
    await joined.all()
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, W2 denied')
    await engine.restart({ whileDown: allow })
  })

  test('without the decision there is none, and the call goes on waiting', async () => {
    const conversation = await openConversation(engine)
    const { scale, id } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1')] }])
    const approval = only(await readRun(await engine.owner.chat('scale it', conversation)), 'tool.awaiting_approval')
    await engine.restart({ whileDown: refuse('approval.decided') })
    const [requests, before] = [engine.model.requests.length, executions()]
    for (const answer of [
      await engine.owner.decide(approval, true),
      await engine.owner.request('POST', `/agent/approvals/${id('W1')}`, {
        conversation_id: conversation,
        approve: true,
      }),
    ]) {
      expect(answer).toEqual({ status: 500, body: { detail: 'Internal Server Error' } })
    }
    expect([engine.model.requests.length, executions()]).toEqual([requests, before])
    expect(await engine.owner.approval(id('W1'))).toMatchObject({ status: 'awaiting_approval', votes: [] })
    await engine.restart({ whileDown: allow })
  })

  test('without the question there is no run', async () => {
    await engine.restart({ whileDown: refuse('message.asked') })
    const requests = engine.model.requests.length
    expect(await engine.owner.request('POST', '/agent/chat', { messages: [{ role: 'user', content: 'hi' }] })).toEqual({
      status: 500,
      body: { detail: 'Internal Server Error' },
    })
    expect(engine.model.requests.length).toBe(requests)
    await engine.restart({ whileDown: allow })
  })

  test('what was proposed and cannot be recorded is not run', async () => {
    const { read, id } = newCalls(engine)
    await engine.restart({ whileDown: refuse('call.proposed') })
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'Seen.' }])
    const events = await readRun(await engine.owner.chat('which pods are there'))
    expect(flowOf(events)).toMatch(/ FAIL$/)
    expect(reads(id('R1'))).toEqual([])
    await engine.restart({ whileDown: allow })
  })

  test('a read whose result cannot be recorded tells nobody what it read', async () => {
    const { read } = newCalls(engine)
    await engine.restart({ whileDown: refuse('call.ended') })
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'Seen.' }])
    const events = await readRun(await engine.owner.chat('which pods are there'))
    expect(flowOf(events)).toBe('ready G tools.pending(R1) tool.executing(R1) tool.error(R1 failed) FAIL')
    expect(only(events, 'tool.error').error).toBe('The result could not be recorded, so nobody is shown it.')
    const conversation = only(events, 'ready').conversation_id
    await engine.restart({ whileDown: allow })
    expect(await statusesOf(engine, conversation)).toBe('R1 error')
  })
})
