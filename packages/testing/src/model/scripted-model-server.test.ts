import { randomInt } from 'node:crypto'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Reply, Script } from './model-script.ts'
import { type ModelServer, startModelServer } from './scripted-model-server.ts'

let server: ModelServer
afterEach(() => server?.close())

const openaiRequest = {
  model: 'm',
  stream: true,
  stream_options: { include_usage: true },
  messages: [
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'scale web' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'k8s_get', arguments: '{"kind":"Pod"}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'two pods' },
  ],
  tools: [{ type: 'function', function: { name: 'k8s_get', description: 'reads', parameters: { type: 'object' } } }],
}
const anthropicRequest = {
  model: 'm',
  stream: true,
  max_tokens: 1000,
  system: [{ type: 'text', text: 'be brief' }],
  messages: [
    { role: 'user', content: 'scale web' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'k8s_get', input: { kind: 'Pod' } }] },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: 'two pods' }] }],
    },
  ],
  tools: [{ name: 'k8s_get', description: 'reads', input_schema: { type: 'object' } }],
}

async function start(script: Script) {
  server = await startModelServer(script)
}
const ask = (path: string, body: object, signal?: AbortSignal) =>
  fetch(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body), signal: signal ?? null })
const askOpenai = (fields: object = {}) => ask('/v1/chat/completions', { ...openaiRequest, ...fields })
const askAnthropic = (fields: object = {}) => ask('/v1/messages', { ...anthropicRequest, ...fields })

// biome-ignore lint/suspicious/noExplicitAny: frames are whatever the provider's format says
type Frame = any
async function frames(response: Response): Promise<Frame[]> {
  const text = await response.text()
  return text
    .split('\n\n')
    .map((frame) => frame.split('\n').find((line) => line.startsWith('data: ')))
    .filter((line) => line !== undefined && line !== 'data: [DONE]')
    .map((line) => JSON.parse(line?.slice(6) ?? ''))
}
const openaiText = (seen: Frame[]) => seen.map((frame) => frame.choices[0]?.delta.content ?? '').join('')

describe('the chat-completions format', () => {
  test('streams reasoning, text, parallel tool calls in fragments, and usage at the end', async () => {
    const replicas = randomInt(2, 99)
    await start([
      {
        reasoning: 'They want more replicas, so I look first.',
        text: 'Größer wird es 🚀 sofort.',
        toolCalls: [
          { id: 'a', name: 'k8s_get', args: { kind: 'Deployment' } },
          { id: 'b', name: 'k8s_scale', args: { name: 'web', replicas } },
        ],
        usage: { input: 900, cachedInput: 512, output: 40 },
      },
    ])
    const response = await askOpenai()
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const seen = await frames(response)
    const deltas = seen.flatMap((frame) => frame.choices).map(({ delta }) => delta)
    expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toBe(
      'They want more replicas, so I look first.',
    )
    expect(openaiText(seen)).toBe('Größer wird es 🚀 sofort.')
    const fragments = deltas.flatMap((delta) => delta.tool_calls ?? []).filter(({ index }) => index === 1)
    expect(fragments.length).toBeGreaterThan(2)
    expect(fragments[0]).toMatchObject({ id: 'b', function: { name: 'k8s_scale' } })
    expect(JSON.parse(fragments.map((part) => part.function.arguments).join(''))).toEqual({ name: 'web', replicas })
    expect(seen.at(-2).choices[0].finish_reason).toBe('tool_calls')
    expect(seen.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 900, completion_tokens: 40, prompt_tokens_details: { cached_tokens: 512 } },
    })
  })

  test('answers a request that is not streamed as one object', async () => {
    await start([])
    const answer = (await (await askOpenai({ stream: false })).json()) as Frame
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'A short answer' } })
  })
})

describe('the Messages format', () => {
  test('streams a signed thinking block, text and tool use, each in a block of its own', async () => {
    await start([
      { reasoning: 'First look.', text: 'Looking.', toolCalls: [{ name: 'k8s_get', args: { kind: 'Pod' } }] },
    ])
    const seen = await frames(await askAnthropic())
    expect(seen[0]).toMatchObject({ type: 'message_start', message: { role: 'assistant', content: [] } })
    const blocks = seen.filter(({ type }) => type === 'content_block_start').map((frame) => frame.content_block.type)
    expect(blocks).toEqual(['thinking', 'text', 'tool_use'])
    const deltas = seen.filter(({ type }) => type === 'content_block_delta').map(({ delta }) => delta)
    expect(deltas.find(({ type }) => type === 'signature_delta').signature).not.toBe('')
    const json = deltas.filter(({ type }) => type === 'input_json_delta').map((delta) => delta.partial_json)
    expect(JSON.parse(json.join(''))).toEqual({ kind: 'Pod' })
    expect(seen.at(-2)).toMatchObject({ type: 'message_delta', delta: { stop_reason: 'tool_use' } })
    expect(seen.at(-1)).toEqual({ type: 'message_stop' })
  })
})

test('both formats are seen alike by a script, and recorded whole', async () => {
  const replies = ['one', 'two']
  await start((request, index) => ({ text: `${request.messages.at(-1)?.text} ${replies[index]}` }))
  expect(openaiText(await frames(await askOpenai()))).toBe('two pods one')
  await (await askAnthropic()).text()
  const [openai, anthropic] = server.requests
  expect(openai?.raw).toEqual(openaiRequest)
  expect(anthropic?.raw).toEqual(anthropicRequest)
  const alike = {
    model: 'm',
    isStreamed: true,
    system: 'be brief',
    messages: [
      { role: 'user', text: 'scale web' },
      { role: 'assistant', toolCalls: [{ id: 'c1', name: 'k8s_get', args: { kind: 'Pod' } }] },
      { role: 'tool', toolCallId: 'c1', text: 'two pods' },
    ],
    tools: [{ name: 'k8s_get', description: 'reads', schema: { type: 'object' } }],
    outcome: 'answered',
  }
  expect(openai).toMatchObject({ ...alike, format: 'openai' })
  expect(anthropic).toMatchObject({ ...alike, format: 'anthropic' })
})

