import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only } from './flow.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

describe.each(adapterSets)('writes, %s', (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  afterAll(() => engine.close())

  test('mutating tool, then approve', async () => {
    const conversation = await openConversation(engine)
    const { scale, workload } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1')] }, { text: 'Scaled.' }])
    const asked = await (await engine.owner.chat('scale it', conversation)).all()
    expect(flowOf(asked)).toBe('ready G tools.pending(W1) tool.awaiting_approval(W1) END(awaiting_approval)')
    const approved = await (await engine.owner.approve(only(asked, 'tool.awaiting_approval'))).all()
    expect(flowOf(approved)).toBe(
      'ready tool.approved(W1) tool.executing(W1) tool.result(W1) tool.verified(W1 as_approved) G T END(completed)',
    )
    expect(engine.tools.workloads.replicas.get(workload('W1'))).toBe(5)
  })
})
