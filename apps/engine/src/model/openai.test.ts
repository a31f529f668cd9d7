import type { ModelPart } from '@fairlead/agent/model'
import { expect, test } from 'vitest'
import { messageFrames, startModelServer, stream } from './model-server.fixture.ts'
import { openai } from './openai.ts'
import { streamTurn } from './stream-turn.ts'
import { toPrompt, toTools } from './to-prompt.ts'
import { getTool, hello } from './turn.fixture.ts'

const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'gpt-5.1' }
const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'k8s_get' }
const events = [
  { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
  { type: 'response.output_item.added', output_index: 0, item: { type: 'reasoning', id: 'rs_1', summary: [] } },
  {
    type: 'response.output_item.done',
    output_index: 0,
    item: { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed' },
  },
  {
    type: 'response.output_item.added',
    output_index: 1,
    item: { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
  },
  { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 1, content_index: 0, delta: 'Looking.' },
  {
    type: 'response.output_item.done',
    output_index: 1,
    item: { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
  },
  { type: 'response.output_item.added', output_index: 2, item: { ...call, arguments: '' } },
  { type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 2, delta: '{"name":"web"}' },
  {
    type: 'response.output_item.done',
    output_index: 2,
    item: { ...call, arguments: '{"name":"web"}', status: 'completed' },
  },
  {
    type: 'response.completed',
    response: {
      ...response,
      status: 'completed',
      output: [],
      usage: { input_tokens: 9, input_tokens_details: { cached_tokens: 4 }, output_tokens: 3, total_tokens: 12 },
    },
  },
]

/** The hosted service, its address replaced at the one place where it is reached. */
function openaiAt(host: string) {
  const reach: typeof fetch = (url, init) => fetch(String(url).replace('https://api.openai.com', host), init)
  return openai({ settings: { id: 'openai/gpt-5.1', apiKey: 'k' }, modelId: 'gpt-5.1', fetch: reach })
}

async function turnAt(host: string, messages = hello): Promise<ModelPart[]> {
  const { language, turn, dialect } = openaiAt(host)
  const request = { system: 'prefix', systemTail: 'facts', messages, tools: [getTool] }
  const prompt = toPrompt(request, { dialect, provider: 'openai' })
  const tools = toTools(request.tools, dialect)
  const parts: ModelPart[] = []
  const signal = AbortSignal.timeout(20_000)
  for await (const part of streamTurn({
    language,
    call: { ...turn, prompt, tools },
    price: () => 0,
    signal,
    onFault: () => undefined,
  }))
    parts.push(part)
  return parts
}

test('the hosted service keeps nothing, and gets its sealed thoughts back with the results', async () => {
  await using server = await startModelServer((answer) => void stream(answer).end(messageFrames(...events)))
  const parts = await turnAt(server.host)
  expect(parts).toEqual([
    { type: 'text', text: 'Looking.' },
    { type: 'tool-call-started' },
    {
      type: 'finished',
      toolCalls: [{ id: 'call_1', name: 'k8s_get', arguments: '{"name":"web"}' }],
      usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12, cached_tokens: 4, cost: 0 },
      body: expect.any(Array),
    },
  ])
  const finished = parts.at(-1)
  if (finished?.type !== 'finished') throw new Error('The turn did not finish')
  const body: unknown = JSON.parse(JSON.stringify(finished.body))
  await turnAt(server.host, [
    ...hello,
    { role: 'assistant', content: 'Looking.', tool_calls: finished.toolCalls, provider: { name: 'openai', body } },
    { role: 'tool', tool_call_id: 'call_1', name: 'k8s_get', content: 'web: 3/3' },
  ])
  const [first, second] = server.received
  expect(first).toMatchObject({
    path: '/v1/responses',
    body: { store: false, stream: true, reasoning: { effort: 'high' } },
  })
  expect(second?.body.input).toMatchObject([
    { role: 'developer' },
    { role: 'developer' },
    { role: 'user' },
    { type: 'reasoning', encrypted_content: 'sealed' },
    { role: 'assistant' },
    { type: 'function_call', call_id: 'call_1', arguments: '{"name":"web"}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'web: 3/3' },
  ])
})

test('a response that never completes is cut, its calls unseen', async () => {
  await using server = await startModelServer(
    (answer) => void stream(answer).end(messageFrames(...events.slice(0, -1))),
  )
  const parts = await turnAt(server.host)
  expect(parts.at(-1)).toMatchObject({ type: 'failed', kind: 'cut' })
  expect(parts.some((part) => part.type === 'finished')).toBe(false)
})
