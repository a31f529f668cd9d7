import type { ModelMessage } from '@fairlead/agent/model'
import { describe, expect, test } from 'vitest'
import { createModel } from './create-model.ts'
import { startModelServer } from './model-server.fixture.ts'
import { modelAt, silent } from './turn.fixture.ts'

describe('a query beside the conversation', () => {
  const query = {
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
    expect(await model.ask(query, { signal })).toEqual({
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
    await expect(model.ask(query, { signal })).rejects.toThrow(/^The model provider is not available at the moment\.$/)
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
    await createModel({ settings, log: { warn: (_, message) => warnings.push(message) } })
    expect(warnings).toEqual([expect.stringContaining('the budget counts')])
  })
})
