import { setTimeout as wait } from 'node:timers/promises'
import type { Model, ModelMessage, ModelPart } from '@fairlead/agent/model'
import { describe, expect, test } from 'vitest'
import { createModel } from './create-model.ts'
import { chatFrames, messageFrames, type Received, startModelServer, stream } from './model-server.fixture.ts'
import type { ModelSettings } from './model-settings.ts'

const silent = { warn: () => undefined }
const hello: ModelMessage[] = [{ role: 'user', content: 'why does checkout fail?' }]
const getTool = {
  name: 'k8s_get',
  description: 'Reads.',
  parameters: { type: 'object', properties: { name: { type: 'string' } } },
}
const done = 'data: [DONE]\n\n'

function modelAt(host: string, settings: Partial<ModelSettings> = {}, silenceSeconds?: number): Promise<Model> {
  return createModel({ settings: { id: 'openai/m', host, apiKey: 'k', ...settings }, log: silent, silenceSeconds })
}

async function turn(model: Model, request: Partial<Parameters<Model['stream']>[0]> = {}): Promise<ModelPart[]> {
  const whole = { system: 'prefix', systemTail: 'facts', messages: hello, tools: [], ...request }
  const parts: ModelPart[] = []
  for await (const part of model.stream(whole, { signal: AbortSignal.timeout(20_000) })) parts.push(part)
  return parts
}

function messagesOf(received: Received | undefined): Record<string, unknown>[] {
  return (received?.body.messages ?? []) as Record<string, unknown>[]
}

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
      tools: [{ type: 'function', function: getTool }],
      tool_choice: 'auto',
    })
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

describe('a provider that fails', () => {
  const secret = 'sk-very-secret-key'
  test.each([
    [429, { 'retry-after': '7' }, 'rate-limited', 7],
    [429, { 'retry-after-ms': '1500' }, 'rate-limited', 1.5],
    [429, {}, 'rate-limited', undefined],
    [500, {}, 'fatal', undefined],
    [502, {}, 'transient', undefined],
    [503, { 'retry-after': '2' }, 'transient', 2],
    [504, {}, 'transient', undefined],
    [529, {}, 'transient', undefined],
    [401, {}, 'fatal', undefined],
    [404, {}, 'fatal', undefined],
    [400, {}, 'fatal', undefined],
  ])('with %i %o is %s', async (status, headers, kind, retryAfterSeconds) => {
    await using server = await startModelServer((response) => {
      const error = { message: `boom ${secret} at https://internal.example/v1`, type: 'x' }
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error }))
    })
    const parts = await turn(await modelAt(server.host))
    expect(parts).toEqual([
      { type: 'failed', kind, retryAfterSeconds, sentence: expect.stringMatching(/^The [^\n]+\.$/) },
    ])
    expect(JSON.stringify(parts)).not.toMatch(/boom|secret|internal|127\.0\.0\.1/)
  })

  test('with a date in Retry-After says how long that is', async () => {
    await using server = await startModelServer((response) => {
      response.writeHead(429, { 'retry-after': new Date(Date.now() + 30_000).toUTCString() }).end()
    })
    const [part] = await turn(await modelAt(server.host))
    expect(part).toHaveProperty(
      'retryAfterSeconds',
      expect.toSatisfy((seconds) => seconds > 25 && seconds <= 30),
    )
  })

  test.each([
    ['a 500 that asks to try again', 500, 'Please try again later', 'transient'],
    ['a conversation that is too long', 400, 'maximum context length is 8192 tokens', 'fatal'],
  ])('with %s is read by its words', async (_, status, message, kind) => {
    await using server = await startModelServer((response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message } }))
    })
    expect(await turn(await modelAt(server.host))).toMatchObject([{ kind }])
  })

  test('that is not there can be tried again', async () => {
    const server = await startModelServer(() => undefined)
    await server[Symbol.asyncDispose]()
    expect(await turn(await modelAt(server.host))).toMatchObject([{ type: 'failed', kind: 'transient' }])
  })

  test.each([
    ['ends without a finish reason', false],
    ['breaks the connection', true],
  ])('and %s has cut its answer; its partial calls never appear', async (_, breaks) => {
    await using server = await startModelServer(async (response) => {
      const call = { index: 0, id: 'c', type: 'function', function: { name: 'k8s_get', arguments: '{"name":"a"}' } }
      stream(response).write(chatFrames({ content: 'half ' }, { tool_calls: [call] }))
      await wait(50)
      if (breaks) response.destroy()
      else response.end()
    })
    const parts = await turn(await modelAt(server.host), { tools: [getTool] })
    expect(parts).toEqual([
      { type: 'text', text: 'half ' },
      { type: 'tool-call-started' },
      { type: 'failed', kind: 'cut', sentence: expect.any(String) },
    ])
  })

  test.each([
    ['before the first byte', false, 'transient'],
    ['between bytes', true, 'cut'],
  ])('and falls silent %s is given up', async (_, begins, kind) => {
    await using server = await startModelServer((response) => {
      if (begins) stream(response).write(chatFrames({ content: 'a' }))
    })
    expect((await turn(await modelAt(server.host, {}, 1))).at(-1)).toMatchObject({ type: 'failed', kind })
  })

  test('in the middle of the stream, in words, is read by them', async () => {
    await using server = await startModelServer((response) => {
      const error = { message: 'Rate limit reached for m', type: 'requests', code: 'rate_limit_exceeded' }
      stream(response).end(`${chatFrames({ content: 'a' })}data: ${JSON.stringify({ error })}\n\n`)
    })
    expect((await turn(await modelAt(server.host))).at(-1)).toMatchObject({ type: 'failed', kind: 'rate-limited' })
  })

  test.each([
    ['length', /token limit/],
    ['content_filter', /refused/],
  ])('to finish (%s) has not answered', async (finish_reason, sentence) => {
    await using server = await startModelServer((response) => {
      stream(response).end(chatFrames({ content: 'half' }, { finish_reason }) + done)
    })
    expect((await turn(await modelAt(server.host))).at(-1)).toMatchObject({
      kind: 'fatal',
      sentence: expect.stringMatching(sentence),
    })
  })
})

