import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import type { RunStream } from './person.fixture.ts'
import { newCalls, openConversation, statusesOf, untilAborted } from './scenario.fixture.ts'

describe.each(adapterSets)('engine lost, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  let conversation: string
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  beforeEach(async () => {
    engine.tools.use((_, own) => own())
    conversation = await openConversation(engine)
  })
  afterAll(() => engine?.close())

  /** Another engine takes the place of the one that serves the stream; what each of them showed. */
  async function replaceEngine(stream: RunStream) {
    const { run_id } = await stream.until('ready')
    await engine.restart()
    const before = await readRun(stream)
    // Where the tail went with its engine, ids leave a gap.
    const rest = await engine.owner.follow(run_id, before.at(-1)?.id)
    const after = await readRun(rest, { mayJump: adapters === 'embedded', after: before.at(-1)?.id })
    expect(new Set(after.map((event) => event.run_id))).toEqual(new Set([run_id]))
    return { before: flowOf(before), after: flowOf(after), events: [...before, ...after] }
  }

  async function proposeScaling() {
    const made = newCalls(engine)
    engine.model.use([{ toolCalls: [made.scale('W1')] }, { text: 'Done.' }])
    const proposal = await readRun(await engine.owner.chat('scale it', conversation))
    const executions = () =>
      engine.tools.calls.filter((call) => call.callId === made.id('W1') && call.phase === 'execute')
    return { ...made, executions, approval: only(proposal, 'tool.awaiting_approval') }
  }

  test('during a write, outcome recovered', async () => {
    const { approval, id, executions, workload } = await proposeScaling()
    engine.tools.use(async (call, own) => {
      const answer = own()
      return call.callId === id('W1') && call.phase === 'execute' ? await untilAborted(call, () => answer) : answer
    })
    const stream = await engine.owner.approve(approval)
    await engine.tools.untilCalled(id('W1'), 'execute')
    await stream.until('tool.executing')
    const { before, after, events } = await replaceEngine(stream)
    expect(before).toBe('ready tool.approved(W1) tool.executing(W1)')
    expect(after).toBe('tool.result(W1 recovered) tool.verified(W1 as_approved) G T END(completed)')
    expect(only(events, 'tool.result')).toMatchObject({ recovered: true, outcome: 'succeeded' })
    expect(executions()).toHaveLength(1)
    expect(engine.tools.workloads.replicas.get(workload('W1'))).toBe(5)
    expect(await statusesOf(engine, conversation)).toBe('W1 completed')
    expect(await engine.owner.calls(conversation)).toMatchObject([{ recovered: true }])
  })

  test('during a write, sent once more', async () => {
    const { approval, id, executions, workload } = await proposeScaling()
    engine.tools.use((call, own) => {
      const isFirst = call.callId === id('W1') && call.phase === 'execute' && executions().length === 1
      return isFirst ? untilAborted(call, () => ({ output: 'too late', error: true })) : own()
    })
    const stream = await engine.owner.approve(approval)
    await engine.tools.untilCalled(id('W1'), 'execute')
    await stream.until('tool.executing')
    const { before, after, events } = await replaceEngine(stream)
    expect(before).toBe('ready tool.approved(W1) tool.executing(W1)')
    expect(after).toBe('tool.result(W1) tool.verified(W1 as_approved) G T END(completed)')
    expect(only(events, 'tool.result').recovered).toBeUndefined()
    expect(executions()).toHaveLength(2)
    expect(new Set(executions().map(({ grant }) => grant?.jti)).size).toBe(2)
    expect(engine.tools.workloads.replicas.get(workload('W1'))).toBe(5)
    expect(await statusesOf(engine, conversation)).toBe('W1 completed')
  })

  test('outcome unknown', async () => {
    const { approval, id, executions, workload } = await proposeScaling()
    engine.tools.use((call, own) => {
      if (call.callId !== id('W1') || call.phase !== 'execute') return own()
      engine.tools.workloads.replicas.set(workload('W1'), 9)
      return untilAborted(call, () => ({ output: 'too late', error: true }))
    })
    const stream = await engine.owner.approve(approval)
    await engine.tools.untilCalled(id('W1'), 'execute')
    await stream.until('tool.executing')
    const { before, after, events } = await replaceEngine(stream)
    expect(before).toBe('ready tool.approved(W1) tool.executing(W1)')
    expect(after).toBe('tool.error(W1 unknown) G T END(completed)')
    expect(only(events, 'tool.error')).toMatchObject({
      error: expect.stringContaining('may have taken effect'),
      objects: [{ outcome: 'unknown', ref: { kind: 'Deployment' } }],
    })
    expect(executions()).toHaveLength(1)
    expect(await statusesOf(engine, conversation)).toBe('W1 unknown')
  })

  test('during text', async () => {
    engine.model.use([{ text: { pieces: 10_000 }, pace: { piecesPerSecond: 100 } }, { text: 'In short: all is well.' }])
    const stream = await engine.owner.chat('how is it', conversation)
    await stream.until('token')
    const { before, after } = await replaceEngine(stream)
    expect(before).toBe('ready generation.start ttft token')
    // The tail may hold a last piece of the engine that was lost, which its own reader never got.
    expect(after).toMatch(/^(token )?G END\(completed\)$/)
    const { messages } = await engine.owner.conversation(conversation)
    expect(messages?.at(-1)).toMatchObject({ type: 'assistant', content: 'In short: all is well.' })
  })

  test('during a read', async () => {
    const { read, id } = newCalls(engine)
    const sent = () => engine.tools.calls.filter((call) => call.callId === id('R1'))
    engine.tools.use((call, own) => (call.callId === id('R1') && sent().length === 1 ? untilAborted(call, own) : own()))
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'None.' }])
    const stream = await engine.owner.chat('which pods', conversation)
    await engine.tools.untilCalled(id('R1'), 'read')
    await stream.until('tool.executing')
    const { before, after } = await replaceEngine(stream)
    expect(before).toBe('ready G tools.pending(R1) tool.executing(R1)')
    expect(after).toBe('tool.result(R1) G T END(completed)')
    expect(sent()).toHaveLength(2)
  })

  test('while a person is waited for', async () => {
    const { approval } = await proposeScaling()
    await engine.restart()
    expect(await statusesOf(engine, conversation)).toBe('W1 awaiting_approval')
    expect(flowOf(await readRun(await engine.owner.approve(approval)))).toBe(
      'ready tool.approved(W1) tool.executing(W1) tool.result(W1) tool.verified(W1 as_approved) G T END(completed)',
    )
  })
})

