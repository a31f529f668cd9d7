import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, expect, test } from 'vitest'
import { startTestMcp } from '../fixtures/mcp-server.fixture.ts'

let cluster: ApiServer
beforeAll(async () => {
  cluster = await sharedApiServer()
})

test('calls are counted by tool and result, names that nobody has under one', async () => {
  const env = { MCP_METRICS: 'true', MCP_AUTH_TOKEN: 'the-token' }
  const mcp = await startTestMcp(cluster.kubeconfig, { env })
  const headers = { authorization: 'Bearer the-token' }
  const metrics = (as: Record<string, string>) => fetch(new URL('/metrics', mcp.url), { headers: as })
  const call = (name: string, args: object) => mcp.rpc('tools/call', { name, arguments: args }, headers)
  try {
    await call('k8s_get', { resource_type: 'namespaces' })
    await call('k8s_get', { resource_type: 'namespaces' })
    await call('k8s_get', { resource_type: 'nonsense' })
    await call('made_up', {})
    expect((await metrics({})).status).toBe(401)
    const answer = await metrics(headers)
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=/)
    const text = await answer.text()
    expect(text).toContain('fairlead_mcp_calls_total{tool="k8s_get",code="ok"} 2\n')
    expect(text).toContain('fairlead_mcp_calls_total{tool="k8s_get",code="NotFound"} 1\n')
    expect(text).toContain('fairlead_mcp_calls_total{tool="unknown",code="NotFound"} 1\n')
    expect(text).toContain('fairlead_mcp_call_duration_seconds_count{tool="k8s_get"} 3\n')
    expect(text).toContain('fairlead_mcp_calls_in_flight 0\n')
    expect(text).not.toContain('made_up')
  } finally {
    await mcp.close()
  }
})

test('nobody asked for metrics, so there are none', async () => {
  const mcp = await startTestMcp(cluster.kubeconfig)
  try {
    expect((await fetch(new URL('/metrics', mcp.url))).status).toBe(404)
  } finally {
    await mcp.close()
  }
})
