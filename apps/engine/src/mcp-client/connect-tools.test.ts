import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type ProgressNotice, toolDigest } from '@fairlead/contract/tool-meta'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, type McpServer, McpServer as RealServer } from '@modelcontextprotocol/server'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { connectTools, ToolServerUnavailable } from './connect-tools.ts'

type Handler = (request: IncomingMessage, response: ServerResponse, body: Record<string, unknown>) => unknown
const never = new AbortController().signal
const log = { warn: () => undefined }

/** Serves `handle` over real HTTP; remembers what came. */
async function serve(handle: Handler, port = 0) {
  const seen: { headers: IncomingMessage['headers']; body: Record<string, unknown> }[] = []
  let sockets = 0
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    const body = text === '' ? {} : JSON.parse(text)
    seen.push({ headers: request.headers, body })
    await handle(request, response, body)
  })
  server.on('connection', () => {
    sockets++
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp/`,
    seen,
    methods: () => seen.map(({ body }) => body.method),
    get sockets() {
      return sockets
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type ToolOptions = { before?: Handler; port?: number }

/** A real tool server, as ours is built. */
function serveTools(build: (server: McpServer) => void, { before, port }: ToolOptions = {}) {
  const handler = toNodeHandler(
    createMcpHandler(() => {
      const server = new RealServer({ name: 'test', version: '1' })
      build(server)
      return server
    }),
  )
  return serve(async (request, response, body) => {
    await before?.(request, response, body)
    if (!response.headersSent && !response.destroyed) await handler(request, response, body)
  }, port)
}

const text = (value: string) => [{ type: 'text' as const, text: value }]
const echo = (server: McpServer) => {
  server.registerTool(
    'k8s_get',
    { description: 'Reads.', inputSchema: z.object({ name: z.string() }) },
    ({ name }) => ({
      content: text(`got ${name}`),
    }),
  )
}

function connect(url: string, options: Partial<Parameters<typeof connectTools>[0]> = {}) {
  return connectTools({ url, timeoutSeconds: 30, pins: {}, log, ...options })
}
const get = { name: 'k8s_get', args: { name: 'web' }, callId: 'call_1', signal: never }

/** A server that answers `tools/call` with `result` as it stands, whatever the protocol's version. */
function serveRaw(onCall: Handler) {
  return serve((request, response, body) => {
    const answer = (result: unknown) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: body.id, result }))
    if (body.method === 'initialize') {
      const serverInfo = { name: 'raw', version: '1' }
      return answer({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo })
    }
    if (body.method === 'server/discover') return response.writeHead(404).end()
    if (body.id === undefined) return response.writeHead(202).end()
    return onCall(request, response, body)
  })
}
const resultOf =
  (result: unknown): Handler =>
  (_, response, { id }) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }))

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

describe('the catalogue', () => {
  const inputSchema = { type: 'object', properties: { name: { type: 'string' } }, additionalProperties: false }
  const annotations = { readOnlyHint: true }
  const listed = (tools: object[]) => resultOf({ tools })
  const digest = toolDigest({ name: 'k8s_get', inputSchema, annotations })

  test('has title, schema, toolset, digest, and whether somebody vouched for it', async () => {
    await using server = await serveRaw(
      listed([
        {
          name: 'k8s_get',
          title: 'Get',
          description: 'Reads.',
          inputSchema,
          annotations,
          _meta: { fastmcp: { tags: ['k8s'] } },
        },
        { name: 'k8s_apply', inputSchema },
      ]),
    )
    const pins = { k8s_get: digest, k8s_apply: digest }
    expect(await connect(server.url, { pins }).list(never)).toEqual([
      {
        name: 'k8s_get',
        title: 'Get',
        description: 'Reads.',
        inputSchema,
        annotations,
        tags: ['k8s'],
        toolset: 'k8s',
        server: 'builtin',
        digest,
        pinned: true,
      },
      expect.objectContaining({
        name: 'k8s_apply',
        title: '',
        description: '',
        annotations: {},
        tags: [],
        toolset: 'k8s',
        pinned: false,
      }),
    ])
  })

  test.each([
    ['at the top', { tags: ['helm', 'x'] }, ['helm', 'x']],
    ['of fastmcp', { _meta: { fastmcp: { tags: ['helm'] }, _fastmcp: { tags: ['argo'] } } }, ['helm']],
    ['of _fastmcp', { _meta: { _fastmcp: { tags: ['argo'] } } }, ['argo']],
    ['that are none', { tags: 'helm' }, []],
  ])('reads tags %s', async (_, extra, tags) => {
    await using server = await serveRaw(listed([{ name: 'some_tool', inputSchema, ...extra }]))
    expect(await connect(server.url).list(never)).toMatchObject([{ tags, toolset: tags[0] }])
  })

  test('gives a tool another digest when a hint or a parameter changes', async () => {
    const changed = { ...inputSchema, properties: { name: { type: 'string' }, force: { type: 'boolean' } } }
    await using server = await serveRaw(
      listed([
        { name: 'k8s_get', inputSchema: changed, annotations },
        { name: 'k8s_get', inputSchema, annotations: { ...annotations, openWorldHint: true } },
      ]),
    )
    const tools = await connect(server.url, { pins: { k8s_get: digest } }).list(never)
    expect(tools.map(({ pinned }) => pinned)).toEqual([false, false])
  })

  test('is asked for once by many, once a minute, and again after an unknown tool', async () => {
    await using server = await serveRaw((request, response, body) =>
      body.method === 'tools/list'
        ? listed([{ name: 'k8s_get', inputSchema }])(request, response, body)
        : resultOf({ content: text('Unknown tool: k8s_get'), isError: true })(request, response, body),
    )
    const lists = () => server.methods().filter((method) => method === 'tools/list').length
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const tools = connect(server.url)
      await Promise.all([tools.list(never), tools.list(never), tools.list(never)])
      await tools.list(never)
      expect(lists()).toBe(1)
      vi.advanceTimersByTime(60_000)
      await tools.list(never)
      expect(lists()).toBe(2)
      await tools.call(get)
      await tools.list(never)
      expect(lists()).toBe(3)
    } finally {
      vi.useRealTimers()
    }
  })

  test('comes in pages', async () => {
    await using server = await serveRaw((request, response, body) => {
      const { cursor } = body.params as { cursor?: string }
      const page =
        cursor === undefined
          ? { tools: [{ name: 'a', inputSchema }], nextCursor: '2' }
          : { tools: [{ name: 'b', inputSchema }] }
      return resultOf(page)(request, response, body)
    })
    expect((await connect(server.url).list(never)).map(({ name }) => name)).toEqual(['a', 'b'])
  })

  test('of a server that is away is an error that says so, and is asked for again', async () => {
    let away = true
    await using server = await serveTools(echo, {
      before: (_, response) => {
        if (away) response.destroy()
      },
    })
    const tools = connect(server.url)
    await expect(tools.list(never)).rejects.toThrow(ToolServerUnavailable)
    away = false
    expect(await tools.list(never)).toMatchObject([{ name: 'k8s_get' }])
  })
})

describe('whether the server is ready', () => {
  test.each([
    ['of today', () => serveTools(echo)],
    ['of 2025', () => serveRaw(resultOf({}))],
  ])('is asked of a server %s', async (_, start) => {
    const server = await start()
    const tools = connect(server.url)
    expect(await tools.ready(never)).toBeUndefined()
    await server[Symbol.asyncDispose]()
    expect(await tools.ready(never)).toMatchObject({ kind: 'unreachable' })
  })
})
