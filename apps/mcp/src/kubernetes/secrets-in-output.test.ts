import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import { createLogger } from '@fairlead/service-kit/logger'
import { leakedPiece, type SecretInText, secretShapes } from '@fairlead/service-kit/redaction/secret-shapes.fixture'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { isOnSandbox } from '@fairlead/testing/cluster/is-on-sandbox'
import { requireControllers } from '@fairlead/testing/cluster/require-controllers'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { containers } from '../fixtures/tools/simulated-pod.fixture.ts'
import { metricsServer } from './shared/metrics/metrics-server.fixture.ts'

/** Each shape wherever an object can say it, so that every tool that tells of the object meets it. */
const planted = secretShapes()
const texts = Object.fromEntries(planted.map(({ text }, index) => [`note-${index}`, text]))
const all = planted.map(({ text }) => text).join('\n')

const owned = new AsyncDisposableStack()
const logged: string[] = []
let api: ApiServer
let namespace: string
let node: string
let group: string
let mcp: TestMcp
/** The same, before a cluster whose pods log and whose metrics say each shape. */
let measured: TestMcp

const post = async (path: string, body: unknown) => {
  const { status, body: answer } = await api.request('POST', path, body)
  if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(answer).slice(0, 500)}`)
  return answer as { metadata: { uid: string } }
}
const workload = (name: string) => ({
  metadata: { name, annotations: { ...texts, 'kubernetes.io/change-cause': all } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name }, annotations: texts },
      spec: {
        containers: [
          {
            name: 'app',
            image: 'nginx:1.27',
            args: Object.values(texts),
            env: planted.map(({ text }, index) => ({ name: `SETTING_${index}`, value: text })),
          },
        ],
      },
    },
  },
})

beforeAll(async () => {
  api = await sharedApiServer()
  namespace = await api.newNamespace('told')
  const noted = { metadata: { annotations: texts } }
  await api.request('PATCH', `/api/v1/namespaces/${namespace}`, noted, 'application/merge-patch+json')
  node = namespace
  group = `${namespace}.example.com`
  const core = `/api/v1/namespaces/${namespace}`
  await post(`${core}/configmaps`, { metadata: { name: 'settings', annotations: texts }, data: { ...texts, all } })
  await post(`/apis/apps/v1/namespaces/${namespace}/deployments`, workload('web'))
  const { metadata } = await post(`${core}/pods`, {
    metadata: { name: 'web', annotations: texts },
    spec: { containers: containers('app') },
  })
  const taints = [{ key: 'fairlead.dev/test', effect: 'NoExecute' }]
  await post('/api/v1/nodes', { metadata: { name: node, annotations: texts }, spec: { taints } })
  owned.defer(async () => void (await api.request('DELETE', `/api/v1/nodes/${node}`)))
  for (const [index, { text }] of planted.entries())
    await post(`${core}/events`, {
      metadata: { name: `web.${index}` },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'web', namespace, uid: metadata.uid },
      reason: 'Said',
      type: 'Warning',
      message: text,
      lastTimestamp: new Date().toISOString(),
    })
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const said = { type: 'string', description: all }
  await post(definitions, {
    metadata: { name: `tellers.${group}`, annotations: texts },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'tellers', singular: 'teller', kind: 'Teller' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          additionalPrinterColumns: [{ name: 'Said', type: 'string', jsonPath: '.said' }],
          schema: { openAPIV3Schema: { type: 'object', properties: { said } } },
        },
      ],
    },
  })
  owned.defer(async () => void (await api.request('DELETE', `${definitions}/tellers.${group}`)))
  const destination = { write: (line: string) => void logged.push(line) }
  const log = createLogger({ name: 'mcp', level: 'info', destination })
  mcp = await startTestMcp(api.kubeconfig, { log, env: { MCP_DEFAULT_NAMESPACE: namespace } })
  owned.defer(() => mcp.close())
  for (const [path, body] of described()) await post(path, body)
  await startMeasured(log)
})
afterAll(() => owned.disposeAsync())

async function startMeasured(log: ReturnType<typeof createLogger>) {
  const proxy = owned.adopt(await startRecordingProxy(api), (started) => started.close())
  const samples = Object.entries(texts).map(([name, text]) => ({ name, namespace, labels: { text }, text }))
  const metrics = metricsServer({
    versions: ['v1beta1'],
    pods: samples.map(({ text, ...sample }) => ({ ...sample, containers: [[text, '1m', '1Mi'] as const] })),
    nodes: [{ name: node, labels: { text: all }, cpu: '1m', memory: '1Mi' }],
  })
  proxy.interfere((seen, act) => {
    if (/\/pods\/web\/log\?/.test(seen.path)) return act.say(200, `starting\n${all}\nended\n`)
    return metrics(seen, act)
  })
  measured = await startTestMcp(proxy.kubeconfig, { log, env: { MCP_DEFAULT_NAMESPACE: namespace } })
  owned.defer(() => measured.close())
}

/** One object of each kind that has a layout of its own and is not made above, and one that has none. */
function described(): [path: string, body: unknown][] {
  const metadata = { name: 'told', annotations: texts }
  // Of the whole cluster: nobody else's, and gone with the test.
  const wide = { name: namespace, annotations: texts }
  const { template } = workload('told').spec
  const once = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } }
  const labelled = { selector: { matchLabels: { app: 'told' } }, template }
  const rbac = 'rbac.authorization.k8s.io'
  const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name: namespace }
  const subjects = Object.values(texts).map((name) => ({ kind: 'User', apiGroup: rbac, name }))
  const names = Object.values(texts)
  const inNamespace: [group: string, plural: string, body: object][] = [
    ['v1', 'services', { spec: { selector: { app: 'told' }, ports: [{ port: 80 }] } }],
    ['v1', 'secrets', { stringData: { ...texts, all } }],
    ['v1', 'serviceaccounts', {}],
    [
      'v1',
      'persistentvolumeclaims',
      { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
    ],
    ['apps/v1', 'replicasets', { spec: { replicas: 0, ...labelled } }],
    ['apps/v1', 'statefulsets', { spec: { replicas: 0, serviceName: 'told', ...labelled } }],
    [
      'apps/v1',
      'daemonsets',
      {
        spec: { ...labelled, template: { ...template, spec: { ...template.spec, nodeSelector: { nowhere: 'yes' } } } },
      },
    ],
    ['batch/v1', 'jobs', { spec: { suspend: true, template: once } }],
    [
      'batch/v1',
      'cronjobs',
      { spec: { suspend: true, schedule: '0 3 * * *', jobTemplate: { spec: { template: once } } } },
    ],
    [
      'autoscaling/v2',
      'horizontalpodautoscalers',
      { spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'told' }, maxReplicas: 4 } },
    ],
    [
      'networking.k8s.io/v1',
      'ingresses',
      {
        spec: {
          rules: [
            {
              http: {
                paths: names.map((text) => ({
                  path: `/${text}`,
                  pathType: 'ImplementationSpecific',
                  backend: { service: { name: 'told', port: { number: 80 } } },
                })),
              },
            },
          ],
        },
      },
    ],
    ['networking.k8s.io/v1', 'networkpolicies', { spec: { podSelector: {}, policyTypes: ['Ingress'] } }],
    [
      `${rbac}/v1`,
      'roles',
      { rules: [{ apiGroups: [''], resources: ['pods'], resourceNames: names, verbs: ['get'] }] },
    ],
    [`${rbac}/v1`, 'rolebindings', { roleRef, subjects }],
    ['coordination.k8s.io/v1', 'leases', { spec: { holderIdentity: all } }],
  ]
  const ofCluster: [group: string, plural: string, body: object][] = [
    [`${rbac}/v1`, 'clusterroles', { rules: [{ nonResourceURLs: names.map((text) => `/${text}`), verbs: ['get'] }] }],
    [`${rbac}/v1`, 'clusterrolebindings', { roleRef, subjects }],
    [
      'storage.k8s.io/v1',
      'storageclasses',
      { provisioner: 'example.com/none', parameters: texts, mountOptions: names },
    ],
    [
      'v1',
      'persistentvolumes',
      {
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          csi: { driver: 'example.com', volumeHandle: 'a', volumeAttributes: texts },
        },
      },
    ],
  ]
  const root = (group: string) => (group === 'v1' ? '/api/v1' : `/apis/${group}`)
  for (const [group, plural] of ofCluster)
    owned.defer(async () => void (await api.request('DELETE', `${root(group)}/${plural}/${namespace}`)))
  return [
    ...inNamespace.map(([group, plural, body]): [string, unknown] => [
      `${root(group)}/namespaces/${namespace}/${plural}`,
      { metadata, ...body },
    ]),
    ...ofCluster.map(([group, plural, body]): [string, unknown] => [
      `${root(group)}/${plural}`,
      { metadata: wide, ...body },
    ]),
  ]
}

function expectSilence(answers: readonly ToolAnswer[], about: string) {
  const answered = JSON.stringify([answers, logged])
  const leaks = planted.flatMap((secret: SecretInText) => {
    const piece = leakedPiece(answered, secret)
    return piece === undefined ? [] : [`${secret.shape}: ${piece}`]
  })
  expect(leaks, about).toEqual([])
}

const reads: [tool: string, args: Args][] = [
  ['k8s_get', { resource_type: 'pods', name: 'web', output: 'yaml' }],
  ['k8s_get', { resource_type: 'pods,deployments', output: 'json' }],
  ['k8s_get', { resource_type: 'configmaps', output: 'yaml' }],
  ['k8s_get', { resource_type: 'configmap', name: 'settings', output: 'json' }],
  ['k8s_get', { resource_type: 'deployments', output: 'wide' }],
  ['k8s_describe', { resource_type: 'pod', name: 'web' }],
  ['k8s_describe', { resource_type: 'configmap', name: 'settings' }],
  ['k8s_describe', { resource_type: 'deployment', name: 'web' }],
  ['k8s_events', {}],
  ['k8s_rollout_history', { resource_type: 'deployment', name: 'web' }],
  ['k8s_rollout_history', { resource_type: 'deployment', name: 'web', revision: 1 }],
  ['k8s_rollout_status', { name: 'web', timeout_seconds: 1 }],
  ['k8s_cluster_info', {}],
  ['k8s_whoami', {}],
  ['k8s_can_i', { verb: 'get', resource_type: 'pods' }],
  ['k8s_api_resources', {}],
  ['wait_for_x_seconds', { seconds: 0 }],
]

describe('a read tells no secret that an object says', () => {
  test.each(reads)('%s %j', async (tool, args) => {
    expectSilence([await mcp.call(tool, args)], tool)
  })

  test('nor that a node says', async () => {
    expectSilence([await mcp.call('k8s_describe', { resource_type: 'node', name: node })], 'k8s_describe')
    expectSilence([await mcp.call('k8s_get', { resource_type: 'node', name: node, output: 'yaml' })], 'k8s_get')
  })

  test.each(
    [
      ...['service', 'secret', 'serviceaccount', 'pvc', 'replicaset', 'statefulset', 'daemonset', 'job', 'cronjob'],
      ...['hpa', 'ingress', 'networkpolicy', 'role', 'rolebinding', 'lease'],
      ...['clusterrole', 'clusterrolebinding', 'storageclass', 'pv', 'namespace'],
    ].map((type) => [type]),
  )('nor that a %s says, described', async (type) => {
    const isWide = /^(cluster|storage|pv$|namespace)/.test(type)
    const answer = await mcp.call('k8s_describe', { resource_type: type, name: isWide ? namespace : 'told' })
    expect(answer, answer.output).toMatchObject({ error: false, output: expect.stringContaining('note-0=') })
    expectSilence([answer], type)
  })

  test.each<[tool: string, args: Args, harmless: RegExp]>([
    ['k8s_logs', { pod_name: 'web' }, /^starting\n(.*\n)*ended$/],
    ['k8s_logs', { pod_name: 'web', follow_seconds: 5 }, /^starting\n(.*\n)*ended/],
    ['k8s_logs', { pod_name: 'web', grep: '[0-9a-zA-Z+/]{8}' }, /^starting\n/],
    ['k8s_top_pods', {}, /^note-0 /m],
    ['k8s_top_pods', { show_containers: true }, /^note-0 /m],
    ['k8s_top_nodes', {}, /^told-\S+ +1m /m],
  ])('nor that a log or a measurement says: %s %j', async (tool, args, harmless) => {
    if (tool === 'k8s_logs') requireNodes(api)
    const answer = await measured.call(tool, args)
    expect(answer, answer.output).toMatchObject({ error: false, output: expect.stringMatching(harmless) })
    expectSilence([answer], tool)
  })

  test('nor that a definition says, or the columns of its objects', async () => {
    const path = `/apis/${group}/v1/namespaces/${namespace}/tellers`
    await expect.poll(async () => (await api.request('GET', path)).status, { timeout: 15_000 }).toBe(200)
    for (const [index, { text }] of planted.entries())
      await post(path, { apiVersion: `${group}/v1`, kind: 'Teller', metadata: { name: `t-${index}` }, said: text })
    const type = `tellers.${group}`
    const table = await mcp.call('k8s_get', { resource_type: type })
    expect(table.output).toMatch(/^NAME +SAID/)
    const explained = async () => mcp.call('k8s_explain', { resource_type: type, field: 'said' })
    await expect.poll(async () => (await explained()).error, { timeout: 15_000 }).toBe(false)
    expectSilence([table, await explained(), await mcp.call('k8s_explain', { resource_type: type })], 'k8s_explain')
    const crd = { resource_type: 'crd', name: type }
    expectSilence(
      [await mcp.call('k8s_get', { ...crd, output: 'yaml' }), await mcp.call('k8s_describe', crd)],
      'definition',
    )
  })

  test('nor that is written down in a manifest', async () => {
    const changed = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { ...texts, more: all },
    }
    expectSilence([await mcp.call('k8s_diff', { content: JSON.stringify(changed) })], 'k8s_diff')
  })
})

/** In this order: each finds what it needs. */
const writes: [tool: string, args: () => Args][] = [
  [
    'k8s_apply',
    () => ({ content: JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', ...workload('made') }) }),
  ],
  [
    'k8s_patch',
    () => ({ resource_type: 'configmap', name: 'settings', patch: JSON.stringify({ data: { all: `${all}\nmore` } }) }),
  ],
  ['k8s_patch', () => ({ resource_type: 'configmap', name: 'settings', patch: '{"data":{"note-1":null}}' })],
  ['k8s_scale', () => ({ resource_type: 'deployment', name: 'web', replicas: 1 })],
  ['k8s_scale', () => ({ resource_type: 'deployment', name: 'web', replicas: 0 })],
  ['k8s_set_image', () => ({ resource_type: 'deployment', resource_name: 'web', container_images: 'app=nginx:1.28' })],
  ['k8s_rollout_restart', () => ({ name: 'web' })],
  ['k8s_rollout_undo', () => ({ resource_type: 'deployment', name: 'web' })],
  ['k8s_cordon', () => ({ node_name: node })],
  ['k8s_drain', () => ({ node_name: node, timeout_seconds: 5 })],
  ['k8s_uncordon', () => ({ node_name: node })],
  ['k8s_run_pod', () => ({ name: 'runs', image: 'busybox:1', command: '', argv: ['echo', all], timeout_seconds: 1 })],
  ['k8s_delete', () => ({ resource_type: 'deployment', name: 'made', timeout_seconds: 5 })],
]
const intoPods: typeof writes = [
  ['k8s_exec', () => ({ pod_name: 'web', command: '', argv: ['printf', '%s', all] })],
  ['k8s_port_forward', () => ({ resource_name: 'web', ports: '8080' })],
]

describe('a write tells no secret in its preview, its answer, its verification or its undo', () => {
  test.each([...writes, ...(isOnSandbox() ? [] : intoPods)])('%s', { timeout: 30_000 }, async (tool, argsOf) => {
    if (intoPods.some(([name]) => name === tool)) requireNodes(api)
    if (tool === 'k8s_rollout_undo') requireControllers(api)
    const args = argsOf()
    const { preview, result } = await mcp.approveAndRun(tool, args)
    expect(preview, preview.output).toMatchObject({ error: false })
    const answers = [preview, result, await mcp.verify(tool, args, preview)]
    const { undo } = preview.effect ?? {}
    if (undo !== undefined && 'args' in undo) {
      const back = await mcp.preview(undo.tool, undo.args)
      answers.push(back)
      if (tool === 'k8s_patch') {
        expect(back, back.output).toMatchObject({ error: false })
        const grant = mcp.engine.grant({ tool: undo.tool, args: undo.args, preview: back })
        answers.push(await mcp.call(undo.tool, undo.args, { [metaKeys.grant]: grant }))
      }
    }
    expectSilence(answers, tool)
  })
})

test.each<[what: string, status: number, said: (text: string) => object]>([
  ['is refused', 422, (message) => ({ reason: 'Invalid', message })],
  ['gets no answer', 500, (reason) => ({ reason, message: 'etcdserver: leader changed' })],
])(
  'a write that %s once its dry run has passed tells no secret that it was answered',
  async (_, status, said) => {
    await using own = new AsyncDisposableStack()
    const proxy = own.adopt(await startRecordingProxy(api), (started) => started.close())
    const refused = await startTestMcp(proxy.kubeconfig, { env: { MCP_DEFAULT_NAMESPACE: namespace } })
    own.defer(() => refused.close())
    const args = { resource_type: 'configmap', name: 'settings', patch: '{"data":{"new":"text"}}' }
    for (const { shape, text } of planted) {
      const answer = { kind: 'Status', status: 'Failure', code: status, ...said(`\u001b[2Jno: ${text}`) }
      proxy.interfere(({ userAgent }, act) => (userAgent.includes(' call/') ? act.answer(status, answer) : undefined))
      const { result } = await refused.approveAndRun('k8s_patch', args)
      expect(result, shape).toMatchObject({ error: true, objects: [{ error: expect.stringContaining('no: ') }] })
      expect(JSON.stringify(result), shape).not.toContain('\\u001b')
      expectSilence([result], shape)
    }
  },
  60_000,
)
