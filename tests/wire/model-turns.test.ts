import type { TimelineMessage } from '@fairlead/contract/call/timeline'
import { plainReply, type Reply } from '@fairlead/testing/model/model-script'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation, statusesOf } from './scenario.fixture.ts'

type Assistant = Extract<TimelineMessage, { type: 'assistant' }>

describe.each(adapterSets)('turns of the model, %s', { timeout: 90_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({
      adapters,
      settings: { MAX_AUTO_CONTINUE_TURNS: '0', LLM_MAX_ITERATIONS: '25' },
    })
  })
  afterAll(() => engine?.close())

  const streamed = () => engine.model.requests.filter(({ isStreamed }) => isStreamed)
  const lastRequest = () => {
    const request = streamed().at(-1)
    if (request === undefined) throw new Error('the model was asked nothing')
    return request
  }
  const lastAnswer = async (conversation: string) => {
    const { messages } = await engine.owner.conversation(conversation)
    const answer = messages?.findLast((message): message is Assistant => message.type === 'assistant')
    if (answer === undefined) throw new Error('nobody answered')
    return answer
  }

  test('a refused key ends the run with words; the next message with a tool call completes', async () => {
    const { read } = newCalls(engine)
    engine.model.use([
      { fault: { kind: 'status', status: 401, message: 'sk-secret is no key' } },
      { toolCalls: [read('R1')] },
      { text: 'Three pods.' },
    ])
    const failed = await readRun(await engine.owner.chat('how many pods'))
    expect(flowOf(failed)).toBe('ready generation.start FAIL')
    const { error } = only(failed, 'workflow.error')
    expect(error).toBe('The model provider refused the request (401).')
    const { conversation_id } = only(failed, 'ready')
    expect(await lastAnswer(conversation_id)).toMatchObject({ error, segments: [] })
    const events = await readRun(await engine.owner.chat('how many pods', conversation_id))
    expect(flowOf(events)).toBe('ready G tools.pending(R1) tool.executing(R1) tool.result(R1) G END(completed)')
    expect(lastRequest().messages.filter(({ role }) => role === 'user')).toHaveLength(2)
  })

  test.each<[string, Reply, string]>([
    ['in its text', { text: { pieces: 40 }, fault: { kind: 'cut', how: 'reset', afterPieces: 20 } }, 'w0 w1 '],
    [
      'at its end, without a finish',
      { text: 'All is well in the shop.', fault: { kind: 'cut', how: 'end', afterPieces: 1 } },
      'All is well ',
    ],
  ])('a stream that is cut %s is never taken as whole', async (_, reply, shown) => {
    engine.model.use([reply])
    const events = await readRun(await engine.owner.chat('how are you'))
    expect(flowOf(events)).toMatch(/^ready generation.start ttft token FAIL$/)
    const answer = await lastAnswer(only(events, 'ready').conversation_id)
    expect(answer.content.startsWith(shown)).toBe(true)
    expect(answer.error).toBe(only(events, 'workflow.error').error)
    engine.model.use([{ text: 'Well.' }])
    await readRun(await engine.owner.chat('again', only(events, 'ready').conversation_id))
    // A failed turn adds nothing to what the model is told.
    expect(lastRequest().messages.map(({ role }) => role)).toEqual(['user', 'user'])
  })

  test('a stream that is cut in the arguments of a write asks nobody and calls nothing', async () => {
    const conversation = await openConversation(engine)
    const { scale } = newCalls(engine)
    const before = engine.tools.calls.length
    engine.model.use([
      {
        text: 'I scale it.',
        toolCalls: [scale('W1')],
        fault: { kind: 'cut', how: 'reset', afterPieces: 3 },
        pace: { pieceSize: 8 },
      },
    ])
    const events = await readRun(await engine.owner.chat('scale it', conversation))
    expect(flowOf(events)).toBe('ready generation.start ttft token FAIL')
    expect([await engine.owner.inbox(), await statusesOf(engine, conversation)]).toEqual([[], ''])
    expect(engine.tools.calls.slice(before).filter(({ callId }) => !callId.startsWith('facts_'))).toEqual([])
  })

  test.each<[string, { name: string; args: Record<string, unknown> | string }, RegExp]>([
    ['an unknown tool', { name: 'k8s_explode', args: {} }, /k8s_explode.*load_toolset/s],
    ['a tool that is not loaded', { name: 'k8s_scale', args: {} }, /load_toolset/],
    ['arguments that are no JSON', { name: 'k8s_get', args: '{"resource_type": "po' }, /JSON/],
    ['arguments that are a list', { name: 'k8s_get', args: '["pods"]' }, /object/],
    ['a missing parameter', { name: 'k8s_get', args: {} }, /resource_type/],
    ['an unknown parameter', { name: 'k8s_get', args: { resource_type: 'pods', force: true } }, /force/],
    ['a wrong type', { name: 'k8s_get', args: { resource_type: 7 } }, /resource_type/],
  ])('%s is an error that the model reads', async (_, call, words) => {
    const before = engine.tools.calls.length
    engine.model.use([{ toolCalls: [call] }, { text: 'I see.' }])
    const events = await readRun(await engine.owner.chat('do it'))
    expect(flowOf(events)).toMatch(/^ready G tools.pending\(call\) tool.error\(call failed\) G END\(completed\)$/)
    expect(only(events, 'tool.error').error).toMatch(words)
    const result = lastRequest().messages.at(-1)
    expect(result).toMatchObject({ role: 'tool', text: expect.stringMatching(words) })
    expect(engine.tools.calls.slice(before).filter(({ callId }) => !callId.startsWith('facts_'))).toEqual([])
  })

  test('of many messages the model is given the first and the newest, and every answer has its call', async () => {
    engine.model.use((request) => {
      if (!request.isStreamed) return plainReply
      return request.messages.at(-1)?.role === 'user'
        ? { toolCalls: [{ name: 'k8s_get', args: { resource_type: 'pods' } }] }
        : { text: 'Seen.' }
    })
    const first = await readRun(await engine.owner.chat('question 0'))
    const { conversation_id } = only(first, 'ready')
    for (let turn = 1; turn <= 14; turn++) await readRun(await engine.owner.chat(`question ${turn}`, conversation_id))
    for (const { messages } of streamed().slice(-2)) {
      expect(messages.length).toBeLessThanOrEqual(40)
      expect(messages[0]).toMatchObject({ role: 'user', text: 'question 0' })
      expect(messages.findLast(({ role }) => role === 'user')?.text).toBe('question 14')
      messages.forEach((message, at) => {
        if (message.role !== 'tool') return
        const assistant = messages.slice(0, at).findLast(({ role }) => role === 'assistant')
        expect(assistant?.toolCalls.map(({ id }) => id)).toContain(message.toolCallId)
      })
    }
  })

  test('usage of all runs of a message adds up, waiting time is nobody’s', async () => {
    const conversation = await openConversation(engine)
    const { scale } = newCalls(engine)
    engine.model.use([
      { toolCalls: [scale('W1')], usage: { input: 200, output: 20 } },
      { text: 'Scaled.', usage: { input: 100, output: 10 } },
    ])
    const proposal = await readRun(await engine.owner.chat('scale it', conversation))
    expect((await lastAnswer(conversation)).token_usage).toMatchObject({ total_tokens: 220 })
    const done = await readRun(await engine.owner.approve(only(proposal, 'tool.awaiting_approval')))
    const durations = [proposal, done].map((events) => only(events, 'completed').duration_ms)
    expect((await lastAnswer(conversation)).token_usage).toMatchObject({
      prompt_tokens: 300,
      completion_tokens: 30,
      total_tokens: 330,
      ttr_ms: durations.reduce((sum, each) => sum + each),
    })
  })

  test('a title that takes longer than the answer comes behind it, within the same stream', async () => {
    const answered = Promise.withResolvers<void>()
    engine.model.use(async (request) => {
      if (request.isStreamed) return { text: 'Yes.' }
      await answered.promise
      return { text: '{"title": "Pods. of, the: \\"shop\\"!"}' }
    })
    const stream = await engine.owner.chat('which pods does the shop have')
    await stream.until('workflow_complete')
    answered.resolve()
    const events = await stream.all()
    expect(events.at(-1)).toMatchObject({ type: 'conversation.title.generated', title: 'Pods of the shop' })
    const { conversation_id } = only(events, 'ready')
    expect((await engine.owner.conversation(conversation_id)).title).toBe('Pods of the shop')
    expect((await lastAnswer(conversation_id)).token_usage?.ttr_ms).toBe(only(events, 'completed').duration_ms)
  })

  test('a model that never stops is stopped by the limit: twelve turns, and the conversation goes on', async () => {
    engine.model.use((request) =>
      request.isStreamed ? { toolCalls: [{ name: 'k8s_get', args: { resource_type: 'pods' } }] } : plainReply,
    )
    const before = streamed().length
    const events = await readRun(await engine.owner.chat('go on for ever'))
    expect(streamed().length - before).toBe(12)
    expect(flowOf(events)).toMatch(/tool.result\(call\) FAIL$/)
    expect(only(events, 'workflow.error').error).toMatch(/25.*LLM_MAX_ITERATIONS|LLM_MAX_ITERATIONS.*25/)
    const { conversation_id } = only(events, 'ready')
    const statuses = (await engine.owner.calls(conversation_id)).map(({ status }) => status)
    expect([statuses.length, new Set(statuses)]).toEqual([12, new Set(['completed'])])
    engine.model.use([{ text: 'Enough.' }])
    expect(flowOf(await readRun(await engine.owner.chat('stop that', conversation_id)))).toBe('ready G END(completed)')
  })

  test('a write in the turn that crosses the limit is closed, and cannot be approved any more', async () => {
    const conversation = await openConversation(engine)
    const { scale, id } = newCalls(engine)
    await engine.restart({ settings: { LLM_MAX_ITERATIONS: '2', MAX_AUTO_CONTINUE_TURNS: '0' } })
    engine.model.use([{ toolCalls: [scale('W1')] }])
    const events = await readRun(await engine.owner.chat('scale it', conversation))
    expect(flowOf(events)).toMatch(/^ready G (tools.pending\(W1\) )?FAIL$/)
    expect(await statusesOf(engine, conversation)).toBe('W1 cancelled')
    expect(
      await engine.owner.request('POST', `/agent/approvals/${id('W1')}`, {
        conversation_id: conversation,
        approve: true,
      }),
    ).toMatchObject({ status: 409, body: { decision: 'cancelled' } })
  })
})
