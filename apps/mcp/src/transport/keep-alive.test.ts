import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { request } from 'undici'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { postCall, postMessage } from '../fixtures/post-message.fixture.ts'
import { makeStuckDeployment } from '../fixtures/tools/workloads.fixture.ts'

let cluster: ApiServer
let namespace: string
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('comments')
  mcp = await startTestMcp(cluster.kubeconfig, { argv: ['--sse'], commentMs: 50 })
  await makeStuckDeployment(cluster, namespace, 'stuck')
  await cluster.request('POST', held(), { metadata: { name: 'held', finalizers: ['fairlead.dev/held'] } })
})
afterAll(async () => {
  const freed = { metadata: { finalizers: null } }
  await cluster?.request('PATCH', `${held()}/held`, freed, 'application/merge-patch+json')
  await mcp?.close()
})
const held = () => `/api/v1/namespaces/${namespace}/configmaps`

const COMMENT = ': keepalive\n\n'

/** The whole of an answer, as its bytes came. */
async function ask(name: string, args: Args, protocol: string, meta: Args): Promise<string> {
  const params = { name, arguments: args, _meta: meta }
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params }
  const { body } = await (protocol === '2026-07-28'
    ? postCall(mcp.url, params)
    : postMessage(mcp.url, message, { headers: { 'mcp-protocol-version': protocol } }))
  return body.text()
}

/** A read and a write that wait for a second, each with something to say about it. */
async function askBoth(protocol: string, meta: Args): Promise<string[]> {
  const deletion = { name: 'held', resource_type: 'configmap', namespace, timeout_seconds: 1 }
  const preview = await mcp.preview('k8s_delete', deletion)
  const grant = mcp.engine.grant({ tool: 'k8s_delete', args: deletion, preview })
  return Promise.all([
    ask('k8s_rollout_status', { name: 'stuck', namespace, timeout_seconds: 1 }, protocol, meta),
    ask('k8s_delete', deletion, protocol, { ...meta, [metaKeys.grant]: grant }),
  ])
}

test.each(['2025-11-25', '2026-07-28'])('at %s a call that waits is never silent for long', async (protocol) => {
  for (const stream of await askBoth(protocol, { progressToken: 1 })) {
    expect(stream).toContain('"done":false')
    expect(stream).toContain('notifications/progress')
    expect(stream.split(COMMENT).length).toBeGreaterThan(3)
  }
})

test.each(['2025-11-25', '2026-07-28'])('at %s who gave no token for it is sent no notice', async (protocol) => {
  for (const stream of await askBoth(protocol, {})) {
    expect(stream).toContain('"done":false')
    expect(stream).not.toContain('notifications/')
  }
})

test('unless a test wants it otherwise a stream is silent for 15 s at most', async () => {
  const usual = await startTestMcp(cluster.kubeconfig, { argv: ['--sse'] })
  const intervals = vi.spyOn(globalThis, 'setInterval')
  try {
    const { body } = await request(new URL('/sse', usual.url))
    expect(intervals).toHaveBeenCalledWith(expect.any(Function), 15_000)
    body.destroy()
  } finally {
    intervals.mockRestore()
    await usual.close()
  }
})

test('so is the stream of an old client', async () => {
  const { body } = await request(new URL('/sse', mcp.url))
  let text = ''
  for await (const chunk of body) {
    text += chunk
    if (text.split(COMMENT).length > 3) break
  }
  expect(text).toMatch(/^event: endpoint\n/)
})
