import { toolDigest } from '@fairlead/contract/tool/tool-digest'
import { describe, expect, test, vi } from 'vitest'
import { ToolServerUnavailable } from './connect-tools.ts'
import { connect, echo, get, never, resultOf, serveRaw, serveTools, text } from './tool-server.fixture.ts'

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
