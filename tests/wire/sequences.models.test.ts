import type { Fault } from '@fairlead/testing/model/model-script'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation, statusesOf } from './scenario.fixture.ts'

const refused = (status: number, retryAfter?: number): { fault: Fault } => ({
  fault: { kind: 'status', status, retryAfter },
})

describe.each(adapterSets)('faults of the model, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  afterAll(() => engine?.close())

  test('model busy', async () => {
    const conversation = await openConversation(engine)
    engine.model.use([refused(429, 1), { text: 'Here I am.' }])
    const events = await readRun(await engine.owner.chat('hello', conversation))
    expect(flowOf(events)).toBe('ready generation.start rate_limit G END(completed)')
    expect(only(events, 'rate_limit')).toMatchObject({ retry_in: 1, attempt: 1, max_retries: 3 })
  })

  test('a fault that passes', async () => {
    const conversation = await openConversation(engine)
    engine.model.use([refused(503, 1), { text: 'Here I am.' }])
    const events = await readRun(await engine.owner.chat('hello', conversation))
    expect(flowOf(events)).toBe('ready generation.start transient_error G END(completed)')
    expect(only(events, 'transient_error')).toMatchObject({ retry_in: 1, attempt: 1, max_retries: 3 })
  })

  test('model failed', async () => {
    const conversation = await openConversation(engine)
    engine.model.use([refused(401), { text: 'Here I am.' }])
    const events = await readRun(await engine.owner.chat('hello', conversation))
    expect(flowOf(events)).toBe('ready generation.start FAIL')
    expect(only(events, 'workflow.error').error).toBe('The model provider refused the request (401).')
    const { messages } = await engine.owner.conversation(conversation)
    expect(messages?.at(-1)).toMatchObject({
      type: 'assistant',
      error: 'The model provider refused the request (401).',
    })
    const next = await readRun(await engine.owner.chat('hello again', conversation))
    expect(flowOf(next)).toBe('ready G END(completed)')
    const texts = engine.model.requests.at(-1)?.messages.map(({ text }) => text)
    expect(texts?.slice(-2)).toEqual(['hello', 'hello again'])
  })

  test('model failed for good after three retries', async () => {
    const conversation = await openConversation(engine)
    engine.model.use([refused(429, 0), refused(503, 0), refused(429, 0), refused(503, 0)])
    const events = await readRun(await engine.owner.chat('hello', conversation))
    expect(flowOf(events)).toBe(
      'ready generation.start rate_limit generation.start transient_error generation.start rate_limit ' +
        'generation.start FAIL',
    )
  })

  test('an answer that breaks off', async () => {
    const conversation = await openConversation(engine)
    engine.model.use([{ text: { pieces: 100 }, fault: { kind: 'cut', how: 'end', afterPieces: 20 } }])
    const events = await readRun(await engine.owner.chat('hello', conversation))
    expect(flowOf(events)).toBe('ready generation.start ttft token FAIL')
    const shown = events.map((event) => (event.type === 'token' ? event.text : '')).join('')
    expect(shown).toContain('w19')
    const { messages } = await engine.owner.conversation(conversation)
    expect(messages?.at(-1)).toMatchObject({ type: 'assistant', content: shown, error: expect.any(String) })
  })

  test('stop while the model is waited for', async () => {
    const conversation = await openConversation(engine)
    engine.model.use([refused(429, 60)])
    const stream = await engine.owner.chat('hello', conversation)
    await engine.owner.stop(await stream.until('rate_limit'))
    expect(flowOf(await readRun(stream))).toBe('ready generation.start rate_limit END(stopped)')
  })
})

describe.each(adapterSets)('step limit, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  afterAll(() => engine?.close())
  const ran = (label: string) => `tool.executing(${label}) tool.result(${label})`

  test('between the tools and the model', async () => {
    await engine.restart({ settings: { LLM_MAX_ITERATIONS: '5' } })
    const { read } = newCalls(engine)
    engine.model.use([{ toolCalls: [read('R1')] }, { toolCalls: [read('R2')] }, { toolCalls: [read('R3')] }])
    const events = await readRun(await engine.owner.chat('go on for ever'))
    expect(flowOf(events)).toBe(`ready G tools.pending(R1) ${ran('R1')} G tools.pending(R2) ${ran('R2')} FAIL`)
    expect(only(events, 'workflow.error').error).toMatch(/limit of 5 steps.*LLM_MAX_ITERATIONS/)
    const { conversation_id } = only(events, 'ready')
    expect(await statusesOf(engine, conversation_id)).toBe('R1 completed, R2 completed')
    engine.model.use([{ text: 'Still here.' }])
    expect(flowOf(await readRun(await engine.owner.chat('stop that', conversation_id)))).toBe('ready G END(completed)')
  })

  test('between the model and the tools: what has not begun is cancelled', async () => {
    await engine.restart({ settings: { LLM_MAX_ITERATIONS: '4' } })
    const { read } = newCalls(engine)
    engine.model.use([{ toolCalls: [read('R1')] }, { toolCalls: [read('R2')] }])
    const events = await readRun(await engine.owner.chat('go on for ever'))
    expect(flowOf(events)).toBe(`ready G tools.pending(R1) ${ran('R1')} G tools.pending(R2) FAIL`)
    expect(await statusesOf(engine, only(events, 'ready').conversation_id)).toBe('R1 completed, R2 cancelled')
  })
})