describe('a stream', () => {
  test('that is aborted ends quietly and closes the request', async () => {
    let closed = false
    await using server = await startModelServer((response) => {
      response.on('close', () => {
        closed = true
      })
      stream(response).write(chatFrames({ content: 'a' }))
    })
    const stop = new AbortController()
    const parts: ModelPart[] = []
    const model = await modelAt(server.host)
    const request = { system: 's', systemTail: '', messages: hello, tools: [] }
    for await (const part of model.stream(request, { signal: stop.signal })) {
      parts.push(part)
      stop.abort()
    }
    expect(parts).toEqual([{ type: 'text', text: 'a' }])
    await expect.poll(() => closed).toBe(true)
  })

  test('that nobody reads on closes its request', async () => {
    let closed = false
    await using server = await startModelServer((response) => {
      response.on('close', () => {
        closed = true
      })
      stream(response).write(chatFrames({ content: 'a' }))
    })
    const model = await modelAt(server.host)
    const request = { system: 's', systemTail: '', messages: hello, tools: [] }
    for await (const _ of model.stream(request, { signal: new AbortController().signal })) break
    await expect.poll(() => closed).toBe(true)
  })

  test('does not wait for 199 others that are still open', async () => {
    let open = 0
    await using server = await startModelServer((response) => {
      stream(response).write(chatFrames({ content: 'first' }))
      if (++open === 200) response.end(chatFrames({ finish_reason: 'stop' }) + done)
    })
    const model = await modelAt(server.host)
    const stop = new AbortController()
    const request = { system: 's', systemTail: '', messages: hello, tools: [] }
    const streams = Array.from({ length: 200 }, async () => {
      for await (const part of model.stream(request, { signal: stop.signal })) if (part.type === 'finished') return true
      return false
    })
    expect(await Promise.any(streams.map(async (ended) => (await ended) || Promise.reject()))).toBe(true)
    stop.abort()
    await Promise.all(streams)
  })

  test('after another uses a connection again', async () => {
    await using server = await startModelServer((response) => {
      stream(response).end(chatFrames({ content: 'a' }, { finish_reason: 'stop' }) + done)
    })
    const model = await modelAt(server.host)
    for (let i = 0; i < 5; i++) await turn(model)
    // The next turn may begin before the last bytes of the one before are read, and then takes a second one.
    expect(server.sockets).toBeLessThanOrEqual(2)
  })
})

