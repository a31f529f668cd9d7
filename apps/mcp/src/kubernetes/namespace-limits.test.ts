import { randomBytes } from 'node:crypto'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestEngine, startTestMcp, type TestEngine, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { containers } from '../fixtures/tools/simulated-pod.fixture.ts'
import { metricsServer, type Sample } from './shared/metrics/metrics-server.fixture.ts'

let cluster: ApiServer
beforeAll(async () => {
  cluster = await sharedApiServer()
})
let mcp: TestMcp
afterEach(() => mcp?.close())

const configMap = (name: string, namespace: string) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { a: 'b' } })

test('outside of MCP_NAMESPACES nothing is read, previewed or written', async () => {
  const [open, closed] = [await cluster.newNamespace('open'), await cluster.newNamespace('closed')]
  mcp = await startTestMcp(cluster.kubeconfig, { env: { MCP_NAMESPACES: open } })
  const outside = `Refused: namespace ${closed} is not among those of MCP_NAMESPACES: ${open}.`
  const name = 'kube-root-ca.crt'
  for (const [tool, args] of [
    ['k8s_get', { resource_type: 'configmaps', namespace: closed }],
    ['k8s_get', { resource_type: 'configmaps', name, namespace: closed, output: 'yaml' }],
    ['k8s_describe', { resource_type: 'configmap', name, namespace: closed }],
    ['k8s_logs', { pod_name: 'web', namespace: closed }],
    ['k8s_rollout_status', { name: 'web', namespace: closed }],
    ['k8s_rollout_history', { name: 'web', resource_type: 'deployment', namespace: closed }],
    ['k8s_events', { namespace: closed }],
  ] as const) {
    expect(await mcp.call(tool, args)).toMatchObject({ error: true, code: 'Refused', output: outside })
  }
  for (const [tool, args] of [
    ['k8s_scale', { resource_type: 'deployment', name: 'web', replicas: 1, namespace: closed }],
    ['k8s_apply', { content: configMap('a', closed) }],
    ['k8s_delete', { resource_type: 'configmap', name, namespace: closed }],
  ] as const) {
    expect(await mcp.preview(tool, args)).toMatchObject({ error: true, code: 'Refused', output: outside })
  }
  for (const [tool, args] of [
    ['k8s_get', { resource_type: 'configmaps', all_namespaces: true }],
    ['k8s_events', { all_namespaces: true }],
    ['k8s_events', { kind: 'Node' }],
  ] as const) {
    expect(await mcp.call(tool, args)).toMatchObject({
      output: `Refused: all namespaces are not open to this server, only ${open}: name one.`,
    })
  }
  expect((await mcp.call('k8s_cluster_info', {})).output).toContain('Cluster services: <may not be read>')
  expect(await mcp.call('k8s_get', { resource_type: 'configmaps', namespace: open })).toMatchObject({ error: false })
  const { result } = await mcp.approveAndRun('k8s_apply', { content: configMap('a', open) })
  expect(result).toMatchObject({ outcome: 'succeeded' })
})

