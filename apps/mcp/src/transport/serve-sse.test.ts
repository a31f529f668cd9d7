import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import { createLogger } from '@fairlead/service-kit/logger'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import { createParser } from 'eventsource-parser'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { makeStuckDeployment } from '../fixtures/tools/workloads.fixture.ts'

let cluster: ApiServer
let namespace: string
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
const lines: string[] = []
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('sse')
  proxy = await startRecordingProxy(cluster)
  const destination = { write: (line: string) => void lines.push(line) }
  mcp = await startTestMcp(proxy.kubeconfig, {
    argv: ['--sse'],
    env: { MCP_AUTH_TOKEN: 'the-token' },
    log: createLogger({ name: 'mcp', level: 'info', destination }),
  })
  await makeStuckDeployment(cluster, namespace, 'web')
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
})

const headers = { authorization: 'Bearer the-token' }
const at = (path: string, of = mcp) => new URL(path, of.url)
const scale = (replicas: number) => ({ name: 'web', resource_type: 'deployment', replicas, namespace })
const replicas = async () => {
  const { body } = await cluster.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/web`)
  return (body as { spec: { replicas: number } }).spec.replicas
}

/** A deletion that has something to say: a finalizer holds its object. */
async function heldDeletion(name: string) {
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  await cluster.request('POST', path, { metadata: { name, finalizers: ['fairlead.dev/held'] } })
  const freed = { metadata: { finalizers: null } }
  return {
    args: { name, resource_type: 'configmap', namespace, timeout_seconds: 1 },
    free: () => cluster.request('PATCH', `${path}/${name}`, freed, 'application/merge-patch+json'),
  }
}
const cancelled = () =>
  lines.map((line) => JSON.parse(line)).flatMap(({ code, tool }) => (code === 'Cancelled' ? [tool] : []))

/** A client of the SDK that had this transport. */
async function connected(url = at('/sse')) {
  const client = new Client({ name: 'old', version: '1' }, { capabilities: { elicitation: {} } })
  await client.connect(new SSEClientTransport(url, { requestInit: { headers } }))
  const call = async (name: string, args: Record<string, unknown>, _meta: Record<string, unknown> = {}) => {
    const { structuredContent } = await client.callTool({ name, arguments: args, _meta })
    return structuredContent as ToolAnswer
  }
  return { client, call, [Symbol.asyncDispose]: () => client.close() }
}

/** The same by hand: the stream's events as they come, and a way to say something. */
async function stream(of = mcp, token = headers) {
  const cutting = new AbortController()
  const { statusCode, body } = await request(at('/sse', of), { headers: token, signal: cutting.signal })
  const events: { event?: string; data: string }[] = []
  const parser = createParser({ onEvent: (event) => void events.push(event) })
  const ended = (async () => {
    for await (const chunk of body) parser.feed(String(chunk))
  })().catch(() => undefined)
  await expect.poll(() => events.length).toBeGreaterThan(0)
  const path = events[0]?.data ?? ''
  const post = async (message: object, as: Record<string, string> = token) => {
    const answer = await request(at(path, of), {
      method: 'POST',
      headers: { ...as, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    })
    await answer.body.dump()
    return answer.statusCode
  }
  const messages = () => events.slice(1).map(({ data }) => JSON.parse(data))
  /** The first message that is so, once it is there. */
  const heard = (is: (message: { id?: number; method?: string }) => boolean) =>
    vi.waitFor(() => {
      const message = messages().find(is)
      if (message === undefined) throw new Error('no such message')
      return message
    }, 10_000)
  let answering = 0
  const ask = async (method: string, params: object = {}) => {
    const id = ++answering
    expect(await post({ id, method, params })).toBe(202)
    return { id, answer: () => heard((message) => message.id === id) }
  }
  const endpoint = at(path, of)
  const cut = async () => {
    cutting.abort()
    await ended
  }
  return { statusCode, endpoint, post, ask, heard, messages, cut, [Symbol.asyncDispose]: cut }
}
const hello = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'old', version: '1' } }

test('the client of the older SDK lists, reads, previews, and writes what a grant allows, with live output', async () => {
  await using old = await connected()
  const { tools } = await old.client.listTools()
  const listed = (await mcp.rpc('tools/list', {}, headers)).body.result as { tools: { name: string }[] }
  expect(tools.map(({ name }) => name)).toEqual(listed.tools.map(({ name }) => name))
  expect(await old.call('k8s_get', { resource_type: 'deployments', namespace })).toMatchObject({ error: false })

  const preview = await old.call('k8s_scale', scale(3), { [metaKeys.preview]: true })
  expect(preview).toMatchObject({ dry_run: true, effect: { basis: 'server' } })
  expect(await old.call('k8s_scale', scale(3))).toMatchObject({ code: 'Refused', data: { grant_error: 'missing' } })
  expect(await replicas()).toBe(1)
  const grant = mcp.engine.grant({ tool: 'k8s_scale', args: scale(3), preview })
  expect(await old.call('k8s_scale', scale(3), { [metaKeys.grant]: grant })).toMatchObject({ outcome: 'succeeded' })
  expect(await replicas()).toBe(3)

  const { args, free } = await heldDeletion('held')
  const shown = await old.call('k8s_delete', args, { [metaKeys.preview]: true })
  const _meta = { [metaKeys.grant]: mcp.engine.grant({ tool: 'k8s_delete', args, preview: shown }) }
  const notices: unknown[] = []
  const { structuredContent } = await old.client.callTool({ name: 'k8s_delete', arguments: args, _meta }, undefined, {
    onprogress: (notice) => notices.push(notice),
  })
  expect(structuredContent).toMatchObject({ outcome: 'succeeded', data: { done: false } })
  expect(notices).toMatchObject([{ progress: 1, message: expect.stringContaining('fairlead.dev/held') }])
  await free()
})

describe('spoken by hand at 2024-11-05', () => {
  const greeted = async () => {
    const old = await stream()
    expect(old.statusCode).toBe(200)
    const answered = async (method: string, params?: object) => (await (await old.ask(method, params)).answer()).result
    expect(await answered('initialize', hello)).toMatchObject({
      protocolVersion: '2024-11-05',
      capabilities: { tools: { listChanged: false } },
    })
    expect(await old.post({ method: 'notifications/initialized' })).toBe(202)
    const call = async (name: string, args: object, _meta: object = {}): Promise<ToolAnswer> =>
      (await answered('tools/call', { name, arguments: args, _meta })).structuredContent
    /** A call that will not be over for minutes, once it waits; resolves to its id. */
    const wait = async () => {
      const params = { name: 'k8s_rollout_status', arguments: { name: 'web', namespace, timeout_seconds: 270 } }
      const { id } = await old.ask('tools/call', { ...params, _meta: { progressToken: 'waiting' } })
      await old.heard(({ method }) => method === 'notifications/progress')
      await expect.poll(proxy.open).toBe(1)
      lines.length = 0
      return id
    }
    return { ...old, answered, call, wait }
  }

  test('the server lists, reads, previews, and writes what a grant allows, with live output', async () => {
    await using old = await greeted()
    const { tools } = await old.answered('tools/list')
    expect(tools).toEqual((await mcp.rpc('tools/list', {}, headers)).body.result?.tools)
    expect(await old.call('k8s_get', { resource_type: 'deployments', namespace })).toMatchObject({ error: false })
    const { args, free } = await heldDeletion('held-by-hand')
    const preview = await old.call('k8s_delete', args, { [metaKeys.preview]: true })
    expect(preview).toMatchObject({ dry_run: true, effect: { objects: [{ name: 'held-by-hand' }] } })
    proxy.seen.length = 0
    expect(await old.call('k8s_delete', args)).toMatchObject({ code: 'Refused', data: { grant_error: 'missing' } })
    expect(proxy.seen).toEqual([])
    const grant = mcp.engine.grant({ tool: 'k8s_delete', args, preview })
    const deleted = await old.call('k8s_delete', args, { progressToken: 'live', [metaKeys.grant]: grant })
    expect(deleted).toMatchObject({ outcome: 'succeeded', data: { done: false } })
    expect(old.messages().filter(({ method }) => method === 'notifications/progress')).toMatchObject([
      { params: { progressToken: 'live', progress: 1, message: expect.stringContaining('fairlead.dev/held') } },
    ])
    await free()
  })

  test('a cancelled call ends, has no answer, and the stream serves on', async () => {
    await using old = await greeted()
    const id = await old.wait()
    expect(await old.post({ method: 'notifications/cancelled', params: { requestId: id } })).toBe(202)
    await expect.poll(cancelled).toEqual(['k8s_rollout_status'])
    await expect.poll(proxy.open).toBe(0)
    expect(await old.answered('ping')).toEqual({})
    expect(old.messages().filter((message) => message.id === id)).toEqual([])
  })

  test('a stream that is cut takes its calls with it, and is not there any more', async () => {
    await using old = await greeted()
    await old.wait()
    await old.cut()
    await expect.poll(cancelled).toEqual(['k8s_rollout_status'])
    await expect.poll(proxy.open).toBe(0)
    await expect.poll(() => old.post({ id: 11, method: 'ping' })).toBe(404)
  })
})

describe('who may not', () => {
  test.each([
    ['GET', '/sse'],
    ['POST', '/messages'],
  ] as const)('%s %s: a wrong token, a foreign Host, a foreign Origin', async (method, path) => {
    await using theirs = await stream()
    const sessionId = theirs.endpoint.searchParams.get('sessionId')
    const status = async (as: Record<string, string>) => {
      const url = at(method === 'POST' ? `${path}?sessionId=${sessionId}` : path)
      const content = { 'content-type': 'application/json' }
      const body = method === 'POST' ? JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }) : undefined
      const answer = await request(url, { method, headers: { ...content, ...as }, body })
      await answer.body.dump()
      return answer.statusCode
    }
    expect(await status({})).toBe(401)
    expect(await status({ authorization: 'Bearer another' })).toBe(401)
    expect(await status({ ...headers, host: 'evil.example' })).toBe(421)
    expect(await status({ ...headers, origin: 'https://evil.example' })).toBe(403)
    expect(theirs.messages()).toEqual([])
  })

  test('JSON 200,000 deep is refused, and the stream goes on', async () => {
    await using theirs = await stream()
    const deep = `{"jsonrpc":"2.0","id":1,"method":"ping","params":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    const { statusCode, body } = await request(theirs.endpoint, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: deep,
    })
    await body.dump()
    expect(statusCode).toBe(400)
    expect(await theirs.post({ jsonrpc: '2.0', id: 2, method: 'ping' })).toBe(202)
  })

  test('a stream that is not theirs', async () => {
    const { statusCode, body } = await request(at('/messages?sessionId=invented'), { method: 'POST', headers })
    await body.dump()
    expect(statusCode).toBe(404)
  })

  test('over a passed-through token, another token has no part in the stream', async () => {
    const env = { MCP_IDENTITY: 'passthrough', MCP_SSE: 'true' }
    const passing = await startTestMcp(cluster.kubeconfig, { env })
    try {
      const theirs = await stream(passing, { authorization: `Bearer ${cluster.token}` })
      const greeting = { id: 1, method: 'initialize', params: hello }
      expect(await theirs.post(greeting, { authorization: 'Bearer other' })).toBe(404)
      expect(await theirs.post(greeting)).toBe(202)
      await theirs.cut()
    } finally {
      await passing.close()
    }
  })

  test('without the setting there is no such path; more than 64 streams are not held', async () => {
    const without = await startTestMcp(cluster.kubeconfig)
    try {
      const { statusCode, body } = await request(at('/sse', without))
      await body.dump()
      expect(statusCode).toBe(404)
    } finally {
      await without.close()
    }
    const streams = await Promise.all(Array.from({ length: 64 }, () => stream()))
    const { statusCode, body } = await request(at('/sse'), { headers })
    await body.dump()
    expect(statusCode).toBe(503)
    await Promise.all(streams.map(({ cut }) => cut()))
  })
})

