import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import { createLogger } from '@fairlead/service-kit/logger'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { type Seen, startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'

let cluster: ApiServer
let namespace: string
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
const lines: string[] = []
beforeAll(async () => {
  cluster = await sharedApiServer()
  proxy = await startRecordingProxy(cluster)
  const destination = { write: (line: string) => void lines.push(line) }
  mcp = await startTestMcp(proxy.kubeconfig, { log: createLogger({ name: 'mcp', level: 'info', destination }) })
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
})
beforeEach(async () => {
  namespace = await cluster.newNamespace('cancel')
  proxy.interfere(() => undefined)
})

/** An approved apply of three objects whose first request that `is` so is under way when its caller goes. */
async function goAwayAt(is: (seen: Seen) => boolean) {
  const kind = { apiVersion: 'v1', kind: 'ConfigMap' }
  const content = ['a', 'b', 'c'].map((name) => JSON.stringify({ ...kind, metadata: { name } })).join('\n---\n')
  const args = { content, namespace }
  const grant = mcp.engine.grant({ tool: 'k8s_apply', args, preview: await mcp.preview('k8s_apply', args) })
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  proxy.interfere(async (seen) => {
    if (!is(seen)) return
    reached.resolve()
    await released.promise
  })
  proxy.seen.length = 0
  lines.length = 0
  const going = new AbortController()
  const params = { name: 'k8s_apply', arguments: args, _meta: { [metaKeys.grant]: grant } }
  const answering = mcp.rpc('tools/call', params, {}, going.signal).catch(() => 'gone')
  await reached.promise
  going.abort()
  expect(await answering).toBe('gone')
  released.resolve()
  await expect.poll(() => lines.map((line) => JSON.parse(line))).toMatchObject([{ msg: 'call', purpose: 'execute' }])
  return JSON.parse(lines[0] ?? '{}')
}
const isWrite = ({ userAgent, method }: Seen) => userAgent.includes(' call/') && method !== 'GET'
const exists = async (name: string) =>
  (await cluster.request('GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`)).status === 200

test('who goes before anything was sent has nothing written', async () => {
  expect(await goAwayAt(({ method }) => method === 'GET')).toMatchObject({ code: 'Cancelled', outcome: 'failed' })
  expect(proxy.seen.filter(isWrite)).toEqual([])
  expect([await exists('a'), await exists('b'), await exists('c')]).toEqual([false, false, false])
})

test('who goes while a request is under way has that one finished, and no other begun', async () => {
  expect(await goAwayAt(isWrite)).toMatchObject({ code: 'Cancelled', outcome: 'failed' })
  expect([await exists('a'), await exists('b'), await exists('c')]).toEqual([true, false, false])
  expect(proxy.seen.filter(isWrite).some(({ body }) => /"name":"[bc]"/.test(body))).toBe(false)
})
