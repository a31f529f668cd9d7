import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { kubernetes } from './family.ts'
import { hostileEight } from './fixtures/hostile-values.fixture.ts'
import { containers, makePod, runningIfItCan } from './fixtures/simulated-pod.fixture.ts'

/** Words that are taken as they are. */
const literal = hostileEight.slice(0, 5)
/** Taken literally, so most of these are fine there. */
const freeText = ['grep', 'exclude', 'continue_token', 'keyword', 'command', 'argv']
/** A document is judged as a whole by its tool. */
const documents = ['content', 'patch', 'changes']

let cluster: ApiServer
let namespace: string
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
/** By tool, arguments that break no rule; they need not lead to anything. */
let good: Record<string, Args>
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('hostile')
  proxy = await startRecordingProxy(cluster, (argv) => argv.map((word) => `[${word}]`).join(''))
  mcp = await startTestMcp(proxy.kubeconfig, { env: { MCP_DEFAULT_NAMESPACE: namespace } })
  const pod = { metadata: { name: 'web' }, spec: { containers: containers('app') } }
  await makePod(cluster, namespace, pod, runningIfItCan(cluster))
  good = {
    k8s_get: { resource_type: 'pods' },
    k8s_describe: { resource_type: 'pod', name: 'web' },
    k8s_logs: { pod_name: 'web' },
    k8s_events: {},
    k8s_diff: { content: 'a: b' },
    k8s_api_resources: {},
    k8s_explain: { resource_type: 'pods' },
    k8s_can_i: {},
    k8s_whoami: {},
    k8s_cluster_info: {},
    k8s_top_pods: {},
    k8s_top_nodes: {},
    wait_for_x_seconds: { seconds: 1 },
    k8s_rollout_status: { name: 'web' },
    k8s_rollout_history: { name: 'web', resource_type: 'deployment' },
    k8s_rollout_restart: { name: 'web' },
    k8s_rollout_undo: { resource_type: 'deployment', name: 'web' },
    k8s_apply: { content: 'a: b' },
    k8s_patch: { resource_type: 'deployment', name: 'web', patch: '{}' },
    k8s_revert: { changes: '[]' },
    k8s_scale: { resource_type: 'deployment', name: 'web', replicas: 3 },
    k8s_set_image: { resource_type: 'deployment', resource_name: 'web', container_images: 'app=nginx:1.27' },
    k8s_delete: { resource_type: 'pod', name: 'web' },
    k8s_cordon: { node_name: 'node-1' },
    k8s_uncordon: { node_name: 'node-1' },
    k8s_drain: { node_name: 'node-1' },
    k8s_exec: { pod_name: 'web', command: 'ls' },
    k8s_run_pod: { name: 'web', image: 'nginx:1.27' },
    k8s_port_forward: { resource_name: 'web', ports: '8080' },
  }
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
})
beforeEach(() => {
  proxy.seen.length = 0
})

const tools = kubernetes.tools.filter(({ needs }) => needs !== 'several-clusters')
/** Tool and parameter. */
const cases = tools.flatMap(({ name, inputSchema }) =>
  Object.keys(inputSchema.properties as object).map((parameter) => [name, parameter] as const),
)
const isWrite = (name: string) => tools.some((tool) => tool.name === name && tool.changes !== 'nothing')
/** A read is called; a write is previewed, however hostile `dry_run` itself is. */
const call = (name: string, args: Args) =>
  mcp.call(name, { ...good[name], ...args }, isWrite(name) ? { [metaKeys.preview]: true } : {})

test('every tool is here', () => {
  expect(Object.keys(good).toSorted()).toEqual(tools.map(({ name }) => name).toSorted())
})

test.each(cases.filter(([, parameter]) => ![...freeText, ...documents].includes(parameter)))(
  '%s refuses every hostile %s before anything is asked',
  async (name, parameter) => {
    for (const value of hostileEight) {
      expect(await call(name, { [parameter]: value }), JSON.stringify(value.slice(0, 20))).toMatchObject({
        code: 'InvalidArgument',
        output: expect.stringMatching(new RegExp(`^InvalidArgument: ${parameter} `)),
      })
    }
    expect(proxy.seen).toEqual([])
  },
)

