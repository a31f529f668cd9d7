import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { OwnApiServer } from '@fairlead/testing/cluster/api-server'
import { startCluster } from '@fairlead/testing/cluster/start-cluster'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { hearCall } from '../../fixtures/hear-call.fixture.ts'
import { auditLines, startTestMcp, type TestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { type Seen, startRecordingProxy } from '../../fixtures/recording-proxy.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { nodeAndItsPods } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters } from '../../fixtures/tools/sentences.fixture.ts'
import { containers, makePod } from '../../fixtures/tools/simulated-pod.fixture.ts'
import { k8sDrain } from './drain.ts'

describeTool(k8sDrain, {
  minimal: { node_name: 'node-1' },
  good: ({ openNode }) => ({ node_name: openNode, timeout_seconds: 1 }),
  names: nodeAndItsPods,
  kinds: ['Node', 'Pod', 'Pod'],
  bad: [
    ['name', { node_name: 'a/b' }, `node_name "a/b" is not a name. ${letters}`],
    ['required', { node_name: null }, 'node_name is required.'],
    [
      'selector',
      { pod_selector: 'a b' },
      'pod_selector "a b" is not a label selector: expected \',\' or the end at character 3.',
    ],
    ['number', { timeout_seconds: 271 }, 'timeout_seconds must be between 1 and 270, got 271.'],
    ['number, grace', { grace_period_seconds: 0 }, 'grace_period_seconds must be between 1 and 270, got 0.'],
    ['bool', { force: 'yes' }, 'force must be true or false, got "yes".'],
  ],
})

/** Nodes belong to everybody who shares a server, so this is one of its own. */
let cluster: OwnApiServer
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
let namespace: string
let node: string
let nodes = 0

beforeAll(async () => {
  cluster = await startCluster({ audit: true, kwok: true })
  proxy = await startRecordingProxy(cluster)
  mcp = await startTestMcp(proxy.kubeconfig)
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
  await cluster?.stop()
})
beforeEach(async () => {
  namespace = await cluster.newNamespace('drain')
  node = `node-${(nodes++ % 3) + 1}`
  proxy.seen.length = 0
})
afterEach(async () => {
  proxy.interfere(() => undefined)
  // At once, so that the node's next test finds it empty.
  await cluster.request('DELETE', `/api/v1/namespaces/${namespace}/pods?gracePeriodSeconds=0`)
  await cluster.request(
    'PATCH',
    `/api/v1/nodes/${node}`,
    { spec: { unschedulable: null } },
    'application/merge-patch+json',
  )
})

const create = async (path: string, body: unknown) => {
  const answer = await cluster.request('POST', path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
}
const podPath = (name: string) => `/api/v1/namespaces/${namespace}/pods/${name}`
const isThere = async (name: string) => (await cluster.request('GET', podPath(name))).status === 200
const isClosed = async () =>
  ((await cluster.request('GET', `/api/v1/nodes/${node}`)).body as { spec: { unschedulable?: boolean } }).spec
    .unschedulable === true

/** A pod that stands on the node from its beginning, and has a controller that no other controller acts for. */
async function makeOwn(
  name: string,
  metadata: Record<string, unknown> = {},
  spec: Record<string, unknown> = {},
  phases?: readonly string[],
) {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'keeper', uid: await keeper(), controller: true }
  const pod = {
    metadata: { name, labels: { app: name }, ownerReferences: [owner], ...metadata },
    spec: { nodeName: node, containers: containers('app'), ...spec },
  }
  await makePod(cluster, namespace, pod, phases)
}
async function removePod(name: string) {
  await cluster.request('DELETE', `${podPath(name)}?gracePeriodSeconds=0`)
  await expect.poll(() => isThere(name)).toBe(false)
}
async function keeper(): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  await cluster.request('POST', path, { metadata: { name: 'keeper' } })
  return ((await cluster.request('GET', `${path}/keeper`)).body as { metadata: { uid: string } }).metadata.uid
}
async function guard(name: string) {
  await create(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, {
    metadata: { name: `${name}-budget` },
    spec: { minAvailable: 1, selector: { matchLabels: { app: name } } },
  })
  const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${name}-budget`
  const observed = async () =>
    ((await cluster.request('GET', path)).body as { status?: { observedGeneration?: number } }).status
      ?.observedGeneration
  await expect.poll(observed, { timeout: 10_000 }).toBe(1)
}
const drain = (more: Record<string, unknown> = {}) => ({ node_name: node, ...more })
const approved = async (args: Record<string, unknown>, callId = `call_${randomUUID()}`) => {
  const preview = await mcp.preview('k8s_drain', args)
  expect(preview.error, preview.output).toBe(false)
  const grant = mcp.engine.grant({ tool: 'k8s_drain', args, preview }, { claims: { call_id: callId } })
  return { preview, meta: { [metaKeys.grant]: grant } }
}

test('shows the node and each pod, writes nothing, then closes the node and evicts exactly those', async () => {
  await Promise.all(['a', 'b', 'c'].map((name) => makeOwn(name)))
  const callId = `call_${randomUUID()}`
  const { preview, meta } = await approved(drain(), callId)
  expect(preview.effect).toMatchObject({
    summary: `Drain Node ${node}: close it to new pods and evict 3 pods`,
    risk: 'high',
    basis: 'server',
    objects: [
      { kind: 'Node', action: 'update', changes: [{ path: '/spec/unschedulable', after: true }] },
      ...['a', 'b', 'c'].map((name) => ({ kind: 'Pod', name, action: 'delete', changes: [], uid: expect.any(String) })),
    ],
    undo: { impossible: expect.stringContaining('k8s_uncordon') },
  })
  expect((await mcp.preview('k8s_drain', drain())).effect_digest).toBe(preview.effect_digest)
  expect([await isClosed(), await isThere('a'), proxy.writes().length]).toEqual([false, true, 0])
  const result = await mcp.call('k8s_drain', drain(), meta)
  expect(result).toMatchObject({ error: false, outcome: 'succeeded' })
  const table = ['a', 'b', 'c'].map((name) => `${namespace}/${name}   evicted`)
  expect(result.output).toBe(
    [`node/${node} is drained`, `${'POD'.padEnd(namespace.length + 2)}   RESULT`, ...table].join('\n'),
  )
  expect([await isClosed(), await isThere('a'), await isThere('b'), await isThere('c')]).toEqual([
    true,
    false,
    false,
    false,
  ])
  expect(await mcp.verify('k8s_drain', drain(), preview)).toMatchObject({ verification: { verdict: 'as_approved' } })
  await expect
    .poll(() =>
      auditLines(cluster.auditLog, `call/${callId}`)
        .filter(({ verb }) => verb !== 'get')
        .map(({ verb }) => verb),
    )
    .toEqual(['patch', 'create', 'create', 'create'])
})

test('a pod that must not go stops the whole before anything is touched', async () => {
  await makeOwn('fine')
  await makeOwn('bare', { ownerReferences: [] })
  await makeOwn('scratch', {}, { volumes: [{ name: 'x', emptyDir: {} }] })
  const refused = await mcp.preview('k8s_drain', drain())
  expect(refused).toMatchObject({ code: 'Refused' })
  expect(refused.output).toContain(`${namespace}/bare: no controller`)
  expect(refused.output).toContain(`${namespace}/scratch: its emptyDir`)
  const { preview } = await approved(drain({ force: true, delete_emptydir_data: true }))
  expect(preview.effect?.reasons).toEqual(
    expect.arrayContaining(['what is in emptyDir volumes is lost', 'pods without a controller do not come back']),
  )
  const some = await approved(drain({ pod_selector: 'app=fine' }))
  expect(some.preview.effect?.objects.map(({ name }) => name)).toEqual([node, 'fine'])
  expect([await isClosed(), proxy.writes().length]).toEqual([false, 0])
})

test('a budget is a reason of the preview, is waited for, and lets the drain go on', async () => {
  await makeOwn('web')
  await makeOwn('free')
  await guard('web')
  const { preview, meta } = await approved(drain())
  expect(preview.effect?.reasons).toContain(`${namespace}/web is blocked now by pdb/web-budget`)
  const running = mcp.call('k8s_drain', drain(), meta)
  const refusals = () =>
    proxy.seen.filter(({ path, body }) => path.includes('/web/eviction') && !body.includes('dryRun'))
  await expect.poll(() => refusals().length, { timeout: 10_000 }).toBe(1)
  await expect.poll(() => isThere('free'), { timeout: 10_000 }).toBe(false)
  expect(await isThere('web')).toBe(true)
  await cluster.request('DELETE', `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web-budget`)
  expect(await running).toMatchObject({ error: false, outcome: 'succeeded' })
  expect(await isThere('web')).toBe(false)
}, 30_000)

test('a server that has too much to do is not taken for a budget', async () => {
  await makeOwn('web')
  proxy.interfere(({ path }, { say }) => void (path.includes('/eviction') && say(429, 'slow down')))
  const { preview } = await approved(drain())
  expect(preview.effect?.reasons).toContain(`${namespace}/web is blocked now by the load of the API server`)
})

test('a budget that does not give way ends in a timeout; the node stays closed, and the text says so', async () => {
  await makeOwn('web')
  await guard('web')
  await makeOwn('slow', { annotations: { 'fairlead.dev/simulate': 'x', 'fairlead.dev/terminate-after': '20s' } })
  const args = drain({ timeout_seconds: 2 })
  const { preview, meta } = await approved(args)
  const heard = await hearCall(mcp.url, { name: 'k8s_drain', arguments: args, _meta: { ...meta, progressToken: 1 } })
  expect(heard.notices.map(({ seq, stream }) => [seq, stream])).toEqual(
    heard.notices.map((_, index) => [index + 1, 'status']),
  )
  const lines = heard.notices.map(({ text }) => text).join('')
  for (const line of [`${namespace}/web: blocked by pdb/web-budget\n`, `${namespace}/slow: `])
    expect(lines).toContain(line)
  const result = heard.answer
  expect(result).toMatchObject({ error: true, outcome: 'failed', code: 'Timeout', data: { done: false } })
  expect(result.output).toContain(`Node "${node}" stays cordoned`)
  expect(result.output).toMatch(/\/web\s+blocked by pdb\/web-budget/)
  expect(result.output).toMatch(/\/slow\s+terminating/)
  expect(await isClosed()).toBe(true)
  expect(await mcp.verify('k8s_drain', args, preview)).toMatchObject({ verification: { verdict: 'differs' } })
}, 30_000)

test('a drain whose request is aborted asks no further and holds nothing open', async () => {
  await makeOwn('web')
  await guard('web')
  const args = drain({ timeout_seconds: 270 })
  const { meta } = await approved(args)
  const aborting = new AbortController()
  const answer = mcp
    .rpc('tools/call', { name: 'k8s_drain', arguments: args, _meta: meta }, {}, aborting.signal)
    .catch(() => 'gone')
  const evictions = () =>
    proxy.seen.filter(({ path, body }) => path.includes('/web/eviction') && !body.includes('dryRun')).length
  await expect.poll(evictions, { timeout: 10_000 }).toBe(1)
  aborting.abort()
  expect(await answer).toBe('gone')
  await expect.poll(proxy.open, { timeout: 5_000 }).toBe(0)
  proxy.seen.length = 0
  // Longer than it waits for a budget.
  await setTimeout(5_500)
  expect(proxy.seen).toEqual([])
}, 30_000)

test('a pod that came before the node was closed is not evicted, and neither is any other', async () => {
  await makeOwn('web')
  const { meta } = await approved(drain())
  proxy.interfere(async ({ method, path, body }) => {
    if (method !== 'PATCH' || path.includes('dryRun') || !body.includes('unschedulable')) return
    proxy.interfere(() => undefined)
    await makeOwn('late')
  })
  const result = await mcp.call('k8s_drain', drain(), meta)
  expect(result).toMatchObject({ error: true, outcome: 'failed', code: 'Conflict' })
  expect(result.output).toContain(`does not name: ${namespace}/late`)
  expect(result.objects?.map(({ outcome, error }) => [outcome, error?.split(':')[0]])).toEqual([
    ['succeeded', undefined],
    ['failed', 'NotStarted'],
  ])
  expect([await isThere('web'), await isThere('late')]).toEqual([true, true])
})

/** Does it when the first request of that kind is on its way, which then goes on. */
const justBefore = (isIt: (seen: Seen) => boolean, act: () => Promise<unknown>) =>
  proxy.interfere(async (seen) => {
    if (seen.path.includes('dryRun') || !isIt(seen)) return
    proxy.interfere(() => undefined)
    await act()
  })
const isEviction = ({ path }: Seen) => path.includes('/web/eviction')
const isClosing = ({ method, body }: Seen) => method === 'PATCH' && body.includes('unschedulable')
const evictions = () => proxy.seen.filter((seen) => isEviction(seen) && !seen.body.includes('dryRun'))
test.each([
  ['before the node is closed', isClosing, 0],
  ['under its eviction', isEviction, 1],
])('a pod made again under its name %s, elsewhere, is another one and stays', async (_, time, sent) => {
  await makeOwn('web')
  await makeOwn('other')
  const { preview, meta } = await approved(drain())
  justBefore(time, async () => {
    await removePod('web')
    await makeOwn('web', {}, { nodeName: undefined, nodeSelector: { nowhere: 'yes' } }, ['Pending'])
  })
  expect(await mcp.call('k8s_drain', drain(), meta)).toMatchObject({ error: false, outcome: 'succeeded' })
  expect(evictions()).toHaveLength(sent)
  const { status, body } = await cluster.request('GET', podPath('web'))
  expect(status).toBe(200)
  const { uid, deletionTimestamp } = (body as { metadata: { uid: string; deletionTimestamp?: string } }).metadata
  expect(preview.effect?.objects.map((object) => object.uid)).not.toContain(uid)
  expect(deletionTimestamp).toBeUndefined()
  expect(await isThere('other')).toBe(false)
})

test('a pod made again on the node that is closed is a stranger there: no pod is evicted', async () => {
  await makeOwn('web')
  await makeOwn('other')
  const { meta } = await approved(drain())
  justBefore(isClosing, async () => {
    await removePod('web')
    await makeOwn('web')
  })
  const result = await mcp.call('k8s_drain', drain(), meta)
  expect(result).toMatchObject({ error: true, outcome: 'failed', code: 'Conflict' })
  expect(result.output).toContain(`does not name: ${namespace}/web`)
  expect(proxy.seen.filter(({ path, body }) => path.includes('/eviction') && !body.includes('dryRun'))).toEqual([])
  expect([await isThere('web'), await isThere('other')]).toEqual([true, true])
})

test('a webhook that forbids dry runs makes it computed, and it is done all the same', async () => {
  await makeOwn('web')
  const message = 'admission webhook "w" does not support dry run'
  proxy.interfere(({ path }, { answer }) => {
    if (path.includes('/eviction?dryRun')) answer(400, { kind: 'Status', status: 'Failure', message, code: 400 })
  })
  const { preview, meta } = await approved(drain())
  expect(preview.effect).toMatchObject({
    basis: 'computed',
    risk: 'high',
    objects: [{ kind: 'Node' }, { name: 'web' }],
  })
  expect(preview.effect?.reasons).toContain('a webhook forbids trying it out')
  expect(await mcp.call('k8s_drain', drain(), meta)).toMatchObject({ error: false, outcome: 'succeeded' })
  expect(await isThere('web')).toBe(false)
  expect(await mcp.verify('k8s_drain', drain(), preview)).toMatchObject({ verification: { verdict: 'as_approved' } })
})

test('what the effect named and is gone by then makes it stale', async () => {
  await makeOwn('web')
  const { meta } = await approved(drain())
  await removePod('web')
  expect(await mcp.call('k8s_drain', drain(), meta)).toMatchObject({ outcome: 'stale' })
  expect(await isClosed()).toBe(false)
})

test('a server that is away for a while is waited for, and the drain ends as it would', async () => {
  await makeOwn('web')
  const { meta } = await approved(drain())
  let isEvicted = false
  let failures = 6
  proxy.interfere(({ path }, { say }) => {
    isEvicted ||= path.includes('/eviction') && !path.includes('dryRun')
    if (isEvicted && path.startsWith('/api/v1/pods?') && failures-- > 0) say(503, 'shutting down')
  })
  expect(await mcp.call('k8s_drain', drain(), meta)).toMatchObject({ outcome: 'succeeded' })
  expect(failures).toBeLessThanOrEqual(0)
  expect(await isThere('web')).toBe(false)
})

test('an answer that is lost leaves its pod unknown, and nothing is sent again', async () => {
  await makeOwn('web')
  const args = drain()
  const { meta } = await approved(args)
  proxy.interfere((seen, act) => {
    if (seen.path.endsWith('/eviction')) return act.passOnThenCut()
  })
  const result = await mcp.call('k8s_drain', args, meta)
  expect(result).toMatchObject({ error: true, outcome: 'unknown', code: 'Unknown' })
  expect(proxy.seen.filter(({ path }) => path === `${podPath('web')}/eviction`)).toHaveLength(1)
})

test('of an empty node that is closed nothing is left to do', async () => {
  await cluster.request(
    'PATCH',
    `/api/v1/nodes/${node}`,
    { spec: { unschedulable: true } },
    'application/merge-patch+json',
  )
  const { preview, meta } = await approved(drain())
  expect(preview.effect).toMatchObject({
    objects: [],
    summary: `Node ${node} is cordoned already, and has no pods to evict`,
  })
  expect(await mcp.call('k8s_drain', drain(), meta)).toMatchObject({ error: false, outcome: 'succeeded' })
  expect((await mcp.preview('k8s_drain', { node_name: 'nope' })).output).toMatch(/^NotFound: node "nope" not found/)
})
