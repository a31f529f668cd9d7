import { randomUUID } from 'node:crypto'
import { succeeded } from '@fairlead/testing/tools/tool-script'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

const names = ['password', 'client_secret', 'token', 'api_key', 'privateKey', 'authorization', 'cookie', 'credentials']

describe.each(adapterSets)('fields whose name says secret, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  let conversation: string
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
    conversation = await openConversation(engine)
  })
  afterAll(() => engine?.close())

  /** Everything that is told of a read whose tool answers with that beside its text. */
  async function promptWith(beside: Record<string, unknown>): Promise<string> {
    const { read, id } = newCalls(engine)
    const blocks = [{ type: 'text' as const, text: 'here', _meta: beside }]
    engine.tools.use((call, own) => (call.callId === id('R1') ? { ...succeeded('read'), blocks } : own()))
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'Done.' }])
    const events = await readRun(await engine.owner.chat('read it', conversation))
    only(events, 'tool.result')
    const [timeline, audit] = await Promise.all([
      engine.owner.request('GET', `/conversations/${conversation}`),
      engine.owner.request('GET', `/audit?call_id=${id('R1')}&limit=200`),
    ])
    return JSON.stringify([events, timeline.body, audit.body, engine.model.requests.at(-1)?.messages])
  }

  test.each(names)('what stands in a field named %s is told to nobody, whatever it looks like', async (name) => {
    // Nothing about it but its name says that it is one.
    const value = `plain words of ${randomUUID().slice(0, 8)}`
    expect(await promptWith({ [name]: value })).not.toContain(value)
  })

  test('what stands in a field of another name is told', async () => {
    const value = `plain words of ${randomUUID().slice(0, 8)}`
    expect(await promptWith({ note: value })).toContain(value)
  })
})