test.each(cases.filter(([, parameter]) => freeText.includes(parameter)))(
  '%s refuses what even free text must not be as %s before anything is asked',
  async (name, parameter) => {
    const tooLong = { keyword: 201, continue_token: 20_000, grep: 501, exclude: 501 }[parameter] ?? 8_001
    const values =
      parameter === 'argv'
        ? [['a\u0000b'], [''], ['a'.repeat(tooLong)], Array(65).fill('a'), 'a b']
        : ['a\nb', 'a\u0000b', 'a'.repeat(tooLong), ...(['keyword', 'command'].includes(parameter) ? [''] : [])]
    for (const value of values) {
      const args = parameter === 'argv' ? { command: '', argv: value } : { [parameter]: value }
      expect(await call(name, args), JSON.stringify(value).slice(0, 30)).toMatchObject({ code: 'InvalidArgument' })
    }
    expect(proxy.seen).toEqual([])
  },
)

describe('free text arrives whole, as one value, and never as a flag', () => {
  const queryValues = (pattern: RegExp, parameter: string) =>
    proxy.seen
      .map(({ path }) => new URL(path, cluster.url))
      .filter(({ pathname }) => pattern.test(pathname))
      .map(({ searchParams }) => searchParams.getAll(parameter))

  test('the token of a page, at the API server', async () => {
    for (const value of literal) {
      await call('k8s_get', { continue_token: value, limit: 1 })
      expect(queryValues(/\/pods$/, 'continue').at(-1)).toEqual([value])
    }
  })

  test('the words of a command, at the stream into the pod', async () => {
    requireNodes(cluster)
    const approved = async (args: Args) => {
      const { preview, result } = await mcp.approveAndRun('k8s_exec', { ...good.k8s_exec, ...args })
      expect(result, preview.output).toMatchObject({ error: false })
      return result.output
    }
    for (const value of literal) {
      expect(await approved({ command: '', argv: [value, value] })).toBe(`[${value}][${value}]`)
      expect(await approved({ command: `'${value}'` })).toBe(`[${value}]`)
    }
    expect(await approved({ command: '', argv: ['a', 'a\nb', ''] })).toBe('[a][a\nb][]')
    expect(queryValues(/\/exec$/, 'command')).toEqual([
      ...literal.flatMap((value) => [[value, value], [value]]),
      ['a', 'a\nb', ''],
    ])
  })

  test('and in the manifest of a pod that is run', async () => {
    for (const value of literal) {
      const { effect, output } = await call('k8s_run_pod', { name: 'runner', command: `'${value}' '${value}'` })
      const [change] = effect?.objects[0]?.changes ?? []
      expect(change?.after, output).toMatchObject({ spec: { containers: [{ command: [value, value] }] } })
    }
  })

  test('what is looked for in a log is found as it stands, and left out as it stands', async () => {
    requireNodes(cluster)
    const logged = ['started', ...literal]
    proxy.interfere(({ path }, { say }) => {
      if (path.includes('/pods/web/log')) say(200, logged.map((line) => `${line}\n`).join(''))
    })
    const lines = async (args: Args) => (await call('k8s_logs', { group: false, ...args })).output.split('\n')
    for (const value of literal) {
      // A pattern, in which a point stands for any character.
      const found = logged.filter((line) => line.includes(value) || (value === '../x' && /..\/x/.test(line)))
      expect(found).toContain(value)
      expect(await lines({ grep: value })).toEqual(found)
      expect(await lines({ exclude: value })).toEqual(logged.filter((line) => !found.includes(line)))
    }
    proxy.interfere(() => undefined)
  })

  test('what is looked for is looked for as it stands', async () => {
    requireNodes(cluster)
    for (const value of literal) {
      expect(await call('k8s_api_resources', { keyword: value })).toMatchObject({ error: false })
      expect(await call('k8s_logs', { grep: value, exclude: value })).toMatchObject({
        output: 'No log lines in the selected window.',
      })
    }
  })
})
