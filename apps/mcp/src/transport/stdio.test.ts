import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { startStdioHost } from '../fixtures/stdio-host.fixture.ts'
import { makeStuckDeployment } from '../fixtures/tools/workloads.fixture.ts'

let cluster: ApiServer
let namespace: string
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('stdio')
})

let host: ReturnType<typeof startStdioHost>
const start = (kubeconfig = cluster.kubeconfig) => {
  host = startStdioHost(kubeconfig, { MCP_MODE: 'confirm' })
}
afterEach(() => host?.end())

let count = 0
let name: string
const deployments = () => `/apis/apps/v1/namespaces/${namespace}/deployments`
const replicas = async () =>
  ((await cluster.request('GET', `${deployments()}/${name}`)).body as { spec: { replicas: number } }).spec.replicas
beforeEach(async () => {
  name = `web-${++count}`
  await makeStuckDeployment(cluster, namespace, name)
})
const scale = () => ({ name: 'k8s_scale', arguments: { name, resource_type: 'deployment', replicas: 4, namespace } })
const limit = { timeout: 60_000 }

test('at 2025-11-25 the user is asked in the midst of the call; the server ends with its host', limit, async () => {
  start()
  await host.initialize({ elicitation: {} })
  for (const [id, reply, outcome, left] of [
    [2, { action: 'decline' }, 'failed', 1],
    [3, { action: 'accept', content: { confirm: false } }, 'failed', 1],
    [4, { action: 'accept', content: { confirm: true } }, 'succeeded', 4],
  ] as const) {
    host.send({ id, method: 'tools/call', params: scale() })
    const confirmation = await host.next()
    expect(confirmation).toMatchObject({ method: 'elicitation/create' })
    expect(confirmation.params?.message).toContain('1 → 4')
    host.send({ id: confirmation.id, result: reply })
    expect(await host.next()).toMatchObject({ id, result: { structuredContent: { outcome } } })
    expect(await replicas()).toBe(left)
  }
  expect(await host.end()).toBe(0)
})

test('at 2026-07-28 the question is the answer, and what comes back with it decides', limit, async () => {
  start()
  type ConfirmationRequest = { requestState: string; inputRequests: Record<string, { params: { message: string } }> }
  const elicitation = { elicitation: {} }
  const decide = async (id: number, reply: object) => {
    const { result } = await host.ask(id, 'tools/call', scale(), elicitation)
    expect(result).toMatchObject({ resultType: 'input_required' })
    const { requestState, inputRequests } = result as unknown as ConfirmationRequest
    expect(JSON.stringify(inputRequests)).toContain('1 → 4')
    const inputResponses = Object.fromEntries(Object.keys(inputRequests).map((key) => [key, reply]))
    return (state = requestState) =>
      host.ask(id + 1, 'tools/call', { ...scale(), requestState: state, inputResponses }, elicitation)
  }
  for (const [id, reply] of [
    [1, { action: 'decline' }],
    [3, { action: 'accept', content: { confirm: false } }],
  ] as const) {
    const no = await decide(id, reply)
    expect(await no()).toMatchObject({ result: { structuredContent: { code: 'Refused' } } })
  }
  const forged = await decide(5, { action: 'accept', content: { confirm: true } })
  expect(await forged('v1.invented')).toMatchObject({ result: { structuredContent: { code: 'Refused' } } })
  expect(await replicas()).toBe(1)
  const yes = await decide(7, { action: 'accept', content: { confirm: true } })
  expect(await yes()).toMatchObject({ result: { structuredContent: { outcome: 'succeeded' } } })
  expect(await replicas()).toBe(4)
  expect(await yes()).toMatchObject({ result: { structuredContent: { code: 'Refused' } } })
  expect(await host.end()).toBe(0)
})

