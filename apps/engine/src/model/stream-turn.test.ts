import { setTimeout as wait } from 'node:timers/promises'
import type { ModelPart } from '@fairlead/agent/model'
import { describe, expect, test } from 'vitest'
import { createModel } from './create-model.ts'
import { chatFrames, startModelServer, stream } from './model-server.fixture.ts'
import { done, getTool, hello, modelAt, turn } from './turn.fixture.ts'

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

  test('is told to the log without the request and its key', async () => {
    await using server = await startModelServer((response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"unknown field foo"}}')
    })
    const lines: object[] = []
    const settings = { id: 'openai/m', host: server.host, apiKey: secret }
    await turn(await createModel({ settings, log: { warn: (fields) => lines.push(fields) } }))
    expect(lines).toEqual([
      { provider: 'openai', kind: 'fatal', status: 400, code: undefined, said: 'unknown field foo' },
    ])
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

  test.each(['openai/m', 'anthropic/m'])('and points elsewhere (%s) is not followed there with the key', async (id) => {
    await using elsewhere = await startModelServer((response) => {
      stream(response).end(done)
    })
    await using server = await startModelServer((response) => {
      response.writeHead(307, { location: `${elsewhere.host}/v1` }).end()
    })
    expect(await turn(await modelAt(server.host, { id, apiKey: secret }))).toMatchObject([
      { type: 'failed', kind: 'fatal' },
    ])
    expect(elsewhere.received).toEqual([])
  })

  test.each([
    ['line', 'x'.repeat(1024 * 1024)],
    ['stream of comments', ': still here\n\n'.repeat(64 * 1024)],
  ])('with a %s that has no end is cut off, and said to be too long', async (_, piece) => {
    let closed = false
    await using server = await startModelServer((response) => {
      response.on('close', () => {
        closed = true
      })
      const send = () => {
        while (!closed && response.write(piece));
      }
      stream(response).on('drain', send)
      send()
    })
    expect((await turn(await modelAt(server.host))).at(-1)).toEqual({
      type: 'failed',
      kind: 'fatal',
      sentence: 'The answer of the model is longer than the limit of 128 MiB.',
    })
    await expect.poll(() => closed).toBe(true)
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

  test('is asked for uncompressed', async () => {
    await using server = await startModelServer((response) => {
      stream(response).end(chatFrames({ content: 'a' }, { finish_reason: 'stop' }) + done)
    })
    await turn(await modelAt(server.host))
    expect(server.received[0]?.headers['accept-encoding']).toBe('identity')
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
