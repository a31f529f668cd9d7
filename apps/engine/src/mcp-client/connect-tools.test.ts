import { setTimeout as wait } from 'node:timers/promises'
import type { ProgressNotice } from '@fairlead/contract/tool/tool-meta'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { connect, echo, get, type Handler, resultOf, serve, serveRaw, serveTools, text } from './tool-server.fixture.ts'

describe('a call', () => {
  test('brings the answer of a real server, on one connection made once', async () => {
    await using server = await serveTools(echo)
    const tools = connect(server.url, { token: 'secret' })
    for (let i = 0; i < 5; i++) {
      expect(await tools.call(get)).toEqual({
        kind: 'answered',
        blocks: text('got web'),
        isError: false,
        text: 'got web',
      })
    }
    expect(server.methods()).toEqual(['server/discover', ...Array(5).fill('tools/call')])
    expect(server.sockets).toBeLessThanOrEqual(2)
    expect(server.seen.every(({ headers }) => headers.authorization === 'Bearer secret')).toBe(true)
  })

  test('carries its meta keys and its id as progress token', async () => {
    await using server = await serveTools(echo)
    await connect(server.url).call({ ...get, meta: { 'dev.fairlead/identity': 'jws' } })
    expect(server.seen.at(-1)?.body).toMatchObject({
      params: {
        name: 'k8s_get',
        arguments: { name: 'web' },
        _meta: { progressToken: 'call_1', 'dev.fairlead/identity': 'jws' },
      },
    })
  })

  test('hands on progress, of ours with its stream, of others as a status line', async () => {
    await using server = await serveTools((tools) => {
      tools.registerTool('k8s_get', { inputSchema: z.object({ name: z.string() }) }, async (_, context) => {
        const progressToken = context.mcpReq._meta?.progressToken ?? ''
        const send = (params: object) =>
          context.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: 1, ...params } })
        await send({ _meta: { 'dev.fairlead/progress': { seq: 7, stream: 'stdout', text: 'line' } } })
        await send({ message: 'half way' })
        await send({})
        return { content: text('done') }
      })
    })
    const notices: ProgressNotice[] = []
    await connect(server.url).call({ ...get, onProgress: (notice) => notices.push(notice) })
    expect(notices).toEqual([
      { seq: 7, stream: 'stdout', text: 'line' },
      { seq: 1, stream: 'status', text: 'half way' },
    ])
  })

  test('keeps the progress of two at once apart', async () => {
    await using server = await serveTools((tools) => {
      tools.registerTool('k8s_get', { inputSchema: z.object({ name: z.string() }) }, async ({ name }, context) => {
        const progressToken = context.mcpReq._meta?.progressToken ?? ''
        await context.mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress: 1, message: name },
        })
        return { content: text(name) }
      })
    })
    const tools = connect(server.url)
    const call = async (name: string) => {
      const notices: string[] = []
      await tools.call({ ...get, args: { name }, callId: name, onProgress: (notice) => notices.push(notice.text) })
      return notices
    }
    expect(await Promise.all([call('a'), call('b')])).toEqual([['a'], ['b']])
  })

  test('speaks the older protocol to a server that knows no other', async () => {
    await using server = await serveRaw(resultOf({ content: text('old') }))
    const tools = connect(server.url)
    expect(await tools.call(get)).toMatchObject({ kind: 'answered', text: 'old' })
    expect(await tools.call(get)).toMatchObject({ kind: 'answered', text: 'old' })
    expect(server.methods()).toEqual([
      'server/discover',
      'initialize',
      'notifications/initialized',
      'tools/call',
      'tools/call',
    ])
    expect(server.seen.at(-1)?.headers).toMatchObject({ 'mcp-protocol-version': '2025-06-18' })
  })

  test('sends back the session that a server gave', async () => {
    await using server = await serveRaw((request, response, body) => {
      response.setHeader('mcp-session-id', 's1')
      return resultOf({ content: text('x') })(request, response, body)
    })
    const tools = connect(server.url)
    await tools.call(get)
    await tools.call(get)
    expect(server.seen.at(-1)?.headers['mcp-session-id']).toBe('s1')
  })
})

describe('a result', () => {
  const json = (value: unknown) => text(JSON.stringify(value))
  test.each([
    [
      'text blocks are joined, others are JSON',
      { content: [...text('a'), ...text('b'), { type: 'image', data: 'x' }] },
      'ab{"type":"image","data":"x"}',
      false,
    ],
    ['an envelope becomes its output', { content: json({ output: 'pods', error: false }) }, 'pods', false],
    ['an output that is no text stays JSON', { content: json({ output: { a: 1 }, error: null }) }, '{"a":1}', false],
    [
      'a truthy error of an envelope is a failure',
      { content: json({ output: 'NotFound: web', error: true }), isError: false },
      'NotFound: web',
      true,
    ],
    [
      'isError is a failure, its texts on lines',
      { content: [...text('one'), ...text('two')], isError: true },
      'one\ntwo',
      true,
    ],
    ['a failure without a word gets some', { content: [], isError: true }, 'Tool execution failed', true],
    ['other JSON is left alone', { content: json({ output: 'x' }) }, '{"output":"x"}', false],
    ['what only begins like JSON is text', { content: text('{not json') }, '{not json', false],
  ])('%s', async (_, result, expected, isError) => {
    await using server = await serveRaw(resultOf(result))
    expect(await connect(server.url).call(get)).toMatchObject({ kind: 'answered', text: expected, isError })
  })

  test('of ours brings its structured part, of others none', async () => {
    let structuredContent: unknown = { output: 'x', error: false, outcome: 'succeeded', tries: 1 }
    await using server = await serveRaw((...args) => resultOf({ content: text('x'), structuredContent })(...args))
    const tools = connect(server.url)
    expect(await tools.call(get)).toMatchObject({ structured: { outcome: 'succeeded', tries: 1 } })
    structuredContent = { rows: [] }
    expect(await tools.call(get)).toHaveProperty('structured', undefined)
  })
})

