import { metaKeys, type ToolAnswer, toolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { grantsGrowOld, startTestMcp, type TestMcp, verifying } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { containers, makePod } from '../fixtures/tools/simulated-pod.fixture.ts'

let cluster: ApiServer
let namespace: string
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
/** Tokens of service accounts: one that may edit in the namespace, one that may do nothing. */
let editor: string
let stranger: string
beforeAll(async () => {
  cluster = await sharedApiServer()
  proxy = await startRecordingProxy(cluster, () => 'done')
  namespace = await cluster.newNamespace('identity')
  editor = await tokenOf('editor')
  stranger = await tokenOf('stranger')
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
  const metadata = { name: 'edit' }
  // No role of the cluster's own: those are put together by a controller.
  const pods = ['pods', 'pods/exec', 'pods/portforward']
  const resources = ['configmaps', ...pods, 'deployments', 'deployments/scale']
  await cluster.request('POST', `${rbac}/roles`, {
    metadata,
    rules: [
      { apiGroups: ['', 'apps'], resources, verbs: ['*'] },
      { apiGroups: [''], resources: ['resourcequotas'], verbs: ['get'] },
    ],
  })
  await cluster.request('POST', `${rbac}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'edit' },
    subjects: [
      { kind: 'ServiceAccount', name: 'editor', namespace },
      { kind: 'User', name: 'ada@example.com', apiGroup: 'rbac.authorization.k8s.io' },
    ],
  })
})
afterAll(async () => {
  await proxy?.close()
})

async function tokenOf(name: string): Promise<string> {
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`
  await cluster.request('POST', accounts, { metadata: { name } })
  const { body } = await cluster.request('POST', `${accounts}/${name}/token`, { spec: {} })
  return (body as { status: { token: string } }).status.token
}

let mcp: TestMcp
let count = 0
let name: string
const start = async (identity: string, env: Record<string, string> = {}) => {
  mcp = await startTestMcp(proxy.kubeconfig, { env: { MCP_IDENTITY: identity, ...env } })
  proxy.seen.length = 0
}
beforeEach(async () => {
  name = `web-${++count}`
  await cluster.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'a', image: 'nginx' }] } },
    },
  })
})
afterEach(() => mcp?.close())

const scale = () => ({ name, resource_type: 'deployment', replicas: 1, namespace })
const get = () => ({ resource_type: 'deployment', name, namespace })
/** Everything asked of the API server, by who asked. */
const askers = (header: string) => [...new Set(proxy.seen.map(({ headers }) => headers[header]))]

describe('passthrough: the request’s own token, and nothing else', () => {
  const requests = async (token: string, tool: string, args: object, meta: object = {}) => {
    const params = { name: tool, arguments: args, _meta: meta }
    const { body } = await mcp.rpc('tools/call', params, { authorization: `Bearer ${token}` })
    return (body.result as { structuredContent: { effect_digest?: string; effect?: { pins: object } } })
      .structuredContent
  }

  test('reads, discovery, preview, execution and verification go with it', async () => {
    await start('passthrough')
    expect(await requests(editor, 'k8s_get', get())).toMatchObject({ error: false })
    const preview = await requests(editor, 'k8s_scale', scale(), { [metaKeys.preview]: true })
    expect(preview).toMatchObject({ effect: { objects: [{ name }] } })
    const grant = mcp.engine.grant({ tool: 'k8s_scale', args: scale(), preview: preview as never })
    expect(await requests(editor, 'k8s_scale', scale(), { [metaKeys.grant]: grant })).toMatchObject({
      outcome: 'succeeded',
    })
    expect(proxy.writes()).toHaveLength(1)
    const readBack = verifying(preview as never)
    expect(await requests(editor, 'k8s_scale', scale(), readBack)).toMatchObject({
      verification: { objects: [{ at: 'after' }] },
    })
    expect(askers('authorization')).toEqual([`Bearer ${editor}`])
    expect(proxy.seen.some(({ path }) => path.startsWith('/apis?') || path === '/apis')).toBe(true)
  })

  test('whose token may nothing gets nothing, granted or not, by its own name alone', async () => {
    await start('passthrough')
    expect(await requests(stranger, 'k8s_get', get())).toMatchObject({ code: 'Forbidden' })
    expect(await requests(stranger, 'k8s_scale', scale(), { [metaKeys.preview]: true })).toMatchObject({
      code: 'Forbidden',
    })
    const preview = await requests(editor, 'k8s_scale', scale(), { [metaKeys.preview]: true })
    const grant = mcp.engine.grant({ tool: 'k8s_scale', args: scale(), preview: preview as never })
    proxy.seen.length = 0
    expect(await requests(stranger, 'k8s_scale', scale(), { [metaKeys.grant]: grant })).toMatchObject({
      code: 'Forbidden',
    })
    expect(proxy.writes()).toEqual([])
    expect(askers('authorization')).toEqual([`Bearer ${stranger}`])
  })

  test('a token that the API server does not know is refused by it; one that is missing by us', async () => {
    await start('passthrough')
    expect(await requests('nobody', 'k8s_get', get())).toMatchObject({ code: 'Unauthorized' })
    expect(askers('authorization')).toEqual(['Bearer nobody'])
    // Not even what the server has found out for another.
    expect(await requests(editor, 'k8s_api_resources', {})).toMatchObject({ error: false })
    expect(await requests('nobody', 'k8s_api_resources', {})).toMatchObject({ code: 'Unauthorized' })
    proxy.seen.length = 0
    expect((await mcp.rpc('tools/call', { name: 'k8s_get', arguments: get() })).status).toBe(401)
    expect(proxy.seen).toEqual([])
  })
})

