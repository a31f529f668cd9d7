import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { feedOf, flowOf, only, readRun } from './flow.fixture.ts'
import { type CallMaker, type MadeCall, newCalls, openConversation, patience, statusesOf } from './scenario.fixture.ts'

describe.each(adapterSets)('turns of several calls, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  afterAll(() => engine?.close())

  const ran = (label: string) => `tool.executing(${label}) tool.result(${label})`
  const wrote = (label: string) => `${ran(label)} tool.verified(${label} as_approved)`

  /** A turn with these calls, read until it waits. */
  async function ask(calls: (of: CallMaker) => MadeCall[]) {
    const conversation = await openConversation(engine)
    const made = newCalls(engine)
    engine.model.use([{ toolCalls: calls(made) }, { text: 'Done.' }])
    const events = await readRun(await engine.owner.chat('do all that', conversation))
    const ref = (label: string) => ({ call_id: made.id(label), conversation_id: conversation })
    return { ...made, conversation, events, ref, approval: only(events, 'tool.awaiting_approval') }
  }

  const twoWrites = () => ask(({ scale }) => [scale('W1'), scale('W2')])

  test('turn with R1 W1 R2 W2', async () => {
    const { conversation, events, approval } = await ask(({ read, scale }) => [
      read('R1'),
      scale('W1'),
      read('R2'),
      scale('W2'),
    ])
    expect(flowOf(events)).toBe(
      `ready G tools.pending(R1 W1 R2 W2) ${ran('R1')} tool.awaiting_approval(W1) END(awaiting_approval)`,
    )
    expect(await statusesOf(engine, conversation)).toBe('R1 completed, W1 awaiting_approval, R2 pending, W2 pending')
    const second = await readRun(await engine.owner.approve(approval))
    expect(flowOf(second)).toBe(
      `ready tool.approved(W1) ${wrote('W1')} ${ran('R2')} tool.awaiting_approval(W2) END(awaiting_approval)`,
    )
    const next = only(second, 'tool.awaiting_approval')
    expect(next.context.approval_decisions).toEqual({ [approval.call_id]: true })
    const third = await readRun(await engine.owner.approve(next))
    expect(flowOf(third)).toBe(`ready tool.approved(W2) ${wrote('W2')} G T END(completed)`)
    expect(await statusesOf(engine, conversation)).toBe('R1 completed, W1 completed, R2 completed, W2 completed')
  })

  test('W2 approved before W1', async () => {
    const { conversation, approval, ref } = await twoWrites()
    const early = await readRun(await engine.owner.approve(ref('W2')))
    expect(flowOf(early)).toBe('ready tool.approved(W2) tool.awaiting_approval(W1) END(awaiting_approval)')
    expect(await statusesOf(engine, conversation)).toBe('W1 awaiting_approval, W2 approved')
    const late = await readRun(await engine.owner.approve(approval))
    expect(flowOf(late)).toBe(`ready tool.approved(W1) ${wrote('W1')} ${wrote('W2')} G T END(completed)`)
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, W2 completed')
  })

  test('W2 denied before W1', async () => {
    const { conversation, approval, ref } = await twoWrites()
    const early = await readRun(await engine.owner.deny(ref('W2'), 'no'))
    expect(flowOf(early)).toBe('ready tool.denied(W2 no) tool.awaiting_approval(W1) END(awaiting_approval)')
    const late = await readRun(await engine.owner.approve(approval))
    expect(flowOf(late)).toBe(`ready tool.approved(W1) ${wrote('W1')} G T END(completed)`)
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, W2 denied')
  })

  test('two mutations, both wait', async () => {
    const { conversation, events, id, approval } = await twoWrites()
    expect(flowOf(events)).toBe('ready G tools.pending(W1 W2) tool.awaiting_approval(W1) END(awaiting_approval)')
    const inbox = (await engine.owner.inbox()).filter(({ conversation_id }) => conversation_id === conversation)
    expect(inbox.map(({ call_id }) => call_id).toSorted()).toEqual([id('W1'), id('W2')].toSorted())
    for (const item of inbox) {
      expect(item).toMatchObject({ effect: { objects: [{ changes: [{ before: 3, after: 5 }] }] }, revision: 1 })
      expect(await engine.owner.approval(item.call_id)).toEqual(item)
    }
    const calls = await engine.owner.calls(conversation)
    expect(calls.map(({ effect, effect_digest }) => [effect?.summary, effect_digest])).toEqual(
      [id('W1'), id('W2')].map((callId) => {
        const item = inbox.find(({ call_id }) => call_id === callId)
        return [item?.effect?.summary, item?.effect_digest]
      }),
    )
    const next = await readRun(await engine.owner.deny(approval))
    expect(flowOf(next)).toBe('ready tool.denied(W1) tool.awaiting_approval(W2) END(awaiting_approval)')
    const last = await readRun(await engine.owner.approve(only(next, 'tool.awaiting_approval')))
    expect(flowOf(last)).toBe(`ready tool.approved(W2) ${wrote('W2')} G T END(completed)`)
    expect(await statusesOf(engine, conversation)).toBe('W1 denied, W2 completed')
  })

  test('an undecided write is previewed again once another has run', async () => {
    const { conversation, approval, id, workload } = await ask(({ scale }) => {
      const first = scale('W1', { to: 5 })
      return [first, { ...first, id: first.id.replace('W1', 'W2'), args: { ...first.args, replicas: 7 } }]
    })
    expect((await engine.owner.approval(id('W2'))).effect?.summary).toMatch(/3 → 7 in shop$/)
    const second = await readRun(await engine.owner.approve(approval))
    expect(flowOf(second)).toBe(
      `ready tool.approved(W1) ${wrote('W1')} tool.awaiting_approval(W2 revision 2) END(awaiting_approval)`,
    )
    const next = only(second, 'tool.awaiting_approval')
    expect(next.effect.summary).toMatch(/5 → 7 in shop$/)
    expect(flowOf(await readRun(await engine.owner.approve(next)))).toBe(
      `ready tool.approved(W2) ${wrote('W2')} G T END(completed)`,
    )
    expect(engine.tools.workloads.replicas.get(workload('W1'))).toBe(7)
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, W2 completed')
  })

  test('a later write whose preview fails is previewed again when its turn comes', async () => {
    const conversation = await openConversation(engine)
    const { scale, workload, id } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1'), scale('W2')] }, { text: 'Done.' }])
    engine.tools.workloads.replicas.delete(workload('W2'))
    const events = await readRun(await engine.owner.chat('do both', conversation))
    expect(flowOf(events)).toBe('ready G tools.pending(W1 W2) tool.awaiting_approval(W1) END(awaiting_approval)')
    const refused = await engine.owner.request('POST', `/agent/approvals/${id('W2')}`, {
      approve: true,
      conversation_id: conversation,
    })
    expect(refused).toMatchObject({
      status: 409,
      body: { detail: 'The effect is not known yet', code: 'EFFECT_UNKNOWN' },
    })
    engine.tools.workloads.replicas.set(workload('W2'), 1)
    const second = await readRun(await engine.owner.approve(only(events, 'tool.awaiting_approval')))
    expect(flowOf(second)).toBe(
      `ready tool.approved(W1) ${wrote('W1')} tool.awaiting_approval(W2) END(awaiting_approval)`,
    )
    expect(only(second, 'tool.awaiting_approval').effect.summary).toMatch(/1 → 5 in shop$/)
    await readRun(await engine.owner.deny({ call_id: id('W2'), conversation_id: conversation }))
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, W2 denied')
  })

  test('a write that another one has made impossible is asked about no more', async () => {
    const { conversation, approval, id, workload } = await twoWrites()
    engine.tools.use((call, own) => {
      if (call.callId === id('W1') && call.phase === 'execute') engine.tools.workloads.replicas.delete(workload('W2'))
      return own()
    })
    const item = await engine.owner.approval(id('W2'))
    const feed = await engine.owner.feed()
    await feed.until('ready')
    const events = await readRun(await engine.owner.approve(approval))
    expect(flowOf(events)).toBe(`ready tool.approved(W1) ${wrote('W1')} tool.error(W2 failed) G T END(completed)`)
    const closed = await feed.until('approval.decided', ({ call_id }) => call_id === id('W2'))
    expect(closed).toMatchObject({ revision: 1, status: 'cancelled', decided_by: null })
    feed.close()
    const inbox = await engine.owner.inbox()
    expect(inbox.map(({ call_id }) => call_id)).not.toContain(id('W2'))
    expect(await engine.owner.decide(item, true)).toMatchObject({
      status: 409,
      body: {
        detail: 'Tool call is already decided',
        code: 'ALREADY_DECIDED',
        decision: 'cancelled',
        decided_by: null,
      },
    })
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, W2 error')
  })

  test('a denial that comes while the new preview is on its way stands, though the preview fails', async () => {
    const { conversation, approval, id, ref, workload } = await twoWrites()
    const mayAnswer = Promise.withResolvers<void>()
    engine.tools.use(async (call, own) => {
      if (call.callId !== id('W2')) return own()
      engine.tools.workloads.replicas.delete(workload('W2'))
      await mayAnswer.promise
      return own()
    })
    const seen = engine.tools.calls.length
    const run = await engine.owner.approve(approval)
    const isPreviewed = () => engine.tools.calls.slice(seen).some(({ callId }) => callId === id('W2'))
    await expect.poll(isPreviewed, patience).toBe(true)
    const joined = await engine.owner.deny(ref('W2'), 'no')
    mayAnswer.resolve()
    expect(flowOf(await readRun(run))).toBe(
      `ready tool.approved(W1) ${wrote('W1')} tool.denied(W2 no) G END(completed)`,
    )
    await joined.all()
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, W2 denied')
  })

  test('batch decision', async () => {
    const { conversation, id } = await twoWrites()
    const feed = await engine.owner.feed()
    const items = [await engine.owner.approval(id('W1')), await engine.owner.approval(id('W2'))]
    expect(await engine.owner.decideAll(items, true)).toEqual({
      status: 200,
      body: { results: items.map(({ call_id }) => ({ call_id, status: 'approved' })) },
    })
    const { run_id } = await feed.until('run.started')
    expect(flowOf(await readRun(await engine.owner.follow(run_id)))).toBe(
      `ready tool.approved(W1) tool.approved(W2) ${wrote('W1')} ${wrote('W2')} G T END(completed)`,
    )
    await feed.until('run.ended')
    expect(feedOf(feed.events)).toBe('ready approval.decided approval.decided run.started run.ended')
    feed.close()
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, W2 completed')
  })

  test('batch decision that approves one and denies the other', async () => {
    const { conversation, id } = await twoWrites()
    const feed = await engine.owner.feed()
    const items = [await engine.owner.approval(id('W1')), await engine.owner.approval(id('W2'))]
    expect(await engine.owner.decideAll(items, [false, true])).toMatchObject({
      body: { results: [{ status: 'denied' }, { status: 'approved' }] },
    })
    const { run_id } = await feed.until('run.started')
    expect(flowOf(await readRun(await engine.owner.follow(run_id)))).toBe(
      `ready tool.denied(W1) tool.approved(W2) ${wrote('W2')} G END(completed)`,
    )
    feed.close()
    expect(await statusesOf(engine, conversation)).toBe('W1 denied, W2 completed')
  })

  test('a decision during a run is taken up by it', async () => {
    const { conversation, approval, ref, id } = await twoWrites()
    const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>()
    engine.tools.use(async (call, own) => {
      if (call.callId === id('W1') && call.phase === 'execute') await mayAnswer
      return own()
    })
    const first = await engine.owner.approve(approval)
    await engine.tools.untilCalled(id('W1'), 'execute')
    const second = await engine.owner.approve(ref('W2'))
    answerNow()
    const events = await readRun(first)
    expect(flowOf(events)).toBe(
      `ready tool.approved(W1) ${wrote('W1')} tool.approved(W2) ${wrote('W2')} G T END(completed)`,
    )
    expect(await readRun(second)).toEqual(events)
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, W2 completed')
  })

  test('decided in the inbox', async () => {
    const feed = await engine.owner.feed()
    const { conversation, id } = await ask(({ scale }) => [scale('W1')])
    const pending = await feed.until('approval.pending', ({ call_id }) => call_id === id('W1'))
    expect(pending).toMatchObject({ conversation_id: conversation, revision: 1, given: 0, required: 1 })
    await feed.until('run.ended', (event) => event.conversation_id === conversation && event.status !== 'completed')
    const before = feed.events.length
    const [item] = (await engine.owner.inbox()).filter(({ call_id }) => call_id === id('W1'))
    if (item === undefined) throw new Error('the call is not in the inbox')
    expect(await engine.owner.decide(item, true)).toMatchObject({
      status: 200,
      body: { status: 'approved', votes: [{ by: engine.owner.email }], required: { approvers: 1 } },
    })
    const decided = await feed.until('approval.decided')
    expect(decided).toMatchObject({
      call_id: id('W1'),
      revision: 1,
      status: 'approved',
      decided_by: engine.owner.email,
    })
    const { run_id } = await feed.until('run.started', (event) => event.timestamp >= decided.timestamp)
    expect(flowOf(await readRun(await engine.owner.follow(run_id)))).toBe(
      `ready tool.approved(W1) ${wrote('W1')} G T END(completed)`,
    )
    await feed.until('run.ended', (event) => event.run_id === run_id && event.status === 'completed')
    expect(feedOf(feed.events.slice(before))).toBe('approval.decided run.started run.ended')
    feed.close()
    expect(await statusesOf(engine, conversation)).toBe('W1 completed')
    expect(await engine.owner.decide(item, true)).toMatchObject({
      status: 409,
      body: { detail: 'Tool call is already decided', decision: 'approved', decided_by: engine.owner.email },
    })
  })

  test('new message while waiting', async () => {
    const { conversation } = await twoWrites()
    engine.model.use([{ text: 'As you wish.' }])
    const feed = await engine.owner.feed()
    const events = await readRun(await engine.owner.chat('never mind', conversation))
    expect(flowOf(events)).toBe('ready tool.denied(W1 superseded) tool.denied(W2 superseded) G END(completed)')
    await feed.until('run.ended')
    expect(feedOf(feed.events)).toBe('ready run.started approval.decided approval.decided run.ended')
    expect(feed.events[2]).toMatchObject({ status: 'cancelled', decided_by: null })
    feed.close()
    expect(await statusesOf(engine, conversation)).toBe('W1 cancelled, W2 cancelled')
    const results = engine.model.requests.at(-1)?.messages.filter(({ role }) => role === 'tool') ?? []
    expect(results.slice(-2).map(({ text }) => text)).toEqual([
      expect.stringContaining('was not executed'),
      expect.stringContaining('was not executed'),
    ])
  })
})
