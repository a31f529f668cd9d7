import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireHelm } from '@fairlead/testing/cluster/helm-path'
import { helmSettings, webChart } from '@fairlead/testing/helm/charts'
import { helmMajors } from '@fairlead/testing/helm/helm-majors'
import { type OciRegistry, startOciRegistry } from '@fairlead/testing/helm/oci-registry'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'

let api: ApiServer
let registry: OciRegistry
beforeAll(async () => {
  api = await sharedApiServer()
  requireHelm()
  registry = await startOciRegistry()
})
afterAll(() => registry?.[Symbol.asyncDispose]())

describe.each(helmMajors)('with helm %i', (major) => {
  let mcp: TestMcp
  beforeAll(async () => {
    const namespace = await api.newNamespace('oci')
    const env = { ...(await helmSettings(major, registry.url)), SSL_CERT_FILE: registry.caFile }
    mcp = await startTestMcp(api.kubeconfig, { env: { ...env, MCP_DEFAULT_NAMESPACE: namespace } })
  })
  afterAll(() => mcp?.close())

  it('a chart comes from a registry by its tag, its version or its digest', async () => {
    const repository = `teams/shop-${major}/web`
    await registry.push(repository, '1.0.0', webChart('1.0.0'))
    const digest = await registry.push(repository, '1.1.0', webChart('1.1.0'))
    const chart = `${registry.url}/${repository}`
    const byVersion = { release_name: 'web', chart, version: '1.0.0' }
    const installed = await mcp.approveAndRun('helm_install', byVersion)
    expect(installed.result.outcome, installed.result.output).toBe('succeeded')
    expect((await mcp.verify('helm_install', byVersion, installed.preview, 20)).verification?.verdict).toBe(
      'as_approved',
    )
    const upgraded = await mcp.approveAndRun('helm_upgrade', { release_name: 'web', chart: `${chart}@${digest}` })
    expect(upgraded.result.outcome, upgraded.result.output).toBe('succeeded')
    expect(upgraded.preview.output).toContain('1.1.0')
    const values = await mcp.call('helm_show_values', { chart: `${chart}:1.0.0` })
    expect(values.output).toContain('color: blue')
    expect(registry.requests.some((request) => request.startsWith(`GET /v2/${repository}/blobs/sha256:`))).toBe(true)
  }, 120_000)

  it('a tag that was moved since it was shown is stale, and nothing is written', async () => {
    const repository = `teams/moved-${major}/web`
    await registry.push(repository, '1.0.0', webChart())
    const args = { release_name: 'moved', chart: `${registry.url}/${repository}`, version: '1.0.0' }
    const preview = await mcp.preview('helm_install', args)
    expect(preview.error, preview.output).toBe(false)
    await registry.push(repository, '1.0.0', webChart('1.0.0', { 'templates/more.yaml': extra }))
    const grant = mcp.engine.grant({ tool: 'helm_install', args, preview })
    expect(await mcp.call('helm_install', args, { 'dev.fairlead/grant': grant })).toMatchObject({ outcome: 'stale' })
    expect((await mcp.call('helm_status', { release_name: 'moved' })).code).toBe('NotFound')
  }, 60_000)

  it('a chart that is not there, and a registry that nobody vouches for, are one sentence each', async () => {
    const chart = `${registry.url}/teams/nothing`
    const missing = await mcp.preview('helm_install', { release_name: 'a', chart, version: '1.0.0' })
    expect(missing.output).toMatch(/^NotFound: helm: .* The registry has no chart of that name and version\.$/)
    registry.isClosed = true
    const closed = await mcp.preview('helm_install', { release_name: 'a', chart, version: '1.0.0' })
    registry.isClosed = false
    expect(closed.output).toMatch(
      /^Unauthorized: helm: .* `helm registry login` where MCP_HELM_HOME of the tool server is\.$/,
    )
    const env = await helmSettings(major, registry.url)
    const stranger = await startTestMcp(api.kubeconfig, { env })
    try {
      const untrusted = await stranger.preview('helm_install', { release_name: 'a', chart, version: '1.0.0' })
      expect(untrusted.output).toMatch(/^Upstream: helm: .*unknown authority.*SSL_CERT_FILE of the tool server/)
      const elsewhere = await stranger.preview('helm_install', { release_name: 'a', chart: 'oci://127.0.0.1:1/x' })
      expect(elsewhere).toMatchObject({
        code: 'Refused',
        output: expect.stringContaining('MCP_HELM_ALLOWED_REGISTRIES'),
      })
    } finally {
      await stranger.close()
    }
  }, 60_000)
})

const extra = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra }\n'
