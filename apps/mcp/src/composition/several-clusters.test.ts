import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { toolDigest } from '@fairlead/contract/tool/tool-digest'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { type ListedTool, linesOf } from '../fixtures/tool-table.fixture.ts'
import { hostileEight, hostileStrings, wrongTypes } from '../fixtures/tools/hostile-values.fixture.ts'
import { ConfigError } from '../tool/config-error.ts'

type Kubeconfig = { 'current-context': string; contexts: object[]; clusters: object[]; users: object[] }

let cluster: ApiServer
let folder: string
let namespace: string
let south: Awaited<ReturnType<typeof startRecordingProxy>>
/** Two contexts: `test`, the API server itself, and `proxied`, the same behind a proxy that sees what is asked there. */
let both: string
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  folder = await mkdtemp(join(tmpdir(), 'fairlead-clusters-'))
  south = await startRecordingProxy(cluster)
  both = [cluster.kubeconfig, south.kubeconfig].join(delimiter)
  namespace = await cluster.newNamespace('clusters')
  mcp = await startTestMcp(both, { env: { MCP_TOOLSETS: 'all' } })
})
afterAll(async () => {
  await mcp?.close()
  await south?.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  south.seen.length = 0
})

const toolsOf = async (of: TestMcp) => ((await of.rpc('tools/list')).body.result as { tools: ListedTool[] }).tools
const listed = async (of: TestMcp) => {
  return (await toolsOf(of)).map(({ name, inputSchema, annotations }) => ({
    name,
    parameters: Object.keys(inputSchema.properties as object),
    digest: toolDigest({ name, inputSchema, annotations }),
  }))
}
const deploy = (name: string) =>
  cluster.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'a', image: 'nginx' }] } },
    },
  })
const scale = (name: string, context?: string) => ({
  name,
  resource_type: 'deployment',
  replicas: 2,
  namespace,
  ...(context !== undefined && { context }),
})
const get = { resource_type: 'deployments' }

test('only with more than one cluster tools take a context, behind all else, and are the same tools', async () => {
  const alone = await startTestMcp(cluster.kubeconfig, { env: { MCP_TOOLSETS: 'all' } })
  try {
    const without = await listed(alone)
    const withContext = new Map((await listed(mcp)).map((tool) => [tool.name, tool]))
    for (const { name, parameters, digest } of without) {
      const takes = /^(k8s|helm|argo)_/.test(name) ? [...parameters, 'context'] : parameters
      expect(withContext.get(name)).toEqual({ name, parameters: takes, digest })
    }
    const answer = await alone.call('k8s_get', { ...get, context: 'test' })
    expect(answer).toMatchObject({ code: 'InvalidArgument', output: expect.stringContaining('"context" is not a') })
  } finally {
    await alone.close()
  }
})

test('the tools are those of the table, with what several clusters bring', async () => {
  const table = await readFile(new URL('../transport/__snapshots__/tools.txt', import.meta.url), 'utf8')
  const contexts = 'k8s_contexts | List Kubernetes Contexts | RO d- i+ o- | k8s |'
  const lines = [...table.trim().split('\n'), contexts].toSorted()
  expect(linesOf(await toolsOf(mcp))).toEqual(
    lines.map((line) => (/^(k8s|helm|argo)_/.test(line) ? `${line} context:str?=null` : line)),
  )
})

test('a call goes to the cluster that it names, else to the current one', async () => {
  expect(await mcp.call('k8s_get', { ...get, namespace })).toMatchObject({ error: false, cluster: 'test' })
  expect(await mcp.call('k8s_get', { ...get, namespace, context: null })).toMatchObject({ cluster: 'test' })
  expect(south.seen).toEqual([])
  const there = await mcp.call('k8s_get', { ...get, namespace, context: ' proxied ' })
  expect(there).toMatchObject({ error: false, cluster: 'proxied' })
  expect(south.seen.length).toBeGreaterThan(0)
})

