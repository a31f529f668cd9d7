import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { hostileEight } from '../fixtures/tools/hostile-values.fixture.ts'
import { containers, makePod, runningIfItCan } from '../fixtures/tools/simulated-pod.fixture.ts'

/** Words that are taken as they are. */
const literal = hostileEight.slice(0, 5)
let cluster: ApiServer
let namespace: string
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('hostile')
  proxy = await startRecordingProxy(cluster, (argv) => argv.map((word) => `[${word}]`).join(''))
  mcp = await startTestMcp(proxy.kubeconfig, { env: { MCP_DEFAULT_NAMESPACE: namespace } })
  const pod = { metadata: { name: 'web' }, spec: { containers: containers('app') } }
  await makePod(cluster, namespace, pod, runningIfItCan(cluster))
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
})
beforeEach(() => {
  proxy.seen.length = 0
})

/** Arguments that break no rule. */
const good: Record<string, Args> = {
  k8s_get: { resource_type: 'pods' },
  k8s_logs: { pod_name: 'web' },
  k8s_exec: { pod_name: 'web', command: 'ls' },
  k8s_run_pod: { name: 'web', image: 'nginx:1.27' },
}
/** A read is called; a write is previewed. */
const call = (name: string, args: Args) =>
  mcp.call(name, { ...good[name], ...args }, name === 'k8s_run_pod' ? { [metaKeys.preview]: true } : {})

describe('free text arrives whole, as one value, and never as a flag', () => {
  const received = (pattern: RegExp, parameter: string) =>
    proxy.seen
      .map(({ path }) => new URL(path, cluster.url))
      .filter(({ pathname }) => pattern.test(pathname))
      .map(({ searchParams }) => searchParams.getAll(parameter))

  test('the token of a page, at the API server', async () => {
    for (const value of literal) {
      await call('k8s_get', { continue_token: value, limit: 1 })
      expect(received(/\/pods$/, 'continue').at(-1)).toEqual([value])
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
    expect(received(/\/exec$/, 'command')).toEqual([
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
