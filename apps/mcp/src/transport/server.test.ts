import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { toolDigest } from '@fairlead/contract/tool/tool-digest'
import { createLogger } from '@fairlead/service-kit/logger'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { envelope, modernHeaders, postMessage } from '../fixtures/post-message.fixture.ts'
import { type ListedTool, linesOf } from '../fixtures/tool-table.fixture.ts'

let cluster: ApiServer
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  mcp = await startTestMcp(cluster.kubeconfig)
})
afterAll(() => mcp?.close())

const base = () => (mcp.url ?? '').replace(/\/mcp$/, '')
const post = (body: object | string, headers?: Record<string, string>) => postMessage(mcp.url, body, { headers })
const data = (text: string) =>
  JSON.parse(
    text
      .split('\n')
      .findLast((line) => line.startsWith('data: '))
      ?.slice(6) ?? text,
  )
const initialize = (protocolVersion: string) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } },
})

describe('the protocol', () => {
  test.each(['2025-03-26', '2025-06-18', '2025-11-25'])('%s is served at its own version', async (version) => {
    const { result } = data(await (await post(initialize(version))).body.text())
    expect(result).toMatchObject({
      protocolVersion: version,
      serverInfo: { name: 'fairlead-mcp' },
      capabilities: { tools: { listChanged: false } },
    })
  })

  test('an unknown version in initialize becomes 2025-11-25, one in a request is refused with those there are', async () => {
    expect(data(await (await post(initialize('1999-01-01'))).body.text()).result.protocolVersion).toBe('2025-11-25')
    const _meta = { ...envelope, 'io.modelcontextprotocol/protocolVersion': '2031-01-01' }
    const headers = { 'mcp-protocol-version': '2031-01-01', 'mcp-method': 'tools/list' }
    const { statusCode, body } = await post({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta } }, headers)
    expect(statusCode).toBe(400)
    // Of those that a request can say of itself; the older ones are opened by a handshake.
    expect(data(await body.text()).error).toMatchObject({
      code: -32022,
      data: { supported: ['2026-07-28'], requested: '2031-01-01' },
    })
  })

  test('GET and DELETE are not allowed; a session id of the client is not looked at', async () => {
    for (const method of ['GET', 'DELETE'] as const) {
      const { statusCode, headers, body } = await request(mcp.url ?? '', { method })
      await body.dump()
      expect([statusCode, headers.allow]).toEqual([405, 'POST'])
    }
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
    const { body } = await post(list, { 'mcp-session-id': 'invented', 'mcp-protocol-version': '2025-11-25' })
    const own = (await mcp.rpc('tools/list')).body.result as { tools: unknown[] }
    expect(data(await body.text()).result.tools.length).toBe(own.tools.length)
  })

  test('at 2026-07-28 a server says of itself what it says at the others, and is called without a handshake', async () => {
    const { result } = (await mcp.rpc('server/discover')).body
    expect(result).toMatchObject({
      supportedVersions: expect.arrayContaining(['2026-07-28']),
      capabilities: { tools: { listChanged: false } },
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'fairlead-mcp' } },
    })
    expect(await mcp.call('k8s_whoami', {})).toMatchObject({ error: false })
  })

  test('a posted cancellation has no effect: the call that it names goes on', async () => {
    const as = { 'mcp-protocol-version': '2025-11-25' }
    const waiting = { name: 'wait_for_x_seconds', arguments: { seconds: 2 } }
    const answering = post({ jsonrpc: '2.0', id: 77, method: 'tools/call', params: waiting }, as)
    await setTimeout(300)
    const note = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 77 } }
    const { statusCode, body } = await post(note, as)
    await body.dump()
    expect(statusCode).toBe(202)
    const { result } = data(await (await answering).body.text())
    expect(result).toMatchObject({ isError: false, structuredContent: { output: 'Waited for 2 seconds' } })
  })

  test.each(['2025-03-26', '2025-06-18', '2025-11-25'])(
    'another engine, at %s and without a word of ours, reads; its writes are refused with the reason',
    async (version) => {
      const call = async (name: string, args: object) => {
        const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }
        const { body } = await post(message, { 'mcp-protocol-version': version })
        return data(await body.text()).result
      }
      const read = await call('k8s_get', { resource_type: 'namespaces', output: 'name' })
      expect(read).toMatchObject({ isError: false, structuredContent: { error: false } })
      expect(JSON.parse(read.content[0].text).output).toContain('namespace/default')
      for (const [name, args] of [
        ['k8s_scale', { name: 'web', resource_type: 'deployment', replicas: 1 }],
        ['k8s_delete', { name: 'web', resource_type: 'deployment' }],
        ['k8s_apply', { content: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}' }],
      ] as const) {
        const { isError, content } = await call(name, args)
        const sentence =
          'Refused: this server writes only what the engine has had approved, and the call carries no grant. For use without the engine see MCP_MODE.'
        expect([isError, JSON.parse(content[0].text)], name).toEqual([true, { output: sentence, error: true }])
      }
    },
  )

  test.each([
    ['lists', '['.repeat(200_000), ']'.repeat(200_000)],
    ['objects', '{"a":'.repeat(200_000), `1${'}'.repeat(200_000)}`],
  ])('%s 200,000 deep are refused wherever they stand, and it goes on', async (_, open, close) => {
    const deep = `${open}${close}`
    const call = (params: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
    const modern = modernHeaders('tools/call', 'k8s_whoami')
    const messages: [string, Record<string, string>][] = [
      ['"HERE"', {}],
      ['{"jsonrpc":"2.0","id":1,"method":"tools/list","params":"HERE"}', {}],
      [call({ name: 'k8s_whoami', arguments: 'HERE' }), {}],
      [call({ name: 'k8s_whoami', arguments: { a: 'HERE' } }), {}],
      [call({ name: 'k8s_whoami', arguments: {}, _meta: { ...envelope, a: 'HERE' } }), modern],
      [call({ name: 'k8s_whoami', arguments: { a: 'HERE' }, _meta: envelope }), modern],
    ]
    for (const [message, headers] of messages) {
      const { statusCode, body } = await post(message.replace('"HERE"', deep), headers)
      const text = await body.text()
      expect(statusCode, message).toBeLessThan(500)
      expect(text, message).toMatch(/"error":|"isError":true|"result":/)
    }
    expect(await mcp.call('k8s_whoami', {})).toMatchObject({ error: false })
  })

  // The protocol library leaves the key out of the arguments; the call answerer, below it, would refuse the call.
  test.each([
    ['2025-11-25', {}, { 'mcp-protocol-version': '2025-11-25' }],
    ['2026-07-28', envelope, modernHeaders('tools/call', 'k8s_get')],
  ])(
    'at %s a call with `__proto__` is answered as the call without it, and pollutes nothing',
    async (_, meta, headers) => {
      const answer = async (more: string) => {
        const args = `{"resource_type":"namespaces","output":"name","name":"default"${more}}`
        const params = `{"name":"k8s_get","arguments":${args},"_meta":${JSON.stringify(meta)}}`
        const message = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`
        return data(await (await post(message, headers)).body.text()).result.structuredContent
      }
      const inherited = Reflect.ownKeys(Object.prototype)
      const plain = await answer('')
      expect(plain).toMatchObject({ error: false, output: expect.stringContaining('namespace/default') })
      expect(await answer(',"__proto__":{"name":"kube-system","polluted":true}')).toEqual(plain)
      expect(Reflect.ownKeys(Object.prototype)).toEqual(inherited)
    },
  )

  test('a foreign Host and a foreign Origin are refused, the address itself is none', async () => {
    const { host, port } = new URL(base())
    for (const [headers, status] of [
      [{ host: 'https://evil.example' }, 421],
      [{ host: `evil.example:${port}` }, 421],
      [{ host: 'localhost.' }, 421],
      [{ host: `evil.example@localhost:${port}` }, 421],
      [{ host: `localhost:${port}` }, 200],
      [{ origin: 'https://evil.example' }, 403],
      [{ host: 'evil.example', origin: 'http://evil.example' }, 421],
      [{ origin: `http://127.0.0.1:${Number(port) - 1}` }, 403],
      [{ origin: 'null' }, 403],
      [{ origin: `http://${host}` }, 200],
    ] as const) {
      const { statusCode, body } = await post(initialize('2025-11-25'), headers)
      await body.dump()
      expect([headers, statusCode]).toEqual([headers, status])
    }
  })

  test('a body of more than 8 MiB is not read, nor is one that hides its length', async () => {
    const tooLong = { jsonrpc: '2.0', id: 1, method: 'ping', params: { fill: 'x'.repeat(8 * 1024 * 1024) } }
    const { statusCode, body } = await post(tooLong)
    await body.dump()
    expect(statusCode).toBe(413)
    const pieces = Readable.from(Array.from({ length: 9 }, () => Buffer.alloc(1024 * 1024, 'x')))
    const hidden = await post(pieces)
    await hidden.body.dump()
    expect(hidden.statusCode).toBe(413)
  })

  test.each(['k8s_get', 'k8s_scale'])(
    'what is nested without end is refused by %s, and the server goes on',
    async (name) => {
      const levels = 200_000
      const params = `{"name":"${name}","arguments":{"name":${'['.repeat(levels)}${']'.repeat(levels)}},"_meta":${JSON.stringify(envelope)}}`
      const { body } = await post(
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`,
        modernHeaders('tools/call', name),
      )
      expect(data(await body.text())).toMatchObject({
        result: {
          isError: true,
          structuredContent: {
            output: 'InvalidArgument: the arguments are nested too deeply: no parameter is.',
          },
        },
      })
      expect(await mcp.call('k8s_get', { resource_type: 'namespaces' })).toMatchObject({ error: false })
    },
  )

  test('calls of one client are served by whichever server gets them', async () => {
    const others = await Promise.all([0, 1].map(() => startTestMcp(cluster.kubeconfig)))
    try {
      for (const each of [mcp, ...others, mcp])
        expect(await each.call('k8s_get', { resource_type: 'namespaces' })).toMatchObject({ error: false })
    } finally {
      await Promise.all(others.map((each) => each.close()))
    }
  })
})

test('health answers, and readiness tells how the gate stands', async () => {
  const health = await request(`${base()}/health`)
  expect(await health.body.json()).toEqual({ status: 'ok' })
  const ready = await request(`${base()}/health/ready`)
  expect(ready.statusCode).toBe(200)
  expect(await ready.body.json()).toEqual({
    status: 'ready',
    missing_tools: ['helm'],
    checks: {
      kubernetes: 'ok',
      helm: expect.stringContaining('not installed'),
      gate: { mode: 'grant', identity: 'server', grant_store: 'memory', keys: ['k1'], exec_read_allowlist: true },
    },
  })
})

test('a token is asked of every caller when one is set', async () => {
  const guarded = await startTestMcp(cluster.kubeconfig, { env: { MCP_AUTH_TOKEN: 'the-token' } })
  try {
    const headers = { authorization: 'Bearer another' }
    expect((await guarded.rpc('tools/list', {}, headers)).status).toBe(401)
    expect((await guarded.rpc('tools/list', {}, { authorization: 'Bearer the-token' })).status).toBe(200)
  } finally {
    await guarded.close()
  }
})

test('passed-through tokens are needed, and decide', async () => {
  const passing = await startTestMcp(cluster.kubeconfig, { env: { MCP_IDENTITY: 'passthrough' } })
  const get = { name: 'k8s_get', arguments: { resource_type: 'namespaces' } }
  try {
    expect((await passing.rpc('tools/call', get)).status).toBe(401)
    const wrong = await passing.rpc('tools/call', get, { authorization: 'Bearer wrong' })
    expect(wrong.body.result).toMatchObject({ isError: true, structuredContent: { code: 'Unauthorized' } })
    const right = await passing.rpc('tools/call', get, { authorization: `Bearer ${cluster.token}` })
    expect(right.body.result).toMatchObject({ isError: false })
  } finally {
    await passing.close()
  }
})

const listed = async (of: TestMcp) => ((await of.rpc('tools/list')).body.result as { tools: ListedTool[] }).tools

async function listedOfAllGroups(): Promise<ListedTool[]> {
  const every = await startTestMcp(cluster.kubeconfig, { env: { MCP_TOOLSETS: 'all' } })
  try {
    return await listed(every)
  } finally {
    await every.close()
  }
}

test('the tools are those of the table: names, titles, hints, tags, parameters; what they answer has one shape', async () => {
  const tools = await listedOfAllGroups()
  await expect(`${linesOf(tools).join('\n')}\n`).toMatchFileSnapshot('__snapshots__/tools.txt')
  for (const { name, outputSchema } of tools)
    expect(outputSchema, name).toEqual({
      type: 'object',
      properties: { output: { type: 'string' }, error: { type: 'boolean' } },
      required: ['output', 'error'],
    })
})

/**
 * The surface that engines go by: name, schema and hints of every tool by the digest that ships with the release, its
 * title, hints and tags as the snapshot has them. A change here is one of the wire: what `npm run generate` writes
 * and the snapshot change with it, or not at all.
 */
test('the surface is the pinned one; with one cluster only what tells of several is left out', async () => {
  const tools = await listedOfAllGroups()
  const file = new URL('../../../../packages/contract/src/tool/pinned-tools.generated.json', import.meta.url)
  const { k8s_contexts: ofSeveral, ...pinned } = JSON.parse(await readFile(file, 'utf8'))
  expect(ofSeveral).toMatch(/^[0-9a-f]{64}$/)
  expect(Object.fromEntries(tools.map((tool) => [tool.name, toolDigest(tool)]))).toEqual(pinned)
  expect(tools.map(({ name, title, annotations, _meta }) => ({ name, title, annotations, _meta }))).toMatchSnapshot()
  const byDefault = (await listed(mcp)).map(({ name }) => name)
  expect(byDefault).toHaveLength(72)
  const inGroups = tools.filter(({ name }) => !byDefault.includes(name))
  expect(new Set(inGroups.map(({ _meta }) => _meta.fastmcp.tags[1]))).toEqual(
    new Set(['k8s-extra', 'nodes', 'helm-extra', 'argo-extra', 'argocd', 'jenkins-extra']),
  )
})

test('an unknown tool is a result, not an error of the protocol', async () => {
  expect(await mcp.call('k8s_nope', {})).toMatchObject({ error: true, code: 'NotFound' })
})

describe('a call that would wait', () => {
  let namespace: string
  const lines: string[] = []
  const logged = () => lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'call')
  let waiting: TestMcp
  beforeAll(async () => {
    namespace = await cluster.newNamespace('wait')
    await cluster.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'stuck' },
      spec: {
        selector: { matchLabels: { app: 'stuck' } },
        template: {
          metadata: { labels: { app: 'stuck' } },
          spec: { nodeSelector: { nowhere: 'yes' }, containers: [{ name: 'a', image: 'nginx' }] },
        },
      },
    })
    const log = createLogger({
      name: 'mcp',
      level: 'info',
      destination: { write: (line: string) => void lines.push(line) },
    })
    waiting = await startTestMcp(cluster.kubeconfig, { log })
  })
  const call = () => ({ name: 'k8s_rollout_status', arguments: { name: 'stuck', namespace } })

  test('ends within a second of its request being aborted', async () => {
    const aborting = new AbortController()
    const answering = waiting.rpc('tools/call', call(), {}, aborting.signal).catch(() => 'aborted')
    await setTimeout(400)
    expect(logged()).toEqual([])
    aborting.abort()
    expect(await answering).toBe('aborted')
    await expect.poll(logged, { timeout: 1_000 }).toMatchObject([{ tool: 'k8s_rollout_status', code: 'Cancelled' }])
  })

  test('is given time when the server stops, then is cancelled and told so', { timeout: 30_000 }, async () => {
    const answering = waiting.rpc('tools/call', call())
    await setTimeout(300)
    const closing = waiting.close()
    expect(await waiting.call('k8s_get', { resource_type: 'pods', namespace })).toMatchObject({ code: 'Unavailable' })
    expect((await answering).body.result).toMatchObject({ structuredContent: { code: 'Cancelled' } })
    await closing
  })
})
