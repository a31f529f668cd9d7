import { randomBytes } from 'node:crypto'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireHelm } from '@fairlead/testing/cluster/helm-path'
import { helmSettings, startChartServer, webChart } from '@fairlead/testing/helm/charts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { startCollector } from './collector.fixture.ts'

const SERVER = 2
const CLIENT = 3

let cluster: ApiServer
let namespace: string
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let collector: Awaited<ReturnType<typeof startCollector>>
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('traced')
})
beforeEach(async () => {
  proxy = await startRecordingProxy(cluster)
  collector = await startCollector()
})
afterEach(async () => {
  await mcp?.close()
  await collector?.close()
  await proxy?.close()
})

async function startTraced(env: Record<string, string> = {}): Promise<void> {
  mcp = await startTestMcp(proxy.kubeconfig, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, ...env } })
}

/** All that was sent, by the end of the server at the latest. */
async function sentSpans() {
  await mcp.close()
  return collector.spans
}

function newParent() {
  const [traceId, id] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')]
  return { traceId, id, traceparent: `00-${traceId}-${id}-01` }
}

describe('with a collector', () => {
  it('a call is a span in the trace of its caller, and what it asks the API server is below it', async () => {
    await startTraced()
    const { traceId, id, traceparent } = newParent()
    const answer = await mcp.call('k8s_get', { resource_type: 'configmaps', namespace }, { traceparent })
    expect(answer.error, answer.output).toBe(false)
    const query = proxy.seen.find(({ path }) => path.includes(`/namespaces/${namespace}/configmaps`))

    const spans = (await sentSpans()).filter((span) => span.traceId === traceId)
    const [call] = spans.filter(({ kind }) => kind === SERVER)
    expect(call).toMatchObject({
      service: 'fairlead-mcp',
      parentId: id,
      name: 'tools/call k8s_get',
      attributes: {
        'mcp.method.name': 'tools/call',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'k8s_get',
        'fairlead.purpose': 'read',
      },
      isError: false,
    })
    const request = spans.find(({ attributes }) => String(attributes['url.path']).endsWith('/configmaps'))
    expect(request).toMatchObject({ kind: CLIENT, name: 'GET', parentId: call?.id, isError: false })
    expect(request?.attributes).toMatchObject({ 'http.response.status_code': 200 })
    // The API server can go on with the trace.
    expect(query?.headers.traceparent).toBe(`00-${traceId}-${request?.id}-01`)
    expect(collector.requests[0]).toMatchObject({ path: 'POST /v1/traces', type: 'application/x-protobuf' })
  })

  it('an approved write says by which call; what failed says how; a made-up name is in no span', async () => {
    await startTraced()
    const args = { content: `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v}}`, namespace }
    const { result } = await mcp.approveAndRun('k8s_apply', args)
    expect(result.outcome).toBe('succeeded')
    await mcp.call('k8s_get', { resource_type: 'nonsense' })
    await mcp.rpc('tools/call', { name: 'made_up', arguments: {} })

    const calls = (await sentSpans()).filter(({ kind }) => kind === SERVER)
    expect(calls.map(({ name, attributes, isError }) => [name, attributes['fairlead.purpose'], isError])).toEqual([
      ['tools/call k8s_apply', 'preview', false],
      ['tools/call k8s_apply', 'execute', false],
      ['tools/call k8s_get', 'read', true],
      ['tools/call unknown', undefined, true],
    ])
    expect(calls[1]?.attributes['fairlead.call_id']).toMatch(/^call_/)
    expect(calls[2]?.attributes['error.type']).toBe('NotFound')
    expect(new Set(calls.map(({ traceId }) => traceId)).size).toBe(4)
    expect(JSON.stringify(collector.spans)).not.toContain('made_up')
  })

  it('what helm asks the API server for is below the call that runs it', async () => {
    requireHelm()
    await using charts = await startChartServer({ 'web-1.0.0.tgz': webChart() })
    await startTraced(await helmSettings(4, charts.url))
    const { traceId, traceparent } = newParent()
    const args = { release_name: 'traced', chart: `${charts.url}/web-1.0.0.tgz`, namespace }
    const shown = await mcp.preview('helm_install', args, { traceparent })
    expect(shown.error, shown.output).toBe(false)
    const queries = proxy.seen.filter(({ userAgent }) => userAgent.endsWith(' preview'))
    expect(queries.length).toBeGreaterThan(0)
    const traced = (await sentSpans()).filter((span) => span.traceId === traceId && span.kind === CLIENT)
    const parents = traced.map(({ id }) => `00-${traceId}-${id}-01`)
    expect(queries.map(({ headers }) => headers.traceparent).filter((each) => !parents.includes(String(each)))).toEqual(
      [],
    )
  })

  it('a parent that is none begins a new trace, and one that is not sampled is left alone', async () => {
    await startTraced()
    const { traceId, id } = newParent()
    const get = (traceparent: unknown) => mcp.call('k8s_get', { resource_type: 'nodes' }, { traceparent })
    for (const wrong of ['', 'x'.repeat(9_000), '00-0-0-01', 7, [`00-${traceId}`], null]) {
      expect((await get(wrong)).error).toBe(false)
    }
    await get(`00-${traceId}-${id}-00`)
    const calls = (await sentSpans()).filter(({ kind }) => kind === SERVER)
    expect(calls).toHaveLength(6)
    expect(calls.every(({ parentId }) => parentId === '')).toBe(true)
  })
})

describe('without a collector', () => {
  it('one that is away holds up neither a call nor the end', async () => {
    await collector.close()
    await startTraced()
    const began = performance.now()
    expect((await mcp.call('k8s_get', { resource_type: 'nodes' })).error).toBe(false)
    await mcp.close()
    expect(performance.now() - began).toBeLessThan(10_000)
    collector = await startCollector()
  })

  it('one that refuses what it is sent does not keep the server from closing all that it has open', async () => {
    await collector.close()
    collector = await startCollector({ status: 404 })
    await startTraced()
    expect((await mcp.call('k8s_get', { resource_type: 'nodes' })).error).toBe(false)
    await mcp.close()
    expect(collector.requests).not.toEqual([])
  })

  it.each([
    ['none is named', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['all of OpenTelemetry is off', { OTEL_SDK_DISABLED: 'true' }],
  ])('%s: nothing is sent, and no request carries a trace', async (_what, env) => {
    await startTraced(env)
    await mcp.call('k8s_get', { resource_type: 'nodes' })
    expect(await sentSpans()).toEqual([])
    expect(collector.requests).toEqual([])
    expect(proxy.seen.map(({ headers }) => headers.traceparent)).toEqual(proxy.seen.map(() => undefined))
  })
})
