import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation, statusesOf } from './scenario.fixture.ts'

describe.each(adapterSets)('undo, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  afterAll(() => engine?.close())

  const proposedFlow = 'ready tools.pending(call) tool.awaiting_approval(call) END(awaiting_approval)'

  /** A workload that was scaled from 3 to 5. */
  async function scaled() {
    const conversation = await openConversation(engine)
    const { scale, workload } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1')] }, { text: 'Done.' }, { text: 'Taken back.' }])
    const approval = only(await readRun(await engine.owner.chat('scale it', conversation)), 'tool.awaiting_approval')
    await readRun(await engine.owner.approve(approval))
    return { conversation, approval, key: workload('W1') }
  }
  const undoRefused = ({ call_id, conversation_id }: { call_id: string; conversation_id: string }) =>
    engine.owner.request('POST', `/agent/undo/${call_id}`, { conversation_id })

  test('is a call of its own, with its own approval', async () => {
    const { conversation, approval, key } = await scaled()
    const requests = engine.model.requests.length
    const events = await readRun(await engine.owner.undo(approval))
    expect(flowOf(events)).toBe(proposedFlow)
    expect(engine.model.requests.length).toBe(requests)
    const undo = only(events, 'tool.awaiting_approval')
    expect(undo).toMatchObject({ tool: 'k8s_scale', args: { replicas: 3 }, revision: 1 })
    expect(undo.effect.summary).toMatch(/5 → 3 in shop$/)
    expect(only(events, 'tools.pending').tools[0]).toMatchObject({ call_id: undo.call_id, class: 'write' })
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, call awaiting_approval')
    expect(flowOf(await readRun(await engine.owner.approve(undo)))).toBe(
      'ready tool.approved(call) tool.executing(call) tool.result(call) tool.verified(call as_approved) G T END(completed)',
    )
    expect(engine.tools.workloads.replicas.get(key)).toBe(3)
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, call completed')
    expect(await undoRefused(approval)).toMatchObject({ status: 409, body: { detail: 'Nothing to undo' } })
  })

  test('whose preview fails', async () => {
    const { conversation, approval, key } = await scaled()
    engine.tools.workloads.replicas.delete(key)
    const events = await readRun(await engine.owner.undo(approval))
    expect(flowOf(events)).toBe('ready tools.pending(call) tool.error(call failed) END(completed)')
    expect(only(events, 'tool.error').error).toContain('NotFound')
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, call error')
    engine.tools.workloads.replicas.set(key, 5)
    expect(flowOf(await readRun(await engine.owner.undo(approval)))).toBe(proposedFlow)
  })

  test('that is denied can be asked for again', async () => {
    const { approval } = await scaled()
    const undo = only(await readRun(await engine.owner.undo(approval)), 'tool.awaiting_approval')
    expect(flowOf(await readRun(await engine.owner.deny(undo)))).toBe('ready tool.denied(call) G END(completed)')
    expect(flowOf(await readRun(await engine.owner.undo(approval)))).toBe(proposedFlow)
  })

  test('while a run is active', async () => {
    const { conversation, approval, key } = await scaled()
    const { read, id } = newCalls(engine)
    const go = Promise.withResolvers<void>()
    engine.tools.use(async (call, own) => {
      if (call.callId === id('R1')) await go.promise
      return own()
    })
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'Done.' }])
    const running = await engine.owner.chat('look', conversation)
    const { run_id } = await running.until('tool.executing')
    expect(await undoRefused(approval)).toEqual({
      status: 409,
      body: { detail: 'A run is already in progress', run_id },
    })
    go.resolve()
    await readRun(running)
    expect(await statusesOf(engine, conversation)).toBe('W1 completed, R1 completed')
    expect(engine.tools.workloads.replicas.get(key)).toBe(5)
    expect(flowOf(await readRun(await engine.owner.undo(approval)))).toBe(proposedFlow)
  })

  test('of what did not succeed', async () => {
    const conversation = await openConversation(engine)
    const { scale, read, id } = newCalls(engine)
    engine.model.use([{ toolCalls: [read('R1'), scale('W1')] }, { text: 'As you wish.' }])
    const approval = only(await readRun(await engine.owner.chat('scale it', conversation)), 'tool.awaiting_approval')
    expect(await undoRefused(approval)).toMatchObject({ status: 409, body: { detail: 'Nothing to undo' } })
    await readRun(await engine.owner.deny(approval))
    expect(await undoRefused(approval)).toMatchObject({ status: 409, body: { detail: 'Nothing to undo' } })
    expect(await undoRefused({ ...approval, call_id: id('R1') })).toMatchObject({ status: 409 })
    expect(await undoRefused({ ...approval, call_id: id('W9') })).toMatchObject({
      status: 404,
      body: { detail: 'Tool call not found' },
    })
  })
})