describe('faults', () => {
  const text = 'a text that is long enough for several pieces'

  test.each([429, 500])(
    'a status %i comes before any frame, with Retry-After when the script has one',
    async (status) => {
      await start([{ fault: { kind: 'status', status, retryAfter: 2 } }, { text }])
      const refused = await askOpenai()
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([status, '2'])
      expect(((await refused.json()) as Frame).error.message).toContain(String(status))
      expect(openaiText(await frames(await askOpenai()))).toBe(text)
    },
  )

  test('a cut that resets is a failed read, after exactly the pieces before it', async () => {
    await start([{ text, fault: { kind: 'cut', how: 'reset', afterPieces: 2 } }])
    const { body } = await askOpenai()
    const decoder = new TextDecoder()
    let seen = ''
    const read = async () => {
      for await (const chunk of body ?? []) seen += decoder.decode(chunk, { stream: true })
    }
    await expect(read()).rejects.toThrow()
    expect(seen).toContain('a text that ')
    expect(seen.split('"content":"').length - 1).toBe(3) // the opening frame and two pieces
  })

  test('a cut that ends looks whole but has no finish', async () => {
    await start([{ text, fault: { kind: 'cut', how: 'end', afterPieces: 1 } }])
    const seen = await frames(await askOpenai())
    expect(seen.every((frame) => frame.choices[0].finish_reason === null)).toBe(true)
  })

  test('a cut after so many bytes sends exactly that many', async () => {
    const afterBytes = randomInt(1, 600)
    await start([{ text, fault: { kind: 'cut', how: 'end', afterBytes } }])
    expect((await (await askOpenai()).arrayBuffer()).byteLength).toBe(afterBytes)
  })

  test('an overload in the middle is an error in the words of the provider', async () => {
    await start(() => ({ text, fault: { kind: 'error-event', afterPieces: 1 } }))
    expect((await frames(await askOpenai())).at(-1)).toHaveProperty('error.message')
    expect((await frames(await askAnthropic())).at(-1)).toMatchObject({ error: { type: 'overloaded_error' } })
  })

  test('a stall holds the stream, and a reader that leaves is on record', async () => {
    await start([{ text, fault: { kind: 'stall', ms: 60_000, afterPieces: 1 } }])
    const reader = new AbortController()
    const response = await ask('/v1/chat/completions', openaiRequest, reader.signal)
    await response.body?.getReader().read()
    reader.abort()
    await expect.poll(() => server.requests[0]?.outcome).toBe('left-by-client')
  })

  test('a script that has no reply left, or throws, refuses and says why', async () => {
    await start([])
    const refused = await askOpenai()
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('no reply left')])
    await server.close()
    await start(() => {
      throw new Error('expected a namespace')
    })
    const failed = await askOpenai()
    expect([failed.status, await failed.text()]).toEqual([400, expect.stringContaining('expected a namespace')])
  })
})

describe('packets', () => {
  const text = 'Grüße 🚀🚀, und viele Zeichen mehr'
  const raw = () =>
    new Promise<Buffer[]>((done) => {
      const body = JSON.stringify(openaiRequest)
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
        const headers = `Host: x\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}`
        socket.write(`POST /v1/chat/completions HTTP/1.1\r\n${headers}\r\n\r\n${body}`)
      })
      const chunks: Buffer[] = []
      socket.on('data', (chunk) => chunks.push(chunk))
      socket.on('close', () => done(chunks))
    })

  test.each<Reply>([
    { text, split: 'every-byte' },
    { text, split: { seed: randomInt(1, 1e9) } },
  ])('are split anywhere, and the bytes stay the same: %j', async (reply) => {
    await start([reply, reply, { text }])
    const chunks = await raw()
    expect(chunks.length).toBeGreaterThan(10)
    const [split, whole] = [await (await askOpenai()).text(), await (await askOpenai()).text()]
    expect(split).toBe(whole)
  })

  test('keep the pace of the script', async () => {
    await start([{ text: { pieces: 20 }, pace: { piecesPerSecond: 100, firstAfterMs: 50 } }])
    const began = performance.now()
    expect(openaiText(await frames(await askOpenai()))).toBe(Array.from({ length: 20 }, (_, i) => `w${i} `).join(''))
    const durationMs = performance.now() - began
    expect(durationMs).toBeGreaterThan(235)
    expect(durationMs).toBeLessThan(1000)
  })

  test('can carry the time of sending', async () => {
    await start([{ text: { pieces: 3, stamped: true }, pace: { piecesPerSecond: 50 } }])
    const pieces = openaiText(await frames(await askOpenai()))
      .trim()
      .split(' ')
      .map((piece) => piece.split('@'))
    expect(pieces.map(([number]) => number)).toEqual(['0', '1', '2'])
    const stamps = pieces.map(([, stamp]) => Number(stamp))
    expect((stamps[2] ?? 0) - (stamps[0] ?? 0)).toBeGreaterThan(35)
    expect(Math.abs(Date.now() - (stamps[2] ?? 0))).toBeLessThan(1000)
  })
})