test.each([['nowhere'], [''], ['Proxied'], ['proxied\u00a0'], ['\ufeffproxied'], [5]])(
  '%j is no context',
  async (context) => {
    const answer = await mcp.call('k8s_get', { ...get, context })
    expect(answer).toMatchObject({ code: 'InvalidArgument' })
    expect(answer.output).toBe(`InvalidArgument: context ${JSON.stringify(context)} is not one of proxied, test.`)
    expect(south.seen).toEqual([])
  },
)

test('no hostile value is a context of any tool, and none is taken for another', async () => {
  const likeOne = [
    'proxied\u200b',
    'pro\u00adxied',
    '\uff50roxied',
    'PROXIED',
    'proxied,test',
    'proxied\u0000',
    'test/../proxied',
  ]
  const more = [...hostileStrings({ namespace, name: 'web' }), ...wrongTypes]
  const tools = (await listed(mcp)).filter(({ parameters }) => parameters.includes('context'))
  expect(tools.length).toBeGreaterThan(25)
  const requests = tools.flatMap(({ name }, row) => [
    ...[...hostileEight, ...likeOne].map((context) => ({ name, context })),
    // All of them at one tool, at each of the others a share.
    ...more.filter((_, index) => name === 'k8s_get' || index % 16 === row % 16).map((context) => ({ name, context })),
  ])
  for (const { name, context } of requests) {
    const { code, output } = await mcp.call(name, { context })
    expect(code, `${name} ${JSON.stringify(context)}`).toBe('InvalidArgument')
    expect(output).toMatch(/^InvalidArgument: context .* is not one of proxied, test\.$/s)
  }
  expect(south.seen).toEqual([])
}, 60_000)

describe('a write', () => {
  test('names its cluster in the effect, and in the undo; a grant for one is none for the other', async () => {
    await deploy('bound')
    const preview = await mcp.preview('k8s_scale', scale('bound', 'proxied'))
    expect(preview).toMatchObject({
      cluster: 'proxied',
      effect: {
        objects: [{ cluster: 'proxied' }],
        undo: { tool: 'k8s_scale', args: { replicas: 0, context: 'proxied' } },
      },
    })
    const there = await mcp.preview('k8s_scale', scale('bound', 'test'))
    expect(there.effect_digest).not.toBe(preview.effect_digest)
    south.seen.length = 0
    const grant = mcp.engine.grant({ tool: 'k8s_scale', args: scale('bound', 'proxied'), preview })
    const elsewhere = await mcp.call('k8s_scale', scale('bound', 'test'), { [metaKeys.grant]: grant })
    expect(elsewhere).toMatchObject({ code: 'Refused', data: { grant_error: 'wrong_arguments' } })
    // Nor does a grant whose arguments were changed along with it: what it would do is not what was approved.
    const moved = mcp.engine.grant({ tool: 'k8s_scale', args: scale('bound', 'test'), preview })
    const answer = await mcp.call('k8s_scale', scale('bound', 'test'), { [metaKeys.grant]: moved })
    expect(answer).toMatchObject({ code: 'Stale' })
    expect(south.seen).toEqual([])
  })

  test('is executed, verified and taken back where it was approved', async () => {
    await deploy('moved')
    const { preview, result } = await mcp.approveAndRun('k8s_scale', scale('moved', 'proxied'))
    expect(result).toMatchObject({ outcome: 'succeeded', objects: [{ ref: { cluster: 'proxied' } }] })
    // A status that moves under it has it sent once more.
    expect(south.writes().length).toBeGreaterThan(0)
    const { verification } = await mcp.verify('k8s_scale', scale('moved', 'proxied'), preview)
    expect(verification?.objects).toMatchObject([{ at: 'after', differences: [] }])
    const { undo } = preview.effect ?? {}
    if (undo === undefined || 'impossible' in undo) throw new Error('no undo')
    south.seen.length = 0
    expect((await mcp.approveAndRun(undo.tool, undo.args)).result).toMatchObject({ outcome: 'succeeded' })
    expect(south.writes().length).toBeGreaterThan(0)
  })
})