describe('a call without an answer', () => {
  test('to a server that is not there was never sent', async () => {
    const server = await serveTools(echo)
    await server[Symbol.asyncDispose]()
    expect(await connect(server.url).call(get)).toMatchObject({ kind: 'unreachable', sent: false })
  })

  test('of a server that has gone since was never sent, and a later one finds the new server', async () => {
    const first = await serveTools(echo)
    const tools = connect(first.url)
    await tools.call(get)
    await first[Symbol.asyncDispose]()
    // Until the client has noticed that its connection is closed, it cannot know.
    await expect.poll(() => tools.call(get)).toMatchObject({ kind: 'unreachable', sent: false })
    await using _ = await serveTools(echo, { port: Number(new URL(first.url).port) })
    expect(await tools.call(get)).toMatchObject({ text: 'got web' })
  })

  test.each<[string, Handler]>([
    ['breaks the connection', (_, response) => response.destroy()],
    [
      'breaks the stream',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': working\n\n')
        setTimeout(() => response.destroy(), 20)
      },
    ],
    [
      'ends the stream',
      (_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': bye\n\n'),
    ],
    ['fails behind a proxy', (_, response) => response.writeHead(502).end('<html>')],
  ])('of a server that %s may have happened', async (_, onCall) => {
    await using server = await serveRaw(onCall)
    expect(await connect(server.url).call(get)).toMatchObject({ kind: 'unreachable', sent: true })
  })

  test.each([
    ['before the first byte', false],
    ['between bytes', true],
  ])('times out on silence %s', async (_, begins) => {
    await using server = await serveRaw((_, response) => {
      if (begins) response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': here\n\n')
    })
    const answer = await connect(server.url, { timeoutSeconds: 1 }).call(get)
    expect(answer).toMatchObject({ kind: 'timed-out', sent: true })
  })

  test('that has no end is cut off, and said to be too long', async () => {
    await using server = await serveRaw((_, response) => {
      const send = () => {
        while (!response.destroyed && response.write('x'.repeat(1024 * 1024)));
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' }).on('drain', send)
      send()
    })
    const sentence = 'The answer of the tool server is longer than the limit of 64 MiB.'
    expect(await connect(server.url).call(get)).toMatchObject({ kind: 'protocol', sent: true, sentence })
  })

  test('whose stream goes on behind it is handed on at once, and its connection ended soon', async () => {
    const closed = Promise.withResolvers<void>()
    await using server = await serveRaw((_, response, { id }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result: { content: text('done') } })}\n\n`)
      const pings = setInterval(() => response.write(': ping\n\n'), 50)
      response.on('close', () => {
        clearInterval(pings)
        closed.resolve()
      })
    })
    const tools = connect(server.url)
    expect(await tools.call(get)).toMatchObject({ text: 'done' })
    await closed.promise
    expect(await tools.call(get)).toMatchObject({ text: 'done' })
  })

  test('outlives its limit as long as bytes come', async () => {
    await using server = await serveRaw(async (_, response, { id }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (let i = 0; i < 7; i++) {
        response.write(': still here\n\n')
        await wait(500)
      }
      response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result: { content: text('late') } })}\n\n`)
    })
    expect(await connect(server.url, { timeoutSeconds: 2 }).call(get)).toMatchObject({ text: 'late' })
  })

  test.each([
    ['an error before it was looked into', { error: { code: -32602, message: 'unknown tool' } }, false],
    ['an error from the inside', { error: { code: -32603, message: 'boom at /srv/app.js' } }, true],
    ['no result at all', { result: { content: 'nothing' } }, true],
  ])('but %s is a fault of the protocol', async (_, answer, sent) => {
    await using server = await serveRaw((_, response, { id }) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, ...answer })),
    )
    const fault = await connect(server.url).call(get)
    expect(fault).toMatchObject({ kind: 'protocol', sent })
    expect(JSON.stringify(fault)).not.toMatch(/boom|srv|unknown tool/)
  })

  test.each<[number, boolean]>([
    [401, false],
    [403, false],
    [404, false],
    [413, false],
    [429, false],
  ])('that was refused with %i did not happen', async (status, sent) => {
    await using server = await serveRaw((_, response) => response.writeHead(status).end('go away'))
    expect(await connect(server.url).call(get)).toMatchObject({ sent })
  })

  test.each([
    ['of today', serveTools],
    ['of 2025', undefined],
  ])('is aborted by ending its request, at a server %s', async (_, real) => {
    const stop = new AbortController()
    let closed = false
    const hang: Handler = (_, response, { method }) => {
      if (method !== 'tools/call') return
      response.on('close', () => {
        closed = true
      })
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': working\n\n')
      stop.abort('stopped-by-person')
    }
    await using server = real ? await real(echo, { before: hang }) : await serveRaw(hang)
    expect(await connect(server.url).call({ ...get, signal: stop.signal })).toMatchObject({
      kind: 'aborted',
      sent: true,
    })
    await expect.poll(() => closed).toBe(true)
    expect(server.methods()).not.toContain('notifications/cancelled')
  })

  test('aborted before it began was never sent', async () => {
    await using server = await serveTools(echo)
    expect(await connect(server.url).call({ ...get, signal: AbortSignal.abort() })).toMatchObject({
      kind: 'aborted',
      sent: false,
    })
  })

  test('that is late when it could leave does not leave: its server was long in coming', async () => {
    let isThere = false
    await using server = await serveTools(echo, {
      before: async (_, __, { method }) => {
        if (method !== 'server/discover' || isThere) return
        isThere = true
        await wait(400)
      },
    })
    const tools = connect(server.url)
    const late = { kind: 'late', sent: false, sentence: 'The call came too late to be sent.' }
    expect(await tools.call({ ...get, until: Date.now() + 200 })).toEqual(late)
    expect(server.methods()).not.toContain('tools/call')
    expect(await tools.call({ ...get, until: Date.now() + 5_000 })).toMatchObject({ kind: 'answered' })
  })

  test('does not take others with it', async () => {
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await using server = await serveRaw(async (request, response, body) => {
      const { name } = (body.params as { arguments: { name: string } }).arguments
      if (name === 'bad') return resultOf({ content: 'nothing' })(request, response, body)
      await released
      return resultOf({ content: text('fine') })(request, response, body)
    })
    const tools = connect(server.url)
    const slow = tools.call(get)
    await vi.waitFor(() => expect(server.methods()).toContain('tools/call'))
    expect(await tools.call({ ...get, args: { name: 'bad' } })).toMatchObject({ kind: 'protocol' })
    release()
    expect(await slow).toMatchObject({ text: 'fine' })
  })
})

