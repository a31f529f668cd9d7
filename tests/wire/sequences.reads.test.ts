import { failed } from '@fairlead/testing/tools/tool-script'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { loadsWriteTools, newCalls, statusesOf, withQuestions } from './scenario.fixture.ts'

describe.each(adapterSets)('answers and reads, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  beforeEach(() => engine.tools.use((_, own) => own()))
  afterAll(() => engine?.close())

  test('plain answer', async () => {
    engine.model.use([{ reasoning: 'Let me see.', text: 'All is well.' }])
    const events = await readRun(await engine.owner.chat('how are you'))
    expect(flowOf(events)).toBe('ready G END(completed)')
    expect(events.map(({ type }) => type).filter((type) => type !== 'conversation.title.generated')).toEqual([
      'ready',
      'generation.start',
      'ttft',
      'thinking',
      'token',
      'token.usage',
      'thinking.complete',
      'generation.complete',
      'completed',
      'workflow_complete',
    ])
    expect(only(events, 'generation.complete')).toMatchObject({
      content: 'All is well.',
      tool_calls: 0,
      thinking_content: 'Let me see.',
    })
    expect(only(events, 'workflow_complete').result).toEqual({ done: true })
  })

  test('read tool', async () => {
    const { read } = newCalls(engine)
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'None.' }])
    const events = await readRun(await engine.owner.chat('which pods are there'))
    expect(flowOf(events)).toBe('ready G tools.pending(R1) tool.executing(R1) tool.result(R1) G T END(completed)')
    expect(only(events, 'tools.pending').tools[0]).toMatchObject({
      tool: 'k8s_get',
      requires_approval: false,
      class: 'read',
      annotations: { readOnlyHint: true },
    })
    expect(only(events, 'tool.result')).toMatchObject({ outcome: 'succeeded', result: [{ type: 'text' }] })
    expect(await statusesOf(engine, only(events, 'ready').conversation_id)).toBe('R1 completed')
  })

  test('tool fails', async () => {
    const { read, id } = newCalls(engine)
    engine.tools.use(({ callId }, own) => (callId === id('R1') ? failed('NotFound', 'no such thing.') : own()))
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'There is none.' }])
    const events = await readRun(await engine.owner.chat('which pods are there'))
    expect(flowOf(events)).toBe('ready G tools.pending(R1) tool.executing(R1) tool.error(R1 failed) G T END(completed)')
    expect(only(events, 'tool.error').error).toBe('NotFound: no such thing.')
    expect(await statusesOf(engine, only(events, 'ready').conversation_id)).toBe('R1 error')
  })

  test('a call that cannot run', async () => {
    const { read, id } = newCalls(engine)
    const unknown = { id: id('X1'), name: 'k8s_drain', args: {} }
    const misfit = { id: id('X2'), name: 'k8s_get', args: { resource_type: 'pods', colour: 'red' } }
    const cut = { id: id('X3'), name: 'k8s_get', args: '{"resource_type": "po' }
    engine.model.use([{ toolCalls: [unknown, misfit, cut, read('R1')] }, { text: 'So it goes.' }])
    const events = await readRun(await engine.owner.chat('drain it'))
    expect(flowOf(events)).toBe(
      'ready G tools.pending(X1 X2 X3 R1) tool.error(X1 failed) tool.error(X2 failed) tool.error(X3 failed) ' +
        'tool.executing(R1) tool.result(R1) G T END(completed)',
    )
  })

  test('an id that carries reasoning is cut where that begins, and goes back to the model as it came', async () => {
    const { read, id } = newCalls(engine)
    const given = `${id('R1')}__thought__Q2lwaGVyLi4=`
    engine.model.use([{ toolCalls: [{ ...read('R1'), id: given }] }, { text: 'None.' }])
    const events = await readRun(await engine.owner.chat('which pods are there'))
    expect(flowOf(events)).toContain('tool.result(R1)')
    expect(only(events, 'tool.result').call_id).toBe(id('R1'))
    const said = engine.model.requests.findLast(({ isStreamed }) => isStreamed)?.messages ?? []
    expect(said.flatMap(({ toolCalls }) => toolCalls.map((call) => call.id))).toEqual([given])
    expect(said.flatMap(({ toolCallId }) => toolCallId ?? [])).toEqual([given])
  })

  test('live output', async () => {
    const { read, id } = newCalls(engine)
    engine.tools.use(async (call, own) => {
      if (call.callId !== id('R1')) return own()
      await call.progress('stdout', 'one\n')
      await call.progress('stderr', 'two\n')
      await call.progress('status', 'half done')
      return own()
    })
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'Done.' }])
    const events = await readRun(await engine.owner.chat('show the log'))
    expect(flowOf(events)).toBe(
      'ready G tools.pending(R1) tool.executing(R1) tool.progress(R1 stdout) tool.progress(R1 stderr) ' +
        'tool.progress(R1 status) tool.result(R1) G T END(completed)',
    )
    const pieces = events.flatMap((event) => (event.type === 'tool.progress' ? [[event.seq, event.text]] : []))
    expect(pieces).toEqual([
      [1, 'one\n'],
      [2, 'two\n'],
      [3, 'half done'],
    ])
  })

  test('toolset needed', async () => {
    const { read } = newCalls(engine)
    engine.model.use([loadsWriteTools, { toolCalls: [read('R1')] }, { text: 'Done.' }])
    const events = await readRun(await engine.owner.chat('get ready to change things'))
    expect(flowOf(events)).toBe('ready G G tools.pending(R1) tool.executing(R1) tool.result(R1) G T END(completed)')
    const offered = events.flatMap((event) => (event.type === 'generation.start' ? [event.tools_available] : []))
    const given = engine.model.requests.filter(({ isStreamed }) => isStreamed).slice(-3)
    expect(offered).toEqual(given.map(({ tools }) => tools.length))
    const canScale = given.map(({ tools }) => tools.some(({ name }) => name === 'k8s_scale'))
    expect(canScale).toEqual([false, true, true])
    expect(await statusesOf(engine, only(events, 'ready').conversation_id)).toBe('R1 completed')
  })

  test('a toolset and another call in one turn', async () => {
    const { read } = newCalls(engine)
    engine.model.use([{ toolCalls: [...(loadsWriteTools.toolCalls ?? []), read('R1')] }, { text: 'Done.' }])
    const events = await readRun(await engine.owner.chat('look and get ready'))
    expect(flowOf(events)).toBe('ready G tools.pending(R1) tool.executing(R1) tool.result(R1) G T END(completed)')
  })

  test('next speaker', async () => {
    const { read } = newCalls(engine)
    const turns = [{ toolCalls: [read('R1')] }, { text: 'Next I look further.' }, { text: 'All is well.' }]
    engine.model.use(withQuestions(turns, { speakers: ['model', 'user'] }))
    const events = await readRun(await engine.owner.chat('look around'))
    expect(flowOf(events)).toBe('ready G tools.pending(R1) tool.executing(R1) tool.result(R1) G T G T END(completed)')
    const { messages } = await engine.owner.conversation(only(events, 'ready').conversation_id)
    expect(messages?.map(({ type }) => type)).toEqual(['user', 'assistant'])
  })

  test('the model is led on twice at most', async () => {
    const { read } = newCalls(engine)
    const answers = [{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }]
    const turns = [{ toolCalls: [read('R1')] }, ...answers]
    engine.model.use(withQuestions(turns, { speakers: ['model', 'model', 'model'] }))
    const events = await readRun(await engine.owner.chat('go on and on'))
    expect(flowOf(events)).toBe('ready G tools.pending(R1) tool.executing(R1) tool.result(R1) G T G T G END(completed)')
  })

  test('title', async () => {
    engine.model.use(withQuestions([{ text: 'Well.' }], { title: 'State of the shop' }))
    const feed = await engine.owner.feed()
    const events = await readRun(await engine.owner.chat('how is the shop'))
    expect(flowOf(events)).toBe('ready G END(completed)')
    expect(events[0]?.type).toBe('ready')
    expect(only(events, 'conversation.title.generated').title).toBe('State of the shop')
    const titled = await feed.until('conversation.title.generated')
    const { conversation_id } = only(events, 'ready')
    expect(titled).toMatchObject({ conversation_id, title: 'State of the shop' })
    expect((await engine.owner.conversation(conversation_id)).title).toBe('State of the shop')
    feed.close()
  })
})