test('in confirm mode its user is asked in the midst of the call', async () => {
  const confirming = await startTestMcp(cluster.kubeconfig, { env: { MCP_MODE: 'confirm', MCP_SSE: 'true' } })
  try {
    await using old = await connected(at('/sse', confirming))
    const { ElicitRequestSchema } = await import('@modelcontextprotocol/sdk/types.js')
    const answering: string[] = []
    let answer: { action: 'accept' | 'decline'; content?: { confirm: boolean } } = { action: 'decline' }
    old.client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      answering.push(params.message)
      return answer
    })
    const before = await replicas()
    expect(await old.call('k8s_scale', scale(before + 1))).toMatchObject({ code: 'Refused' })
    expect(await replicas()).toBe(before)
    answer = { action: 'accept', content: { confirm: true } }
    expect(await old.call('k8s_scale', scale(before + 1))).toMatchObject({ outcome: 'succeeded' })
    expect(await replicas()).toBe(before + 1)
    expect(answering).toEqual([expect.stringContaining(`${before} → ${before + 1}`), expect.any(String)])

    old.client.setRequestHandler(ElicitRequestSchema, async () => {
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`
      await cluster.request('PATCH', path, { spec: { replicas: before } }, 'application/merge-patch+json')
      return answer
    })
    expect(await old.call('k8s_scale', scale(before + 2))).toMatchObject({ code: 'Stale', outcome: 'stale' })
    expect(await replicas()).toBe(before)
  } finally {
    await confirming.close()
  }
})

test('in confirm mode a user who says nothing is not waited for for ever', async () => {
  const env = { MCP_MODE: 'confirm', MCP_SSE: 'true' }
  const confirming = await startTestMcp(cluster.kubeconfig, { env, confirmSeconds: 1 })
  try {
    await using old = await connected(at('/sse', confirming))
    const { ElicitRequestSchema } = await import('@modelcontextprotocol/sdk/types.js')
    old.client.setRequestHandler(ElicitRequestSchema, () => new Promise(() => undefined))
    const before = await replicas()
    expect(await old.call('k8s_scale', scale(before + 1))).toMatchObject({
      code: 'Refused',
      output: expect.stringMatching(/^Refused: not confirmed/),
    })
    expect(await replicas()).toBe(before)
  } finally {
    await confirming.close()
  }
})
