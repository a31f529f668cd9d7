import type { ModelMessage } from '@fairlead/agent/model'
import { describe, expect, test } from 'vitest'
import { chatFrames, startModelServer, stream } from './model-server.fixture.ts'
import type { ModelSettings } from './model-settings.ts'
import { done, getTool, messagesOf, modelAt, turn } from './turn.fixture.ts'

describe('chat completions', () => {
  test('stream text, thoughts, parallel calls in fragments, and usage', async () => {
    await using server = await startModelServer((response) => {
      stream(response).end(
        chatFrames(
          { role: 'assistant', reasoning_content: 'let me ' },
          { reasoning_content: 'see' },
          { content: 'Look' },
          { content: 'ing.' },
          { tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name: 'k8s_get', arguments: '' } }] },
          {
            tool_calls: [
              { index: 1, id: 'call_b', type: 'function', function: { name: 'k8s_get', arguments: '{"na' } },
            ],
          },
          { tool_calls: [{ index: 0, id: 'call_a', function: { name: 'k8s_get', arguments: '{"name":' } }] },
          { tool_calls: [{ index: 1, function: { arguments: 'me":"b"}' } }] },
          { tool_calls: [{ index: 0, function: { arguments: '"a"}' } }] },
          {
            finish_reason: 'tool_calls',
            usage: {
              prompt_tokens: 10,
              completion_tokens: 5,
              total_tokens: 15,
              prompt_tokens_details: { cached_tokens: 4 },
            },
          },
        ) + done,
      )
    })
    const parts = await turn(await modelAt(server.host), { tools: [getTool] })
    expect(parts).toEqual([
      { type: 'reasoning', text: 'let me ' },
      { type: 'reasoning', text: 'see' },
      { type: 'text', text: 'Look' },
      { type: 'text', text: 'ing.' },
      { type: 'tool-call-started' },
      { type: 'tool-call-started' },
      {
        type: 'finished',
        toolCalls: [
          { id: 'call_a', name: 'k8s_get', arguments: '{"name":"a"}' },
          { id: 'call_b', name: 'k8s_get', arguments: '{"name":"b"}' },
        ],
        usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cached_tokens: 4, cost: 0 },
        body: null,
      },
    ])
  })

  test('arguments stay the text that came, JSON or not', async () => {
    await using server = await startModelServer((response) => {
      const call = { index: 0, id: 'c', type: 'function', function: { name: 'k8s_get', arguments: '{"name": tru' } }
      stream(response).end(chatFrames({ tool_calls: [call] }, { finish_reason: 'tool_calls' }) + done)
    })
    const parts = await turn(await modelAt(server.host), { tools: [getTool] })
    expect(parts.at(-1)).toMatchObject({ toolCalls: [{ arguments: '{"name": tru' }] })
  })

  test.each([
    ['', '/v1/chat/completions'],
    ['/', '/v1/chat/completions'],
    ['/v1', '/v1/chat/completions'],
    ['/v1/', '/v1/chat/completions'],
    ['/proxy/llm', '/proxy/llm/chat/completions'],
  ])('with the host path "%s" are called at %s', async (path, expected) => {
    await using server = await startModelServer((response) => {
      stream(response).end(chatFrames({ content: 'ok' }, { finish_reason: 'stop' }) + done)
    })
    await turn(await modelAt(server.host + path))
    expect(server.received[0]?.path).toBe(expected)
  })

  test('carry the key, usage in the stream, one system message, and nothing that was not set', async () => {
    await using server = await startModelServer((response) => {
      stream(response).end(chatFrames({ content: 'ok' }, { finish_reason: 'stop' }) + done)
    })
    await turn(await modelAt(server.host), { tools: [getTool] })
    const [{ headers, body } = { headers: {}, body: {} }] = server.received
    expect(headers.authorization).toBe('Bearer k')
    expect(body).toEqual({
      model: 'm',
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'prefix\n\nfacts' },
        { role: 'user', content: 'why does checkout fail?' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'k8s_get', description: 'Reads.', parameters: getTool.inputSchema },
        },
      ],
      tool_choice: 'auto',
    })
  })

  test('tell each tool as it is, also where its schema is that of another or its words have changed', async () => {
    await using server = await startModelServer((response) => {
      stream(response).end(chatFrames({ content: 'ok' }, { finish_reason: 'stop' }) + done)
    })
    const model = await modelAt(server.host)
    const other = { ...getTool, name: 'k8s_describe' }
    const reworded = { ...getTool, description: 'Reads one.' }
    for (const tools of [[getTool, other], [reworded], [getTool]]) await turn(model, { tools })
    const sentTools = server.received.map(({ body }) => body.tools as { function: object }[])
    const { inputSchema: parameters } = getTool
    expect(sentTools.map((tools) => tools.map((tool) => tool.function))).toEqual([
      [
        { name: 'k8s_get', description: 'Reads.', parameters },
        { name: 'k8s_describe', description: 'Reads.', parameters },
      ],
      [{ name: 'k8s_get', description: 'Reads one.', parameters }],
      [{ name: 'k8s_get', description: 'Reads.', parameters }],
    ])
  })

  test.each<[string, Partial<ModelSettings>, Record<string, unknown>]>([
    ['a temperature, clamped', { temperature: 3 }, { temperature: 2 }],
    ['the token limit', { maxTokens: 99 }, { max_tokens: 99 }],
    ['an effort', { reasoningEffort: 'low' }, { reasoning_effort: 'low' }],
    ['high effort for a model known to reason', { id: 'openai/gpt-5.1' }, { reasoning_effort: 'high' }],
    [
      'a budget as the level it stands for, with room',
      { thinkingBudgetTokens: 10_000 },
      { reasoning_effort: 'high', max_tokens: 20_000 },
    ],
    [
      'a small budget',
      { thinkingBudgetTokens: 1000, reasoningEffort: 'high' },
      { reasoning_effort: 'low', max_tokens: 16_384 },
    ],
  ])('send %s', async (_, settings, expected) => {
    await using server = await startModelServer((response) => {
      stream(response).end(chatFrames({ content: 'ok' }, { finish_reason: 'stop' }) + done)
    })
    await turn(await modelAt(server.host, settings))
    expect(server.received[0]?.body).toMatchObject(expected)
  })

  const history: ModelMessage[] = [
    { role: 'user', content: 'list' },
    {
      role: 'assistant',
      content: '',
      reasoning_content: 'hm',
      tool_calls: [{ id: 'a', name: 'k8s_get', arguments: '{"name":"x"}' }],
    },
    { role: 'tool', tool_call_id: 'a', name: 'k8s_get', content: 'pods' },
    { role: 'assistant', content: 'one pod' },
    { role: 'user', content: 'and now?' },
  ]
  test.each([
    ['without thoughts to a model of openai', 'openai/m', [undefined, undefined]],
    ['without thoughts to a model of qwen behind a gateway', 'gateway/qwen/qwen3', [undefined, undefined]],
    ['with the field on every assistant message elsewhere', 'moonshot/kimi-k2', ['hm', '']],
  ])('bring the history %s', async (_, id, reasoning) => {
    await using server = await startModelServer((response) => {
      stream(response).end(chatFrames({ content: 'ok' }, { finish_reason: 'stop' }) + done)
    })
    await turn(await modelAt(server.host, { id }), { messages: history })
    const sent = messagesOf(server.received[0])
    const assistants = sent.filter((message) => message.role === 'assistant')
    expect(assistants.map((message) => message.reasoning_content)).toEqual(reasoning)
    expect(sent.slice(2, 4)).toMatchObject([
      {
        role: 'assistant',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'k8s_get', arguments: '{"name":"x"}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'pods' },
    ])
  })
})
