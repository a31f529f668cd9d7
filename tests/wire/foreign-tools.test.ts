import { succeeded } from '@fairlead/testing/tool-script'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

let engine: EngineUnderTest
beforeAll(async () => {
  engine = await startEngineUnderTest({ adapters: 'embedded', foreignTools: ['k8s_scale'] })
})
afterAll(() => engine?.close())

test('a tool that nobody vouches for is asked for nothing before its approval, and gets nothing of ours with the call', async () => {
  const conversation = await openConversation(engine)
  const { scale, id } = newCalls(engine)
  const call = scale('W1')
  engine.model.use([{ toolCalls: [call] }, { text: 'Done.' }])
  engine.tools.use((_, own) => own())
  const asked = await readRun(await engine.owner.chat('scale it', conversation))
  const question = only(asked, 'tool.awaiting_approval')
  expect(question.effect).toMatchObject({ basis: 'unknown', risk: 'high' })
  const sent = () => engine.tools.calls.filter(({ callId }) => callId === id('W1'))
  expect(sent()).toEqual([])

  engine.tools.use(() => succeeded('scaled, as we do it'))
  const events = await readRun(await engine.owner.approve(question))
  expect(flowOf(events)).toContain('tool.result(W1)')
  const [execution, ...others] = sent()
  expect(others).toEqual([])
  expect(execution?.args).toEqual(call.args)
  expect(Object.keys(execution?.meta ?? {}).filter((key) => key.startsWith('dev.fairlead/'))).toEqual([])
})
