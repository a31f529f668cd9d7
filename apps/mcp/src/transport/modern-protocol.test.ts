import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { envelope, modernHeaders, postMessage } from '../fixtures/post-message.fixture.ts'
import { makeStuckDeployment } from '../fixtures/tools/workloads.fixture.ts'

let cluster: ApiServer
let mcp: TestMcp
let namespace: string
beforeAll(async () => {
  cluster = await sharedApiServer()
  mcp = await startTestMcp(cluster.kubeconfig)
  namespace = await cluster.newNamespace('read')
  await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'settings' } })
  await makeStuckDeployment(cluster, namespace, 'stuck')
})
afterAll(() => mcp?.close())

type Posted = { params?: object; headers?: Record<string, string>; whole?: object }

async function post(name: string, { params, headers = {}, whole = {} }: Posted) {
  const message = { jsonrpc: '2.0', id: 'call-1', method: 'tools/call', params: { name, _meta: envelope, ...params } }
  const answer = await postMessage(
    mcp.url,
    { ...message, ...whole },
    { headers: { ...modernHeaders('tools/call', name), ...headers } },
  )
  const { date: _, connection: __, 'keep-alive': ___, ...kept } = answer.headers
  return { status: answer.statusCode, headers: kept, text: await answer.body.text() }
}

/** Another spelling of the name, which the protocol allows. */
const encodedName = (name: string) => ({ 'mcp-name': `=?base64?${Buffer.from(name).toString('base64')}?=` })
const stuck = () => ({ name: 'stuck', namespace, timeout_seconds: 3 })

describe('a read is answered the same, however its name is spelled in the header', () => {
  test.each<[what: string, name: string, args: () => object]>([
    ['a result', 'k8s_get', () => ({ resource_type: 'configmaps', name: 'settings', namespace, output: 'yaml' })],
    ['a failure', 'k8s_get', () => ({ resource_type: 'configmaps', name: 'missing', namespace })],
    ['a refused argument', 'k8s_get', () => ({ resource_type: 'configmaps', nonsense: 1 })],
  ])('%s', async (_, name, args) => {
    const params = { arguments: args() }
    const read = await post(name, { params })
    const expected = await post(name, { params, headers: encodedName(name) })
    expect(read).toEqual(expected)
    expect(JSON.parse(read.text)).toMatchObject({ jsonrpc: '2.0', id: 'call-1', result: { resultType: 'complete' } })
  })

  test('progress, as a stream with the result at its end', { timeout: 20_000 }, async () => {
    const params = { arguments: stuck(), _meta: { ...envelope, progressToken: 'p' } }
    const both = await Promise.all([
      post('k8s_rollout_status', { params }),
      post('k8s_rollout_status', { params, headers: encodedName('k8s_rollout_status') }),
    ])
    for (const { status, headers, text } of both) {
      expect(status).toBe(200)
      expect(headers).toEqual({
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        'transfer-encoding': 'chunked',
      })
      const frames = text.split('\n\n').filter((frame) => frame !== '')
      const messages = frames.map((frame) => {
        const [event, data = '', ...rest] = frame.split('\n')
        expect([event, rest]).toEqual(['event: message', []])
        return JSON.parse(data.replace(/^data: /, ''))
      })
      expect(messages.at(0)).toMatchObject({
        method: 'notifications/progress',
        params: { progressToken: 'p', progress: 1 },
      })
      expect(messages.at(-1)).toMatchObject({ id: 'call-1', result: { isError: false, resultType: 'complete' } })
    }
  })
})

describe('an unsound request is refused', () => {
  const args = { resource_type: 'namespaces' }
  test.each<[what: string, posted: Posted, status: number, code: number]>([
    ['no id', { whole: { id: null } }, 400, -32600],
    ['another version of JSON-RPC', { whole: { jsonrpc: '1.0' } }, 400, -32600],
    ['another method in the body', { whole: { method: 'tools/list' } }, 400, -32020],
    ['another tool in the body', { params: { name: 'k8s_describe' } }, 400, -32020],
    [
      'another version in the body',
      { params: { _meta: { ...envelope, 'io.modelcontextprotocol/protocolVersion': '2025-11-25' } } },
      400,
      -32020,
    ],
    ['no version in the body', { params: { _meta: {} } }, 400, -32602],
    [
      'capabilities that are none',
      { params: { _meta: { ...envelope, 'io.modelcontextprotocol/clientCapabilities': 1 } } },
      400,
      -32602,
    ],
    ['a token for progress that is none', { params: { _meta: { ...envelope, progressToken: {} } } }, 400, -32600],
    ['arguments that are a list', { params: { arguments: [] } }, 200, -32602],
    ['another type of content', { headers: { 'content-type': 'text/plain' } }, 415, -32000],
  ])('%s', async (_, { params, ...rest }, status, code) => {
    const refused = await post('k8s_get', { params: { arguments: args, ...params }, ...rest })
    expect(refused.status).toBe(status)
    expect(JSON.parse(refused.text).error).toMatchObject({ code })
  })
})
