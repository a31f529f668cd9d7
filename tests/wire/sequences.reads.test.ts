import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf } from './flow.fixture.ts'

describe.each(adapterSets)('reads, %s', (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  afterAll(() => engine.close())

  test('plain answer', async () => {
    engine.model.use([{ text: 'All is well.' }])
    const stream = await engine.owner.chat('how are you')
    expect(flowOf(await stream.all())).toBe('ready G END(completed)')
  })

  test('read tool', async () => {
    engine.model.use([
      { toolCalls: [{ id: 'R1-a', name: 'k8s_get', args: { resource_type: 'pods' } }] },
      { text: 'None.' },
    ])
    const stream = await engine.owner.chat('pods?')
    expect(flowOf(await stream.all())).toBe(
      'ready G tools.pending(R1) tool.executing(R1) tool.result(R1) G T END(completed)',
    )
  })
})
