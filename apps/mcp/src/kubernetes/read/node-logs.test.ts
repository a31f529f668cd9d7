import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../../fixtures/recording-proxy.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { answersOfKubelet } from '../../fixtures/tools/kubelet-answers.fixture.ts'
import { kubeletOf } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sNodeLogs } from './node-logs.ts'

const form = 'A service has letters, digits, and .-_@:, a file begins with /.'

describeTool(k8sNodeLogs, {
  minimal: { node_name: 'node-1', query: 'kubelet' },
  good: ({ openNode }) => ({ node_name: openNode, query: 'kubelet' }),
  needs: 'kubelet',
  names: kubeletOf,
  bad: [
    ['name', { node_name: '../x' }, `node_name "../x" is not a name. ${letters}`],
    ['plain word', { query: '/../shadow' }, `query "/../shadow" is no service or file. ${form}`],
    ['plain word, a folder', { query: 'a/b' }, `query "a/b" is no service or file. ${form}`],
    ['number', { num_lines: 0 }, 'num_lines must be between 1 and 10000, got 0.'],
    [
      'time',
      { since: '5' },
      'since "5" is not a duration. A duration is a number and a unit, ms, s, m or h, as in 90s or 1h30m, more than 0 and at most 720h.',
    ],
  ],
})

describe('k8s_node_logs', () => {
  let api: ApiServer
  let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
  let mcp: TestMcp
  beforeAll(async () => {
    api = await sharedApiServer()
    proxy = await startRecordingProxy(api)
    mcp = await startTestMcp(proxy.kubeconfig, { env: { MCP_TOOLSETS: 'nodes' } })
  })
  afterAll(async () => {
    await mcp?.close()
    await proxy?.close()
  })
  const call = (args: Args) => mcp.call('k8s_node_logs', { node_name: 'node-1', query: 'kubelet', ...args })

  it('asks the kubelet for the newest lines, and shows no secret of them', async () => {
    proxy.interfere(
      answersOfKubelet((_, query) =>
        query.get('query') === 'kubelet'
          ? `tail ${query.get('tailLines')} since ${query.get('sinceTime')?.slice(0, 2)}\nAuthorization: Bearer abcdefghijklmnop\n`
          : 'a file\n'.repeat(5),
      ),
    )
    const { output } = await call({ num_lines: 7, since: '5m' })
    expect(output).toContain('tail 7 since 20')
    expect(output).not.toContain('abcdefghijklmnop')
    expect(await call({ query: '/auth.log', num_lines: 2 })).toMatchObject({ output: 'a file\na file', total_items: 2 })
    expect(proxy.seen.at(-1)?.path).toBe('/api/v1/nodes/node-1/proxy/logs/?query=%2Fauth.log')
  })

  it('of a node that answers no queries says what is missing', async () => {
    proxy.interfere(answersOfKubelet(() => undefined))
    expect(await call({})).toMatchObject({
      code: 'NotFound',
      output: expect.stringContaining('node "node-1" has no log "kubelet", or answers no queries for logs.'),
      hint: expect.stringContaining('NodeLogQuery'),
    })
  })

  it('is closed to a server that may not look everywhere: a kubelet tells of all that runs on its node', async () => {
    const limited = await startTestMcp(proxy.kubeconfig, { env: { MCP_TOOLSETS: 'nodes', MCP_NAMESPACES: 'shop' } })
    try {
      proxy.seen.length = 0
      for (const tool of ['k8s_node_logs', 'k8s_node_stats']) {
        const { output } = await limited.call(tool, {
          node_name: 'node-1',
          ...(tool === 'k8s_node_logs' && { query: 'kubelet' }),
        })
        expect(output).toBe('Refused: all namespaces are not open to this server, only shop: name one.')
      }
      expect(proxy.seen.filter(({ path }) => path.includes('/proxy/'))).toEqual([])
    } finally {
      await limited.close()
    }
  })
})