describe('a Namespace itself', () => {
  const manifest = (name: string) => JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  let engine: TestEngine
  let open: string
  let closed: string
  beforeEach(async () => {
    engine = await createTestEngine()
    open = await cluster.newNamespace('open')
    closed = await cluster.newNamespace('closed')
    mcp = await startTestMcp(cluster.kubeconfig, { engine, env: { MCP_NAMESPACES: open } })
  })
  afterEach(() => engine.remove())
  const outside = (name = closed) => ({
    error: true,
    code: 'Refused',
    output: `Refused: namespace ${name} is not among those of MCP_NAMESPACES: ${open}.`,
  })

  test('outside of MCP_NAMESPACES is not read', async () => {
    const namespace = { resource_type: 'namespace', name: closed }
    for (const [tool, args] of [
      ['k8s_get', namespace],
      ['k8s_get', { ...namespace, output: 'yaml' }],
      ['k8s_get', { resource_type: 'ns', field_selector: `metadata.name=${closed}` }],
      ['k8s_describe', namespace],
      ['k8s_diff', { content: manifest(closed) }],
    ] as const)
      expect(await mcp.call(tool, args), tool).toMatchObject(outside())
    for (const args of [{}, { output: 'json' }, { all_namespaces: true }, { label_selector: 'a=b' }]) {
      const answer = await mcp.call('k8s_get', { resource_type: 'namespaces', ...args })
      expect(answer.output).toBe(`Refused: all namespaces are not open to this server, only ${open}: name one.`)
    }
  })

  test('outside of MCP_NAMESPACES is not written, not even with a grant', async () => {
    const elsewhere = await startTestMcp(cluster.kubeconfig, { engine })
    const namespace = { resource_type: 'namespace', name: closed }
    const labelled = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: closed, labels: { a: 'b' } },
    })
    const ref = { cluster: 'default', apiVersion: 'v1', kind: 'Namespace', name: closed }
    try {
      for (const [tool, args, name] of [
        ['k8s_delete', namespace],
        ['k8s_patch', { ...namespace, patch: '{"metadata":{"labels":{"a":"b"}}}' }],
        ['k8s_apply', { content: labelled }],
        ['k8s_apply', { content: manifest(`${closed}-new`) }, `${closed}-new`],
        ['k8s_revert', { changes: JSON.stringify([{ ref, delete: true }]) }],
      ] as const) {
        expect(await mcp.preview(tool, args), tool).toMatchObject(outside(name))
        const preview = await elsewhere.preview(tool, args)
        const grant = engine.grant({ tool, args, preview })
        expect(await mcp.call(tool, args, { [metaKeys.grant]: grant }), tool).toMatchObject(outside(name))
        expect(await mcp.verify(tool, args, preview), tool).toMatchObject(outside(name))
      }
      const { body } = await cluster.request('GET', `/api/v1/namespaces/${closed}`)
      expect(body).toMatchObject({ metadata: { labels: expect.not.objectContaining({ a: 'b' }) } })
      expect(body).not.toHaveProperty('metadata.deletionTimestamp')
      expect(await cluster.request('GET', `/api/v1/namespaces/${closed}-new`)).toMatchObject({ status: 404 })
    } finally {
      await elsewhere.close()
    }
  })

  test('among MCP_NAMESPACES is read, changed, deleted and waited for', async () => {
    const namespace = { resource_type: 'namespace', name: open }
    expect(await mcp.call('k8s_get', namespace)).toMatchObject({ error: false })
    expect(await mcp.call('k8s_describe', namespace)).toMatchObject({ error: false })
    const labelling = { ...namespace, patch: '{"metadata":{"labels":{"a":"b"}}}' }
    const { preview, result } = await mcp.approveAndRun('k8s_patch', labelling)
    expect(result).toMatchObject({ outcome: 'succeeded' })
    // It stands outside of them, and says which cluster it is all the same.
    expect(preview.effect?.pins).toMatchObject({ cluster_uid: expect.any(String) })
    const deletion = { ...namespace, timeout_seconds: 1 }
    const deleted = await mcp.approveAndRun('k8s_delete', deletion)
    expect(deleted.result).toMatchObject({ outcome: 'succeeded' })
    expect(deleted.result.output).not.toContain('ended early')
    expect(await mcp.verify('k8s_delete', deletion, deleted.preview, 1)).toMatchObject({ error: false })
  })
})