describe('a question beside the conversation', () => {
  const question = {
    messages: [
      { role: 'user', content: 'scale web' },
      { role: 'assistant', content: '', tool_calls: [{ id: 'a', name: 'k8s_get', arguments: '{"name":"web"}' }] },
      { role: 'tool', tool_call_id: 'a', name: 'k8s_get', content: 'x'.repeat(5000) },
    ] satisfies ModelMessage[],
    instruction: 'Give it a title.',
    schema: { type: 'object', properties: { title: { type: 'string' } } },
  }
  const signal = AbortSignal.timeout(20_000)

  test('is answered with the JSON alone', async () => {
    await using server = await startModelServer((response) => {
      const message = { role: 'assistant', content: 'Sure!\n```json\n{"title":"Scale web"}\n```' }
      const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }], usage }))
    })
    const model = await modelAt(server.host)
    expect(await model.ask(question, { signal })).toEqual({
      text: '{"title":"Scale web"}',
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7, cached_tokens: null, cost: 0 },
    })
    const body = server.received[0]?.body
    expect(body).toMatchObject({ temperature: 0, response_format: { type: 'json_object' } })
    expect(body).not.toHaveProperty('stream', true)
    expect(JSON.stringify(body?.messages).length).toBeLessThan(3000)
    expect(body?.messages).toMatchObject([
      { role: 'user', content: 'scale web' },
      { role: 'assistant', content: '[called k8s_get {"name":"web"}]' },
      { role: 'user' },
      { role: 'user', content: expect.stringMatching(/^Give it a title\.[\s\S]*"title"/) },
    ])
  })

  test('is put to a model that reasons with low effort and no temperature', async () => {
    await using server = await startModelServer((response) => response.writeHead(503).end() && undefined)
    const model = await modelAt(server.host, { id: 'openai/o3' })
    await expect(model.ask(question, { signal })).rejects.toThrow(
      /^The model provider is not available at the moment\.$/,
    )
    expect(server.received[0]?.body).toMatchObject({ reasoning_effort: 'low' })
    expect(server.received[0]?.body).not.toHaveProperty('temperature')
  })
})

describe('a configuration', () => {
  test.each([
    [{ id: 'openai/gpt-4o' }, /OPENAI_API_KEY/],
    [{ id: 'anthropic/claude-sonnet-4-5' }, /ANTHROPIC_API_KEY/],
    [{ id: 'mystery/m' }, /"mystery".*LLM_HOST/],
    [{ id: 'openai/' }, /no model/],
  ])('that can never answer is refused at the start: %o', async (settings, message) => {
    await expect(createModel({ settings, log: silent })).rejects.toThrow(message)
  })

  test.each([
    ['gpt-4o', 'openai/gpt-4o'],
    ['OpenAI/gpt-4o', 'openai/gpt-4o'],
    ['openai/org/model:free', 'openai/org/model:free'],
  ])('names its model: %s', async (id, expected) => {
    expect(await createModel({ settings: { id, apiKey: 'k' }, log: silent })).toMatchObject({
      id: expected,
      provider: 'openai',
    })
  })

  test('with both a budget and an effort is warned about', async () => {
    const warnings: string[] = []
    const settings = { id: 'openai/m', apiKey: 'k', thinkingBudgetTokens: 2048, reasoningEffort: 'low' as const }
    await createModel({ settings, log: { warn: (message) => warnings.push(message) } })
    expect(warnings).toEqual([expect.stringContaining('the budget counts')])
  })
})
