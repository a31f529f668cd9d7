import type { ApiServer } from '@fairlead/testing/api-server'
import { sharedApiServer } from '@fairlead/testing/shared-servers'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startStdioHost } from './stdio-host.fixture.ts'

let cluster: ApiServer
let namespace: string
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('stdio')
})

let host: ReturnType<typeof startStdioHost>
const start = () => {
  host = startStdioHost(cluster.kubeconfig, { MCP_MODE: 'confirm' })
}
afterEach(() => host?.end())

let count = 0
let name: string
const deployments = () => `/apis/apps/v1/namespaces/${namespace}/deployments`
const replicas = async () =>
  ((await cluster.request('GET', `${deployments()}/${name}`)).body as { spec: { replicas: number } }).spec.replicas
beforeEach(async () => {
  name = `web-${++count}`
  // No node fits, so its rollout waits for ever.
  const { status } = await cluster.request('POST', deployments(), {
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { nodeSelector: { nowhere: 'yes' }, containers: [{ name: 'app', image: 'nginx:1.27' }] },
      },
    },
  })
  expect(status).toBe(201)
})
const scale = () => ({ name: 'k8s_scale', arguments: { name, resource_type: 'deployment', replicas: 4, namespace } })
const limit = { timeout: 60_000 }

test('at 2025-11-25 the user is asked in the midst of the call; the server ends with its host', limit, async () => {
  start()
  await host.initialize({ elicitation: {} })
  for (const [id, reply, outcome, left] of [
    [2, { action: 'decline' }, 'failed', 1],
    [3, { action: 'accept', content: { confirm: true } }, 'succeeded', 4],
  ] as const) {
    host.send({ id, method: 'tools/call', params: scale() })
    const question = await host.next()
    expect(question).toMatchObject({ method: 'elicitation/create' })
    expect(question.params?.message).toContain('1 -> 4')
    host.send({ id: question.id, result: reply })
    expect(await host.next()).toMatchObject({ id, result: { structuredContent: { outcome } } })
    expect(await replicas()).toBe(left)
  }
  expect(await host.end()).toBe(0)
})

test('at 2026-07-28 the question is the answer, and what comes back with it decides', limit, async () => {
  start()
  type Question = { requestState: string; inputRequests: Record<string, { params: { message: string } }> }
  const elicitation = { elicitation: {} }
  const decide = async (id: number, reply: object) => {
    const { result } = await host.ask(id, 'tools/call', scale(), elicitation)
    expect(result).toMatchObject({ resultType: 'input_required' })
    const { requestState, inputRequests } = result as unknown as Question
    expect(JSON.stringify(inputRequests)).toContain('1 -> 4')
    const inputResponses = Object.fromEntries(Object.keys(inputRequests).map((key) => [key, reply]))
    return () => host.ask(id + 1, 'tools/call', { ...scale(), requestState, inputResponses }, elicitation)
  }
  const no = await decide(1, { action: 'decline' })
  expect(await no()).toMatchObject({ result: { structuredContent: { code: 'Refused' } } })
  expect(await replicas()).toBe(1)
  const yes = await decide(3, { action: 'accept', content: { confirm: true } })
  expect(await yes()).toMatchObject({ result: { structuredContent: { outcome: 'succeeded' } } })
  expect(await replicas()).toBe(4)
  expect(await yes()).toMatchObject({ result: { structuredContent: { code: 'Refused' } } })
  expect(await host.end()).toBe(0)
})

test('a host without elicitation is refused', limit, async () => {
  start()
  await host.initialize()
  host.send({ id: 2, method: 'tools/call', params: scale() })
  expect(await host.next()).toMatchObject({ result: { structuredContent: { code: 'Refused' } } })
  expect(await replicas()).toBe(1)
})

test('a cancelled call ends, and the connection serves on', limit, async () => {
  start()
  await host.initialize()
  const waiting = { name: 'k8s_rollout_status', arguments: { name, namespace, timeout_seconds: 270 } }
  host.send({ id: 2, method: 'tools/call', params: { ...waiting, _meta: { progressToken: 'waiting' } } })
  // It waits once it has said what for.
  expect(await host.next()).toMatchObject({ method: 'notifications/progress' })
  host.send({ method: 'notifications/cancelled', params: { requestId: 2 } })
  // Eight of one caller run at once: as long as the cancelled one is there, the last of these stands behind it.
  for (let id = 3; id < 11; id++)
    host.send({ id, method: 'tools/call', params: { ...waiting, arguments: { name, namespace, timeout_seconds: 1 } } })
  const answered = new Map<unknown, number>()
  while (answered.size < 8) answered.set((await host.next()).id, performance.now())
  expect([...answered.keys()].toSorted()).toEqual([10, 3, 4, 5, 6, 7, 8, 9])
  const times = [...answered.values()]
  expect(Math.max(...times) - Math.min(...times)).toBeLessThan(1_000)
})