describe('in the mode that asks', () => {
  let asking: TestMcp
  beforeAll(async () => {
    asking = await startTestMcp(both, { env: { MCP_MODE: 'confirm' } })
  })
  afterAll(() => asking?.close())
  const requests = async (args: object) =>
    (await asking.rpc('tools/call', { name: 'k8s_scale', arguments: args })).body.result as {
      structuredContent?: { code: string; output: string }
      inputRequests?: Record<string, { params: { message: string } }>
    }

  test('a write says which cluster it is for', async () => {
    await deploy('asked')
    for (const context of [undefined, null]) {
      expect((await requests({ ...scale('asked'), context })).structuredContent).toMatchObject({
        code: 'InvalidArgument',
        output:
          'InvalidArgument: context is missing: this server has 2 clusters, and a write says which one it is for. It is one of proxied, test.',
      })
    }
  })

  test('the question begins with it, so that one for staging is not one for production', async () => {
    await deploy('named')
    const firstLine = async (context: string) => {
      const { inputRequests = {} } = await requests(scale('named', context))
      return Object.values(inputRequests)[0]?.params.message.split('\n')[0]
    }
    expect(await firstLine('test')).toMatch(/^Cluster test \(https:.*\), context test$/)
    expect(await firstLine('proxied')).toMatch(/^Cluster .* \(http.*\), context proxied$/)
  })
})

describe('which clusters there are', () => {
  const started = async (env: Record<string, string>, kubeconfig = both) => {
    const other = await startTestMcp(kubeconfig, { env })
    try {
      const { parameters = [] } = (await listed(other)).find(({ name }) => name === 'k8s_get') ?? {}
      return { cluster: (await other.call('k8s_get', get)).cluster, takesContext: parameters.includes('context') }
    } finally {
      await other.close()
    }
  }
  test('those that K8S_CONTEXT names, the first by default', async () => {
    expect(await started({ K8S_CONTEXT: 'proxied' })).toEqual({ cluster: 'proxied', takesContext: false })
    expect(await started({ K8S_CONTEXT: 'proxied, test' })).toEqual({ cluster: 'proxied', takesContext: true })
  })

  test('a context without its cluster is left out, unless it was asked for', async () => {
    const config: Kubeconfig = JSON.parse(await readFile(cluster.kubeconfig, 'utf8'))
    const broken = {
      ...config,
      contexts: [...config.contexts, { name: 'gone', context: { cluster: 'gone', user: 'x' } }],
    }
    const file = join(folder, 'broken')
    await writeFile(file, JSON.stringify(broken))
    expect(await started({}, file)).toEqual({ cluster: 'default', takesContext: false })
    await expect(startTestMcp(file, { env: { K8S_CONTEXT: 'gone' } })).rejects.toThrow(ConfigError)
  })

  test('readiness tells of each, and goes by the default one', async () => {
    const config: Kubeconfig = JSON.parse(await readFile(cluster.kubeconfig, 'utf8'))
    const file = join(folder, 'away')
    const away = {
      ...config,
      clusters: [...config.clusters, { name: 'away', cluster: { server: 'https://127.0.0.1:9' } }],
      contexts: [...config.contexts, { name: 'away', context: { cluster: 'away', user: 'admin' } }],
    }
    await writeFile(file, JSON.stringify(away))
    const half = await startTestMcp(file, { env: { MCP_TOOLSETS: 'k8s' } })
    try {
      const ready = await fetch(new URL('/health/ready', half.url))
      expect(ready.status).toBe(200)
      expect(await ready.json()).toMatchObject({
        checks: { kubernetes: 'ok', clusters: { test: 'ok', away: expect.stringContaining('ECONNREFUSED') } },
      })
      expect(await half.call('k8s_get', { ...get, context: 'away' })).toMatchObject({ code: 'Unavailable' })
    } finally {
      await half.close()
    }
    const none = await startTestMcp(file, { env: { K8S_CONTEXT: 'away', MCP_TOOLSETS: 'k8s' } })
    try {
      const ready = await fetch(new URL('/health/ready', none.url))
      expect(ready.status).toBe(503)
      expect(await ready.json()).toMatchObject({
        status: 'error',
        missing_tools: [],
        checks: { kubernetes: expect.stringContaining('ECONNREFUSED'), gate: { mode: 'grant' } },
      })
      expect((await fetch(new URL('/health', none.url))).status).toBe(200)
    } finally {
      await none.close()
    }
  })
})