describe('the namespace of the credentials', () => {
  let hidden: string
  const start = async () => {
    hidden = await cluster.newNamespace('credentials')
    mcp = await startTestMcp(cluster.kubeconfig, { env: { INTEGRATIONS_SECRET_NAMESPACE: hidden } })
  }
  const secret = (data: Record<string, string>) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: { name: 'jenkins-cred-0123456789abcdef0123', namespace: hidden },
      stringData: data,
    })

  test('is not read', async () => {
    await start()
    const refused = `Refused: namespace ${hidden} holds credentials of integrations; no tool reads there.`
    const get = { resource_type: 'configmaps', namespace: hidden }
    expect(await mcp.call('k8s_get', get)).toMatchObject({ code: 'Refused', output: refused })
    const name = 'kube-root-ca.crt'
    for (const [tool, args] of [
      ['k8s_get', { resource_type: 'configmaps,secrets', output: 'name' }],
      ['k8s_get', { resource_type: 'configmap', name, output: 'yaml' }],
      ['k8s_describe', { resource_type: 'configmap', name }],
      ['k8s_describe', { resource_type: 'secret', name: 'jenkins-cred-0' }],
      ['k8s_diff', { content: configMap('a', hidden) }],
      ['k8s_diff', { content: secret({ username: 'bot' }) }],
      ['k8s_events', {}],
      ['k8s_logs', { pod_name: 'web' }],
      ['k8s_rollout_status', { name: 'web' }],
      ['k8s_rollout_history', { name: 'web', resource_type: 'deployment' }],
      ['k8s_exec', { pod_name: 'web', command: 'ls' }],
    ] as const)
      expect(await mcp.call(tool, { ...args, namespace: hidden }), tool).toMatchObject({ code: 'Refused' })
  })

  describe('is left out over all namespaces', () => {
    let name: string
    let open: string
    const make = async (path: string, body: object) => {
      const { status } = await cluster.request('POST', path, body)
      expect(status).toBe(201)
    }
    beforeEach(async () => {
      await start()
      open = await cluster.newNamespace('open')
      name = `probe-${randomBytes(4).toString('hex')}`
    })
    /** In both, what a list by that name or label would find. */
    const inBoth = async (path: (namespace: string) => string, body: (namespace: string) => object) => {
      for (const namespace of [open, hidden]) await make(path(namespace), body(namespace))
    }

    test.each([null, 'wide', 'name', 'json', 'yaml'])('by k8s_get with output %s', async (output) => {
      await inBoth(
        (namespace) => `/api/v1/namespaces/${namespace}/configmaps`,
        (namespace) => ({ metadata: { name: `in-${namespace}`, labels: { probe: name } } }),
      )
      const args = { resource_type: 'configmaps', all_namespaces: true, label_selector: `probe=${name}`, output }
      const { error, output: text, data } = await mcp.call('k8s_get', args)
      expect(error).toBe(false)
      expect(text).toContain(`in-${open}`)
      expect(text).not.toContain(hidden)
      const isTable = output !== 'json' && output !== 'yaml'
      expect(data?.rows).toEqual(
        isTable ? [expect.objectContaining({ NAME: expect.stringContaining(`in-${open}`) })] : undefined,
      )
    })

    test('by k8s_events', async () => {
      await inBoth(
        (namespace) => `/api/v1/namespaces/${namespace}/events`,
        (namespace) => ({
          metadata: { name },
          involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name },
          type: 'Warning',
          reason: 'BackOff',
          message: `seen in ${namespace}`,
          lastTimestamp: new Date().toISOString(),
        }),
      )
      const { output, data } = await mcp.call('k8s_events', { kind: 'Pod', name, all_namespaces: true })
      expect(output).toContain(`Pod/${open}/${name}`)
      expect(output).not.toContain(hidden)
      expect(data?.rows).toEqual([expect.objectContaining({ MESSAGE: `seen in ${open}` })])
    })

    test('by k8s_describe of a node', async () => {
      const taints = [{ key: 'fairlead.dev/test', effect: 'NoExecute' }]
      await make('/api/v1/nodes', { metadata: { name }, spec: { taints } })
      try {
        await inBoth(
          (namespace) => `/api/v1/namespaces/${namespace}/pods`,
          (namespace) => ({
            metadata: { name: `on-${namespace}` },
            spec: { nodeName: name, containers: containers('app'), tolerations: [{ operator: 'Exists' }] },
          }),
        )
        const { output } = await mcp.call('k8s_describe', { resource_type: 'node', name })
        expect(output).toContain(`on-${open}`)
        expect(output).not.toContain(hidden)
      } finally {
        await cluster.request('DELETE', `/api/v1/nodes/${name}`)
      }
    })

    test('by k8s_top_pods', async () => {
      const proxy = await startRecordingProxy(cluster)
      const measured = await startTestMcp(proxy.kubeconfig, { env: { INTEGRATIONS_SECRET_NAMESPACE: hidden } })
      try {
        const pods = [open, hidden].map(
          (namespace): Sample => ({
            name: `in-${namespace}`,
            namespace,
            containers: [['app', '1m', '1Mi']],
          }),
        )
        proxy.interfere(metricsServer({ versions: ['v1beta1'], pods, nodes: [] }))
        const { output, data } = await measured.call('k8s_top_pods', { all_namespaces: true })
        expect(output).toContain(`in-${open}`)
        expect(output).not.toContain(hidden)
        expect(data?.rows).toHaveLength(1)
      } finally {
        await measured.close()
        await proxy.close()
      }
    })
  })

  test('is not read by a verification of what was never approved', async () => {
    await start()
    const ref = { cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', namespace: hidden, name: 'kube-root-ca.crt' }
    const objects = [
      {
        ...ref,
        action: 'update',
        changes: [
          { path: '/data', after: {} },
          { path: '/metadata', after: 'x' },
        ],
      },
    ]
    const request = { effect_digest: '0'.repeat(64), objects, pins: {}, wait_seconds: 0 }
    for (const [tool, args] of [
      ['k8s_apply', { content: secret({ username: 'bot' }) }],
      ['k8s_scale', { resource_type: 'deployment', name: 'web', replicas: 1, namespace: 'default' }],
    ] as const) {
      const answer = await mcp.call(tool, args, { [metaKeys.verify]: request })
      expect(answer, tool).toMatchObject({ error: true, code: 'Refused' })
      expect(JSON.stringify(answer)).not.toContain('CERTIFICATE')
    }
  })

  test('is not there for any other write, not even for the names of what it holds', async () => {
    await start()
    await mcp.approveAndRun('k8s_apply', { content: secret({ username: 'bot' }) })
    for (const [tool, args] of [
      ['k8s_patch', { resource_type: 'secret', name: 'jenkins-cred-0', patch: '{"data":{"a":"eA=="}}' }],
      ['k8s_scale', { resource_type: 'deployment', name: 'web', replicas: 1 }],
      ['k8s_set_image', { resource_type: 'pod', resource_name: 'web', container_images: 'a=b:1' }],
      ['k8s_run_pod', { name: 'web', image: 'nginx:1' }],
      ['k8s_exec', { pod_name: 'web', command: 'touch x' }],
      ['k8s_port_forward', { resource_name: 'web', ports: '80' }],
    ] as const) {
      const answer = await mcp.preview(tool, { ...args, namespace: hidden })
      expect(answer, tool).toMatchObject({ error: true, code: 'Refused' })
      expect(answer.output).not.toContain('0123456789abcdef')
    }
  })

  test('takes the Secret of one integration, granted, and nothing else', async () => {
    await start()
    const good = { content: secret({ username: 'bot', 'api-token': 'x'.repeat(20), url: 'https://jenkins.example' }) }
    const { preview, result } = await mcp.approveAndRun('k8s_apply', good)
    expect(result).toMatchObject({ outcome: 'succeeded' })
    expect(preview.effect).toMatchObject({ risk: 'high' })
    expect(JSON.stringify([preview, result])).not.toContain('x'.repeat(20))
    const otherKey = { content: secret({ username: 'bot', 'ca.crt': 'x' }) }
    for (const args of [otherKey, { content: configMap('a', hidden) }]) {
      const answer = await mcp.preview('k8s_apply', args)
      expect(answer).toMatchObject({ error: true, code: 'Refused' })
      expect(answer.output).toContain('credentials namespace')
    }
    const ungranted = await mcp.call('k8s_apply', good, {})
    expect(ungranted).toMatchObject({ code: 'Refused', data: { grant_error: 'missing' } })
  })
})

test('MCP_DISABLE_DESTRUCTIVE leaves every write out that is not marked as harmless', async () => {
  mcp = await startTestMcp(cluster.kubeconfig, { env: { MCP_DISABLE_DESTRUCTIVE: 'true' } })
  const { body } = await mcp.rpc('tools/list')
  const { tools } = body.result as { tools: { name: string; annotations: { destructiveHint?: boolean } }[] }
  const names = tools.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['k8s_describe', 'k8s_get', 'k8s_logs', 'k8s_rollout_status']))
  expect(tools.filter(({ annotations }) => annotations.destructiveHint !== false)).toEqual([])
  const scale = { resource_type: 'deployment', name: 'web', replicas: 1, namespace: 'default' }
  const grant = mcp.engine.grant({ tool: 'k8s_scale', args: scale, preview: { output: '', error: false } })
  expect(await mcp.call('k8s_scale', scale, { [metaKeys.grant]: grant })).toMatchObject({
    code: 'NotFound',
    output: 'NotFound: there is no tool "k8s_scale" here.',
  })
})
