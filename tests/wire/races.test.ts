import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import type { Answer, AwaitingCall } from './person.fixture.ts'
import { randomOf, seed } from './random.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

const rounds = process.env.FAIRLEAD_FULL ? 100 : 6
const turns = Array.from({ length: rounds }, (_, turn) => turn)

describe.each(adapterSets)(`races, %s, seed ${seed}`, (adapters) => {
  let engine: EngineUnderTest
  let conversation: string
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters, settings: { MAX_AUTO_CONTINUE_TURNS: '0' } })
    conversation = await openConversation(engine)
  })
  afterAll(() => engine?.close())

  const waiting = async (count = 1) => {
    const calls = newCalls(engine)
    const labels = Array.from({ length: count }, (_, index) => `W${index + 1}`)
    engine.model.use([{ toolCalls: labels.map((label) => calls.scale(label)) }])
    const events = await readRun(await engine.owner.chat('scale it', conversation))
    const approvals = await Promise.all(labels.map((label) => engine.owner.approval(calls.id(label))))
    engine.model.use(() => ({ text: 'Done.' }))
    return { approval: only(events, 'tool.awaiting_approval'), approvals, run_id: only(events, 'ready').run_id }
  }
  const asOwner = ({ call_id, args_digest, effect_digest }: AwaitingCall, approve: boolean): Promise<Answer> =>
    engine.owner
      .stream('POST', `/agent/approvals/${call_id}`, {
        conversation_id: conversation,
        approve,
        args_digest,
        effect_digest,
      })
      .then(async (stream) => ({ status: 200, body: await readRun(stream) }))
      .catch((error: Error) => {
        const [, status] = /answered (\d+)/.exec(error.message) ?? []
        if (status === undefined) throw error
        return { status: Number(status), body: error.message }
      })
  const untilIdle = async () => {
    for (;;) {
      const { active_run_id } = await engine.owner.conversation(conversation)
      if (active_run_id === null) return
      await (await engine.owner.follow(active_run_id)).all()
    }
  }
  const executions = (callId: string) =>
    engine.tools.calls.filter((call) => call.callId === callId && call.phase === 'execute').length
  const recorded = async (callId: string, type: string) => {
    const { body } = await engine.owner.request('GET', `/audit?call_id=${callId}&type=${type}`)
    return (body as { items: { data: Record<string, unknown> }[] }).items.length
  }

  test.each(turns)('decisions at once: one wins, one call, recorded once (%i)', async (turn) => {
    const random = randomOf(turn)
    const { approval } = await waiting()
    const { call_id } = approval
    const answers = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const approve = random.below(3) > 0
        const inInbox = random.below(2) === 0
        await sleep(random.below(8))
        const answer = inInbox ? await engine.owner.decide(approval, approve) : await asOwner(approval, approve)
        return { approve, ...answer }
      }),
    )
    await untilIdle()
    const won = answers.filter(({ status }) => status === 200)
    expect([won.length, answers.map(({ status }) => status).toSorted()]).toEqual([1, [200, 409, 409, 409]])
    const decision = won[0]?.approve ? 'approved' : 'denied'
    const [call] = (await engine.owner.calls(conversation)).filter((each) => each.call_id === call_id)
    expect(call?.status).toBe(won[0]?.approve ? 'completed' : 'denied')
    expect(executions(call_id)).toBe(won[0]?.approve ? 1 : 0)
    expect([await recorded(call_id, 'approval.decided'), await recorded(call_id, 'attempt.started')]).toEqual([
      1,
      won[0]?.approve ? 1 : 0,
    ])
    const requests = engine.model.requests.length
    expect(await engine.owner.decide(approval, true)).toMatchObject({
      status: 409,
      body: { detail: 'Tool call is already decided', decision, decided_by: engine.owner.email, current: { call_id } },
    })
    expect((await asOwner(approval, false)).status).toBe(409)
    expect(engine.model.requests.length).toBe(requests)
  })

  test.each(turns)('decision, stop and a new message at once: one outcome, recorded once (%i)', async (turn) => {
    const random = randomOf(1000 + turn)
    const { approval, run_id } = await waiting()
    const { call_id } = approval
    const after = async <Result>(work: () => Promise<Result>) => {
      await sleep(random.below(10))
      return await work()
    }
    const [decided, , proposal] = await Promise.all([
      after(() => (random.below(2) === 0 ? engine.owner.decide(approval, true) : asOwner(approval, true))),
      after(() => engine.owner.stop({ conversation_id: conversation, run_id })),
      after(() =>
        engine.owner.chat('something else', conversation).then(
          (stream) => readRun(stream),
          () => undefined, // 409: the decision's run was first
        ),
      ),
    ])
    await untilIdle()
    const [call] = (await engine.owner.calls(conversation)).filter((each) => each.call_id === call_id)
    // An approved call may still be closed unexecuted, by the message that came before its run.
    const isRun = executions(call_id) === 1
    expect(executions(call_id)).toBeLessThanOrEqual(1)
    expect(call?.status).toBe(isRun ? 'completed' : 'cancelled')
    if (isRun) expect(decided.status).toBe(200)
    if (decided.status !== 200) expect(decided.status).toBe(409)
    expect(await recorded(call_id, 'attempt.started')).toBe(isRun ? 1 : 0)
    expect(await recorded(call_id, 'call.cancelled')).toBe(isRun ? 0 : 1)
    if (proposal !== undefined) expect(flowOf(proposal)).toMatch(/^ready .*END\(completed\)$/)
  })

  test.each(turns)('a call approved while the one before it is on its way runs behind it (%i)', async (turn) => {
    const random = randomOf(turn)
    const { approvals } = await waiting(2)
    const answers: Promise<Answer>[] = []
    for (const approval of approvals) {
      answers.push(asOwner(approval, true))
      await sleep(random.below(60))
    }
    await Promise.all(answers)
    await untilIdle()
    const calls = await engine.owner.calls(conversation)
    const statuses = approvals.map(({ call_id }) => calls.find((call) => call.call_id === call_id)?.status)
    expect(statuses).toEqual(['completed', 'completed'])
  })

  test.each(turns)('a stop beside the question leaves nothing that waits (%i)', async (turn) => {
    const random = randomOf(2000 + turn)
    const { scale, id } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1')] }])
    const stream = await engine.owner.chat('scale it', conversation)
    const run = await stream.until('ready')
    await engine.tools.untilCalled(id('W1'), 'preview')
    await sleep(random.below(12))
    await engine.owner.stop(run)
    const call = (await engine.owner.calls(conversation)).find(({ call_id }) => call_id === id('W1'))
    expect(call?.status).toBe('cancelled')
    expect(flowOf(await readRun(stream))).toMatch(/END\((stopped|awaiting_approval)\)$/)
  })

  test('a message that is refused since a run is active leaves nothing behind', async () => {
    const { approval } = await waiting(2)
    const go = Promise.withResolvers<void>()
    engine.tools.use(async (call, own) => {
      if (call.phase === 'execute') await go.promise
      return own()
    })
    const run = await engine.owner.approve(approval)
    await run.until('tool.executing')
    const state = async () => {
      const { messages } = await engine.owner.conversation(conversation)
      const audit = await engine.owner.request('GET', `/audit?conversation_id=${conversation}&limit=200`)
      return { messages, audit: (audit.body as { items: { id: string }[] }).items.map(({ id }) => id) }
    }
    const before = await state()
    for (let turn = 0; turn < 3; turn++) {
      const messages = [{ role: 'user', content: 'and now?' }]
      expect(
        await engine.owner.request('POST', '/agent/chat', { messages, conversation_id: conversation }),
      ).toMatchObject({ status: 409, body: { detail: 'A run is already in progress' } })
    }
    expect(await state()).toEqual(before)
    go.resolve()
    engine.tools.use((_, own) => own())
    expect(flowOf(await readRun(run))).toMatch(/^ready tool.approved\(W1\).*tool.awaiting_approval\(W2\) END/)
  })

  test('a batch of five with one stale digest: four decided, one 409 in its place, one run', async () => {
    const { approvals } = await waiting(5)
    const feed = await engine.owner.feed()
    await feed.until('ready')
    const third = approvals[2]
    if (third === undefined) throw new Error('there are five')
    const stale = { ...third, effect_digest: 'a'.repeat(64) }
    const items = approvals.map((approval) => (approval === third ? stale : approval))
    const { body } = await engine.owner.decideAll(items, [true, true, true, false, true])
    expect(body).toEqual({
      results: [
        { call_id: approvals[0]?.call_id, status: 'approved' },
        { call_id: approvals[1]?.call_id, status: 'approved' },
        {
          call_id: third.call_id,
          error: expect.objectContaining({ status: 409, detail: 'The effect has changed', current: expect.anything() }),
        },
        { call_id: approvals[3]?.call_id, status: 'denied' },
        { call_id: approvals[4]?.call_id, status: 'approved' },
      ],
    })
    await feed.until('run.ended')
    expect(feed.events.filter(({ type }) => type === 'run.started')).toHaveLength(1)
    const statuses = async () => (await engine.owner.calls(conversation)).slice(-5).map(({ status }) => status)
    expect(await statuses()).toEqual(['completed', 'completed', 'awaiting_approval', 'denied', 'approved'])
    await readRun(await engine.owner.approve(third))
    expect(await statuses()).toEqual(['completed', 'completed', 'completed', 'denied', 'completed'])
    feed.close()
  })
})
