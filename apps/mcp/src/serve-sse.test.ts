import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool-meta'
import type { ApiServer } from '@fairlead/testing/api-server'
import { sharedApiServer } from '@fairlead/testing/shared-servers'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import { createParser } from 'eventsource-parser'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from './mcp-server.fixture.ts'

let cluster: ApiServer
let namespace: string
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('sse')
  mcp = await startTestMcp(cluster.kubeconfig, { argv: ['--sse'], env: { MCP_AUTH_TOKEN: 'the-token' } })
  // No node fits, so its rollout waits for ever.
  await cluster.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { nodeSelector: { nowhere: 'yes' }, containers: [{ name: 'app', image: 'nginx:1.27' }] },
      },
    },
  })
})
afterAll(() => mcp?.close())

const headers = { authorization: 'Bearer the-token' }
const at = (path: string, of = mcp) => new URL(path, of.url)
const scale = (replicas: number) => ({ name: 'web', resource_type: 'deployment', replicas, namespace })
const replicas = async () => {
  const { body } = await cluster.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/web`)
  return (body as { spec: { replicas: number } }).spec.replicas
}

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
  return { statusCode, post, messages, ended, cut: () => cutting.abort() }
}
const hello = {
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'old', version: '1' } },
}

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

  const held = `/api/v1/namespaces/${namespace}/configmaps/held`
  const finalizers = (list: string[]) =>
    cluster.request('PATCH', held, { metadata: { finalizers: list } }, 'application/merge-patch+json')
  await cluster.request('POST', held.replace('/held', ''), { metadata: { name: 'held' } })
  await finalizers(['fairlead.dev/held'])
  const deletion = { name: 'held', resource_type: 'configmap', namespace, timeout_seconds: 1 }
  const shown = await old.call('k8s_delete', deletion, { [metaKeys.preview]: true })
  const _meta = { [metaKeys.grant]: mcp.engine.grant({ tool: 'k8s_delete', args: deletion, preview: shown }) }
  const notices: unknown[] = []
  const { structuredContent } = await old.client.callTool(
    { name: 'k8s_delete', arguments: deletion, _meta },
    undefined,
    {
      onprogress: (notice) => notices.push(notice),
    },
  )
  expect(structuredContent).toMatchObject({ outcome: 'succeeded', data: { done: false } })
  expect(notices).toMatchObject([{ progress: 1, message: expect.stringContaining('fairlead.dev/held') }])
  await finalizers([])
})

test('spoken by hand at 2024-11-05: the endpoint first, then answers to what was posted', async () => {
  const old = await stream()
  expect(old.statusCode).toBe(200)
  expect(await old.post(hello)).toBe(202)
  await expect.poll(old.messages).toMatchObject([{ id: 1, result: { protocolVersion: '2024-11-05' } }])
  await old.post({ method: 'notifications/initialized' })

  const waiting = { name: 'k8s_rollout_status', arguments: { name: 'web', namespace, timeout_seconds: 270 } }
  await old.post({ id: 2, method: 'tools/call', params: { ...waiting, _meta: { progressToken: 2 } } })
  await expect.poll(() => old.messages().length).toBe(2)
  await old.post({ method: 'notifications/cancelled', params: { requestId: 2 } })
  // Eight of one caller run at once: were the cancelled one still there, the last of these would stand behind it.
  const short = { name: 'k8s_rollout_status', arguments: { name: 'web', namespace, timeout_seconds: 1 } }
  for (let id = 3; id < 11; id++) await old.post({ id, method: 'tools/call', params: short })
  const answered = () => old.messages().flatMap(({ id }) => (id > 2 ? [id] : []))
  await expect.poll(() => answered().toSorted(), { timeout: 10_000 }).toEqual([10, 3, 4, 5, 6, 7, 8, 9])

  old.cut()
  await old.ended
  await expect.poll(() => old.post({ id: 11, method: 'ping' })).toBe(404)
})

describe('who may not', () => {
  test('a wrong token, a foreign Host, a stream that is not theirs', async () => {
    const refused = async (path: string, as: Record<string, string>) => {
      const { statusCode, body } = await request(at(path), { headers: as })
      await body.dump()
      return statusCode
    }
    expect(await refused('/sse', { authorization: 'Bearer another' })).toBe(401)
    expect(await refused('/sse', { ...headers, host: 'evil.example' })).toBe(403)
    expect(await refused('/sse', { ...headers, origin: 'https://evil.example' })).toBe(403)
    const { statusCode, body } = await request(at('/messages?sessionId=invented'), { method: 'POST', headers })
    await body.dump()
    expect(statusCode).toBe(404)
  })

  test('over a passed-through token, another token has no part in the stream', async () => {
    const env = { MCP_IDENTITY: 'passthrough', MCP_SSE: 'true' }
    const passing = await startTestMcp(cluster.kubeconfig, { env })
    try {
      const theirs = await stream(passing, { authorization: `Bearer ${cluster.token}` })
      expect(await theirs.post(hello, { authorization: 'Bearer other' })).toBe(404)
      expect(await theirs.post(hello)).toBe(202)
      theirs.cut()
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
    for (const { cut } of streams) cut()
    await Promise.all(streams.map(({ ended }) => ended))
  })
})

test('in confirm mode its user is asked in the midst of the call', async () => {
  const confirming = await startTestMcp(cluster.kubeconfig, { env: { MCP_MODE: 'confirm', MCP_SSE: 'true' } })
  try {
    await using old = await connected(at('/sse', confirming))
    const { ElicitRequestSchema } = await import('@modelcontextprotocol/sdk/types.js')
    const asked: string[] = []
    let answer: { action: 'accept' | 'decline'; content?: { confirm: boolean } } = { action: 'decline' }
    old.client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params.message)
      return answer
    })
    const before = await replicas()
    expect(await old.call('k8s_scale', scale(before + 1))).toMatchObject({ code: 'Refused' })
    expect(await replicas()).toBe(before)
    answer = { action: 'accept', content: { confirm: true } }
    expect(await old.call('k8s_scale', scale(before + 1))).toMatchObject({ outcome: 'succeeded' })
    expect(await replicas()).toBe(before + 1)
    expect(asked).toEqual([expect.stringContaining(`${before} -> ${before + 1}`), expect.any(String)])

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