describe('impersonate: the user of the signed identity, through the server’s own login', () => {
  const as = (user: string, groups: string[] = []) => ({ [metaKeys.identity]: mcp.engine.identity(user, groups) })

  test('a user with rights reads, previews, writes and verifies; each request says who', async () => {
    await start('impersonate')
    const ada = as('ada@example.com', ['sre'])
    expect(await mcp.call('k8s_get', get(), ada)).toMatchObject({ error: false })
    const preview = await mcp.preview('k8s_scale', scale(), ada)
    const grant = mcp.engine.grant({ tool: 'k8s_scale', args: scale(), preview })
    expect(await mcp.call('k8s_scale', scale(), { ...ada, [metaKeys.grant]: grant })).toMatchObject({
      outcome: 'succeeded',
    })
    expect(proxy.writes()).toHaveLength(1)
    expect(await mcp.call('k8s_scale', scale(), { ...ada, ...verifying(preview) })).toMatchObject({
      verification: { objects: [{ at: 'after' }] },
    })
    expect(askers('impersonate-user')).toEqual(['ada@example.com'])
    expect(askers('impersonate-group')).toEqual(['sre'])
  })

  test('without an identity, or with one that has expired, nothing is asked and no grant is spent', async () => {
    await start('impersonate')
    const ada = as('ada@example.com', ['sre'])
    const preview = await mcp.preview('k8s_scale', scale(), ada)
    const granted = { [metaKeys.grant]: mcp.engine.grant({ tool: 'k8s_scale', args: scale(), preview }) }
    proxy.seen.length = 0
    const past = Math.floor(Date.now() / 1000) - 120
    const expired = mcp.engine.identity('ada@example.com', ['sre'], { iat: past, exp: past + 60 })
    for (const [who, why] of [
      [{}, /says no user/],
      [{ [metaKeys.identity]: expired }, /it has expired/],
    ] as const) {
      const answers = [
        await mcp.call('k8s_get', get(), who),
        await mcp.preview('k8s_scale', scale(), who),
        await mcp.call('k8s_scale', scale(), { ...who, ...granted }),
        await mcp.call('k8s_scale', scale(), { ...who, ...verifying(preview) }),
      ]
      for (const answer of answers)
        expect(answer).toMatchObject({ error: true, code: 'Refused', output: expect.stringMatching(why) })
    }
    expect(proxy.seen).toEqual([])
    expect(await mcp.call('k8s_scale', scale(), { ...ada, ...granted })).toMatchObject({ outcome: 'succeeded' })
  })

  test('Leases alone are the account’s own', async () => {
    await start('impersonate', {
      MCP_GRANT_STORE: 'kubernetes',
      MCP_GRANT_NAMESPACE: await cluster.newNamespace('leases'),
    })
    await grantsGrowOld()
    const ada = as('ada@example.com', ['sre'])
    const preview = await mcp.preview('k8s_scale', scale(), ada)
    const grant = mcp.engine.grant({ tool: 'k8s_scale', args: scale(), preview })
    expect(await mcp.call('k8s_scale', scale(), { ...ada, [metaKeys.grant]: grant })).toMatchObject({
      outcome: 'succeeded',
    })
    const users = (isLease: boolean) => [
      ...new Set(
        proxy.seen
          .filter(({ path }) => path.includes('/leases') === isLease)
          .map(({ headers }) => headers['impersonate-user']),
      ),
    ]
    expect([users(true), users(false)]).toEqual([[undefined], ['ada@example.com']])
  })

  test('an apply of which the API server forbids one object writes none', async () => {
    await start('impersonate')
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'c' }, spec: { hard: { pods: '9' } } }
    const made = ['a', 'b', 'c', 'd', 'e'].map((name) =>
      name === 'c' ? quota : { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
    )
    const content = made.map((each) => JSON.stringify(each)).join('\n---\n')
    const answer = await mcp.preview('k8s_apply', { content, namespace }, as('ada@example.com'))
    expect(answer).toMatchObject({ error: true, code: 'Forbidden' })
    expect(answer.output).toContain('User "ada@example.com" cannot create resource "resourcequotas"')
    expect(answer.effect).toBeUndefined()
    expect(proxy.writes()).toEqual([])
    const { body } = await cluster.request('GET', `/api/v1/namespaces/${namespace}/configmaps`)
    const names = (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name)
    expect(names).toEqual(['kube-root-ca.crt'])
  })

  test('a granted write of a user without rights is not written', async () => {
    await start('impersonate')
    const preview = await mcp.preview('k8s_scale', scale(), as('ada@example.com', ['sre']))
    const act = { sub: 'eve@example.com', groups: [] }
    const grant = mcp.engine.grant({ tool: 'k8s_scale', args: scale(), preview }, { claims: { act } })
    proxy.seen.length = 0
    const answer = await mcp.call('k8s_scale', scale(), { ...as('eve@example.com'), [metaKeys.grant]: grant })
    expect(answer).toMatchObject({ code: 'Forbidden' })
    expect(proxy.writes()).toEqual([])
    expect(askers('impersonate-user')).toEqual(['eve@example.com'])
  })
})

