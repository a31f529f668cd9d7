import type { ModelMessage } from '@fairlead/agent/model'
import { describe, expect, test } from 'vitest'
import { messageFrames, startModelServer, stream } from './model-server.fixture.ts'
import type { ModelSettings } from './model-settings.ts'
import { getTool, hello, messagesOf, modelAt, turn } from './turn.fixture.ts'

describe('messages of anthropic', () => {
  const start = {
    type: 'message_start',
    message: {
      id: 'm1',
      type: 'message',
      role: 'assistant',
      model: 'claude-x',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 8, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 1 },
    },
  }
  const end = (stop_reason: string) => [
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 30 } },
    { type: 'message_stop' },
  ]
  const block = (index: number, content_block: object, ...deltas: object[]) => [
    { type: 'content_block_start', index, content_block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
  const thinkThenCall = [
    start,
    { type: 'ping' },
    ...block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: 'hm' },
      { type: 'signature_delta', signature: 'signed' },
    ),
    ...block(1, { type: 'text', text: '' }, { type: 'text_delta', text: 'I ' }, { type: 'text_delta', text: 'look.' }),
    ...block(
      2,
      { type: 'tool_use', id: 'toolu_1', name: 'k8s_get', input: {} },
      { type: 'input_json_delta', partial_json: '{"na' },
      { type: 'input_json_delta', partial_json: 'me":"web"}' },
    ),
    ...end('tool_use'),
  ]
  const at = (host: string, settings: Partial<ModelSettings> = {}) =>
    modelAt(host, { id: 'anthropic/claude-sonnet-4-5', ...settings })

  test('are complete though the server keeps the stream open, which is cut off then', async () => {
    let closed = false
    await using server = await startModelServer((response) => {
      response.on('close', () => {
        closed = true
      })
      stream(response).write(messageFrames(...thinkThenCall))
    })
    const parts = await turn(await at(server.host), { tools: [getTool] })
    expect(parts.at(-1)).toMatchObject({ type: 'finished' })
    expect(closed).toBe(false)
    await expect.poll(() => closed, { timeout: 5000 }).toBe(true)
  })

  test('stream text, thoughts, calls and usage with its cache, at the price of the table', async () => {
    await using server = await startModelServer((response) => {
      stream(response).end(messageFrames(...thinkThenCall))
    })
    const parts = await turn(await at(server.host), { tools: [getTool] })
    expect(parts.slice(0, -1)).toEqual([
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'I ' },
      { type: 'text', text: 'look.' },
      { type: 'tool-call-started' },
    ])
    expect(parts.at(-1)).toMatchObject({
      type: 'finished',
      toolCalls: [{ id: 'toolu_1', name: 'k8s_get', arguments: '{"name":"web"}' }],
      usage: { prompt_tokens: 128, completion_tokens: 30, total_tokens: 158, cached_tokens: 100 },
    })
    const perMillion = 8 * 3 + 100 * 0.3 + 20 * 3.75 + 30 * 15
    expect(parts.at(-1)).toHaveProperty('usage.cost', expect.closeTo(perMillion / 1e6, 9))
  })

  test('mark prefix and tools as cacheable, and the facts behind them not', async () => {
    await using server = await startModelServer((response) => {
      stream(response).end(messageFrames(...thinkThenCall))
    })
    await turn(await at(server.host), { tools: [{ ...getTool, name: 'k8s_logs' }, getTool] })
    const [{ path, headers, body } = { path: '', headers: {}, body: {} }] = server.received
    expect(path).toBe('/v1/messages')
    expect(headers['x-api-key']).toBe('k')
    expect(body.system).toEqual([
      { type: 'text', text: 'prefix', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'facts' },
    ])
    expect(body.tools).toMatchObject([{ name: 'k8s_logs' }, { name: 'k8s_get', cache_control: { type: 'ephemeral' } }])
    expect((body.tools as object[])[0]).not.toHaveProperty('cache_control')
  })

  test('get signed thoughts back unchanged, with the results', async () => {
    await using server = await startModelServer((response) => {
      stream(response).end(messageFrames(...thinkThenCall))
    })
    const model = await at(server.host)
    const finished = (await turn(model)).at(-1)
    if (finished?.type !== 'finished') throw new Error('The turn did not finish')
    const stored: unknown = JSON.parse(JSON.stringify(finished.body))
    const messages: ModelMessage[] = [
      ...hello,
      {
        role: 'assistant',
        content: 'I look.',
        reasoning_content: 'hm',
        tool_calls: finished.toolCalls,
        provider: { name: model.provider, body: stored },
      },
      { role: 'tool', tool_call_id: 'toolu_1', name: 'k8s_get', content: 'web: 3/3' },
    ]
    await turn(model, { messages })
    expect(messagesOf(server.received[1]).slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'signed' },
          { type: 'text', text: 'I look.' },
          { type: 'tool_use', id: 'toolu_1', name: 'k8s_get', input: { name: 'web' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'web: 3/3' }] },
    ])
  })

  test('take the turns of another provider without its thoughts, ids in their own alphabet', async () => {
    await using server = await startModelServer((response) => {
      stream(response).end(messageFrames(...thinkThenCall))
    })
    const calls = [{ id: 'functions.k8s_get:0', name: 'k8s_get', arguments: 'not json' }]
    await turn(await at(server.host), {
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: '',
          reasoning_content: 'secret plan',
          tool_calls: calls,
          provider: { name: 'moonshot', body: [{ type: 'reasoning', text: 'x' }] },
        },
        { role: 'tool', tool_call_id: 'functions.k8s_get:0', name: 'k8s_get', content: 'Tool error: no JSON' },
      ],
    })
    expect(messagesOf(server.received[0]).slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'functions_k8s_get_0', name: 'k8s_get', input: { unreadable_arguments: 'not json' } },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'functions_k8s_get_0', content: 'Tool error: no JSON' }],
      },
    ])
  })

  test.each<[string, Partial<ModelSettings>, Record<string, unknown>]>([
    [
      'a budget, and both together within the limit',
      { thinkingBudgetTokens: 4000 },
      { thinking: { type: 'enabled', budget_tokens: 4000 }, max_tokens: 16_384 },
    ],
    ['no thinking for a budget of 0', { thinkingBudgetTokens: 0, maxTokens: 500 }, { max_tokens: 500 }],
    [
      'an effort where the model adapts',
      { id: 'anthropic/claude-opus-4-6', reasoningEffort: 'low' },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
    ],
  ])('carry %s', async (_, settings, expected) => {
    await using server = await startModelServer((response) => {
      stream(response).end(messageFrames(...thinkThenCall))
    })
    await turn(await at(server.host, settings))
    expect(server.received[0]?.body).toMatchObject(expected)
    expect('thinking' in (server.received[0]?.body ?? {})).toBe('thinking' in expected)
  })

  test.each(['/v1', '/v1/'])('count a final %s of the host once', async (path) => {
    await using server = await startModelServer((response) => {
      stream(response).end(messageFrames(...thinkThenCall))
    })
    await turn(await at(server.host + path))
    expect(server.received[0]?.path).toBe('/v1/messages')
  })

  test('a stream without its end is cut, even after a whole call', async () => {
    await using server = await startModelServer((response) => {
      stream(response).end(messageFrames(...thinkThenCall.slice(0, -2)))
    })
    const parts = await turn(await at(server.host))
    expect(parts.at(-1)).toMatchObject({ type: 'failed', kind: 'cut' })
    expect(parts.some((part) => part.type === 'finished')).toBe(false)
  })

  test.each([
    ['before anything', [], 'transient'],
    ['in the middle', thinkThenCall.slice(0, 6), 'transient'],
  ])('an overload told inside the stream, %s, is said plainly', async (_, before, kind) => {
    await using server = await startModelServer((response) => {
      const error = { type: 'overloaded_error', message: 'Overloaded at host-17' }
      stream(response).end(messageFrames(...before, { type: 'error', error }))
    })
    expect((await turn(await at(server.host))).at(-1)).toMatchObject({
      type: 'failed',
      kind,
      sentence: expect.not.stringContaining('host-17'),
    })
  })
})