describe.each(adapterSets)('answer of the tool server lost, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  afterAll(() => engine?.close())

  async function approveWhile(cut: 'before' | 'after', times = 1) {
    const conversation = await openConversation(engine)
    const { scale, id } = newCalls(engine)
    const executions = () => engine.tools.calls.filter((call) => call.callId === id('W1') && call.phase === 'execute')
    engine.tools.use((call, own) => {
      if (call.callId !== id('W1') || call.phase !== 'execute' || executions().length > times) return own()
      const answer = cut === 'after' ? own() : { output: 'nothing was done', error: true }
      call.cut()
      return answer
    })
    engine.model.use([{ toolCalls: [scale('W1')] }, { text: 'Done.' }])
    const approval = only(await readRun(await engine.owner.chat('scale it', conversation)), 'tool.awaiting_approval')
    return { flow: flowOf(await readRun(await engine.owner.approve(approval))), executions: executions().length }
  }

  test('after the write: recovered', async () => {
    expect(await approveWhile('after')).toEqual({
      flow: 'ready tool.approved(W1) tool.executing(W1) tool.result(W1 recovered) tool.verified(W1 as_approved) G T END(completed)',
      executions: 1,
    })
  })

  test('before the write: sent once more', async () => {
    expect(await approveWhile('before')).toEqual({
      flow: 'ready tool.approved(W1) tool.executing(W1) tool.result(W1) tool.verified(W1 as_approved) G T END(completed)',
      executions: 2,
    })
  })

  test('before the write, twice: it is sent once more and no third time, and its outcome is unknown', async () => {
    expect(await approveWhile('before', 9)).toEqual({
      flow: 'ready tool.approved(W1) tool.executing(W1) tool.error(W1 unknown) G T END(completed)',
      executions: 2,
    })
  })
})