test('what has changed since the question is stale, at either protocol', limit, async () => {
  start()
  const elicitation = { elicitation: {} }
  const accepted = { action: 'accept', content: { confirm: true } }
  const setReplicas = (to: number) =>
    cluster.request('PATCH', `${deployments()}/${name}`, { spec: { replicas: to } }, 'application/merge-patch+json')
  const stale = { result: { structuredContent: { code: 'Stale', outcome: 'stale' } } }
  const { result } = await host.ask(1, 'tools/call', scale(), elicitation)
  const { requestState, inputRequests } = result as unknown as { requestState: string; inputRequests: object }
  const inputResponses = Object.fromEntries(Object.keys(inputRequests).map((key) => [key, accepted]))
  await setReplicas(2)
  expect(await host.ask(2, 'tools/call', { ...scale(), requestState, inputResponses }, elicitation)).toMatchObject(
    stale,
  )
  expect(await replicas()).toBe(2)
  await host.end()

  start()
  await host.initialize(elicitation)
  host.send({ id: 2, method: 'tools/call', params: scale() })
  const confirmation = await host.next()
  await setReplicas(3)
  host.send({ id: confirmation.id, result: accepted })
  expect(await host.next()).toMatchObject({ id: 2, ...stale })
  expect(await replicas()).toBe(3)
})

test('a host without elicitation is refused, and told why', limit, async () => {
  start()
  await host.initialize()
  host.send({ id: 2, method: 'tools/call', params: scale() })
  const why = 'Refused: this host cannot ask its user: it does not offer elicitation. Nothing was written. Use a host'
  const output = expect.stringContaining(why)
  expect(await host.next()).toMatchObject({ result: { structuredContent: { code: 'Refused', output } } })
  expect(await replicas()).toBe(1)
})

test.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])('at %s it serves', limit, async (version) => {
  start()
  expect(await host.initialize({}, version)).toMatchObject({
    protocolVersion: version,
    serverInfo: { name: 'fairlead-mcp' },
    capabilities: { tools: { listChanged: false } },
  })
  host.send({ id: 2, method: 'tools/list' })
  const { result } = await host.next()
  expect(result?.tools).toContainEqual(expect.objectContaining({ name: 'k8s_get' }))
  const read = { name: 'k8s_get', arguments: { resource_type: 'deployments', namespace } }
  host.send({ id: 3, method: 'tools/call', params: read })
  expect(await host.next()).toMatchObject({ id: 3, result: { isError: false, structuredContent: { error: false } } })
})

test('at a version that nobody knows it offers the newest with a handshake', limit, async () => {
  start()
  expect(await host.initialize({}, '1999-01-01')).toMatchObject({ protocolVersion: '2025-11-25' })
})

describe('a call that would wait for minutes', limit, () => {
  let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
  beforeAll(async () => {
    proxy = await startRecordingProxy(cluster)
  })
  afterAll(() => proxy?.close())
  beforeEach(async () => {
    start(proxy.kubeconfig)
    await host.initialize()
    const params = { name: 'k8s_rollout_status', arguments: { name, namespace, timeout_seconds: 270 } }
    host.send({ id: 2, method: 'tools/call', params: { ...params, _meta: { progressToken: 'waiting' } } })
    // It waits once it has said what for.
    expect(await host.next()).toMatchObject({ method: 'notifications/progress' })
    await expect.poll(proxy.open).toBe(1)
  })
  const cancelled = () => host.logged.flatMap(({ code, tool }) => (code === 'Cancelled' ? [tool] : []))

  test('ends when it is cancelled, has no answer, and the connection serves on', async () => {
    host.send({ method: 'notifications/cancelled', params: { requestId: 2 } })
    await expect.poll(cancelled).toEqual(['k8s_rollout_status'])
    await expect.poll(proxy.open).toBe(0)
    host.send({ id: 3, method: 'ping' })
    expect(await host.next()).toMatchObject({ id: 3, result: {} })
  })

  test('ends when its host goes away', async () => {
    const exited = host.end()
    await expect.poll(proxy.open).toBe(0)
    expect(await exited).toBe(0)
    expect(cancelled()).toEqual(['k8s_rollout_status'])
  })
})