const bearer = () => `Bearer ${editor}`
test.each<[identity: string, header: string, who: () => string]>([
  ['impersonate', 'impersonate-user', () => 'ada@example.com'],
  ['passthrough', 'authorization', bearer],
])('%s: streams into pods are opened by the same one', async (identity, header, who) => {
  await makePod(cluster, namespace, { metadata: { name }, spec: { containers: containers('app') } })
  await start(identity)
  const as = { [metaKeys.identity]: mcp.engine.identity('ada@example.com', ['sre']) }
  const login: Record<string, string> = identity === 'passthrough' ? { authorization: bearer() } : {}
  const requests = async (tool: string, args: object, meta: object = {}): Promise<ToolAnswer> => {
    const { body } = await mcp.rpc('tools/call', { name: tool, arguments: args, _meta: { ...as, ...meta } }, login)
    return toolAnswer.parse(body.result?.structuredContent)
  }
  expect(await requests('k8s_exec', { pod_name: name, command: 'date', namespace })).toMatchObject({ output: 'done' })
  for (const [tool, args] of [
    ['k8s_exec', { pod_name: name, command: 'touch x', namespace }],
    ['k8s_port_forward', { resource_name: name, ports: '8080', namespace }],
  ] as const) {
    const preview = await requests(tool, args, { [metaKeys.preview]: true })
    const grant = mcp.engine.grant({ tool, args, preview })
    expect((await requests(tool, args, { [metaKeys.grant]: grant })).code).not.toBe('Refused')
  }
  const streams = proxy.seen.filter(({ headers }) => headers.upgrade === 'websocket')
  expect(streams.map(({ path }) => path.replace(/\?.*/, '').split('/').at(-1))).toEqual(['exec', 'exec', 'portforward'])
  expect(askers(header)).toEqual([who()])
})

test('server: its own account, whoever asks', async () => {
  await start('server')
  const meta = { [metaKeys.identity]: mcp.engine.identity('eve@example.com') }
  expect(await mcp.call('k8s_get', get(), meta)).toMatchObject({ error: false })
  expect(askers('authorization')).toEqual([`Bearer ${cluster.token}`])
  expect(askers('impersonate-user')).toEqual([undefined])
  const expired = mcp.engine.identity('eve@example.com', [], { iat: 1, exp: 61 })
  expect(await mcp.call('k8s_get', get(), { [metaKeys.identity]: expired })).toMatchObject({ code: 'Refused' })
})