describe('an answer whose stream the server ended on its way', () => {
  const stream = { 'content-type': 'text/event-stream' }
  const answer = `id: e2\ndata: ${JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: text('the rest') } })}\n\n`
  const paused = 'id: e1\nretry: 10\ndata: \n\n'
  /** Ends the stream of a call at once, with where to go on, and answers who goes on with `rest`. */
  const pausing = (rest: Handler, pause: Handler = (_, response) => response.writeHead(200, stream).end(paused)) =>
    serve((request, response, body) => {
      if (request.method === 'GET') return rest(request, response, body)
      const { id, method } = body
      if (method === 'tools/call') return pause(request, response, body)
      if (id === undefined) return response.writeHead(202).end()
      if (method !== 'initialize') return response.writeHead(404).end()
      const serverInfo = { name: 'pausing', version: '1' }
      return resultOf({ protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo })(
        request,
        response,
        body,
      )
    })

  test('is asked for from where it stood', async () => {
    await using server = await pausing((request, response) => {
      const from = request.headers['last-event-id']
      const id = server.seen.findLast(({ body }) => body.method === 'tools/call')?.body.id
      if (from === 'e1') return response.writeHead(200, stream).end('id: e1b\nretry: 10\ndata: \n\n')
      return response.writeHead(200, stream).end(answer.replace('"id":1', `"id":${JSON.stringify(id)}`))
    })
    expect(await connect(server.url).call(get)).toMatchObject({ kind: 'answered', text: 'the rest' })
    const marks = server.seen.flatMap(({ headers }) => headers['last-event-id'] ?? [])
    expect(marks).toEqual(['e1', 'e1b'])
  })

  test('and whose server is gone when the rest is asked for may have happened', async () => {
    const server = await pausing(
      () => undefined,
      (_, response) => {
        response.on('close', () => void server[Symbol.asyncDispose]())
        response.writeHead(200, { ...stream, connection: 'close' }).end(paused.replace('10', '200'))
      },
    )
    expect(await connect(server.url).call(get)).toMatchObject({ kind: 'unreachable', sent: true })
    expect(server.methods().at(-1)).toBe('tools/call')
  })

  test.each<[string, Handler]>([
    ['is refused', (_, response) => response.writeHead(405).end()],
    ['is no stream', (_, response) => response.writeHead(202).end()],
    ['never comes', (_, response) => response.writeHead(200, stream).end('retry: 1\n\n')],
  ])('and whose rest %s is lost', async (_, rest) => {
    await using server = await pausing(rest)
    expect(await connect(server.url).call(get)).toMatchObject({ kind: 'unreachable', sent: true })
    expect(server.seen.filter(({ body }) => body.method === 'tools/call')).toHaveLength(1)
  })
})
