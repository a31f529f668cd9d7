import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startRecordingProxy } from '../../fixtures/recording-proxy.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { metricsServer, type Sample } from '../shared/metrics/metrics-server.fixture.ts'
import { k8sTopNodes } from './top-nodes.ts'
import { k8sTopPods } from './top-pods.ts'

let server: ApiServer
let namespace: string
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let tools: ReturnType<typeof readTools>

beforeAll(async () => {
  server = await sharedApiServer()
  namespace = await server.newNamespace('top')
  proxy = await startRecordingProxy(server)
}, 60_000)

afterAll(async () => {
  await proxy.close()
})

// What the API server serves is remembered, and each test has another server behind it.
beforeEach(() => {
  tools = readTools({ kubeconfig: proxy.kubeconfig, namespace })
  proxy.seen.length = 0
})
afterEach(() => tools.close())

function measured({ pods = [], versions = ['v1beta1'] }: { pods?: Sample[]; versions?: string[] }) {
  proxy.interfere(metricsServer({ versions, pods, nodes }))
}

const nodes = [
  { name: 'node-1', cpu: '800m', memory: '8Gi' },
  { name: 'node-2', cpu: '2000000000n', memory: '1024Mi' },
]

async function lines(args: object, tool = k8sTopPods): Promise<string[]> {
  return (await tools.run(tool, { ...args })).output.split('\n')
}

describe('pods', () => {
  const web = (): Sample[] => [
    {
      name: 'web',
      namespace,
      containers: [
        ['app', '12345678n', '24576Ki'],
        ['proxy', '40m', '10Mi'],
      ],
    },
    { name: 'db', namespace, containers: [['db', '1500m', '20Mi']] },
    { name: 'web', namespace: 'elsewhere', containers: [['app', '1m', '2Gi']] },
  ]

  test('by name, in m and Mi', async () => {
    measured({ pods: web() })
    expect(await lines({})).toEqual([
      'NAME   CPU(cores)   MEMORY(bytes)',
      'db     1500m        20Mi',
      'web    52m          34Mi',
    ])
    const { data, namespace: used, total_items } = await tools.run(k8sTopPods)
    expect({ rows: data?.rows, used, total_items }).toEqual({
      rows: [
        { NAME: 'db', 'CPU(cores)': '1500m', 'MEMORY(bytes)': '20Mi' },
        { NAME: 'web', 'CPU(cores)': '52m', 'MEMORY(bytes)': '34Mi' },
      ],
      used: namespace,
      total_items: 2,
    })
  })

  test('by what they use most, container by container, of all namespaces, without a header', async () => {
    measured({ pods: web() })
    expect(await lines({ sort_by: 'memory', no_headers: true })).toEqual(['web   52m     34Mi', 'db    1500m   20Mi'])
    expect(await lines({ show_containers: true, sort_by: 'CPU' })).toEqual([
      'POD   NAME    CPU(cores)   MEMORY(bytes)',
      'db    db      1500m        20Mi',
      'web   proxy   40m          10Mi',
      'web   app     12m          24Mi',
    ])
    expect(await lines({ all_namespaces: true, pod_name: 'web', sort_by: 'memory' })).toEqual([
      expect.stringMatching(/^NAMESPACE +NAME +CPU\(cores\) +MEMORY\(bytes\)$/),
      expect.stringMatching(/^elsewhere +web +1m +2048Mi$/),
      expect.stringMatching(/^top-\w+ +web +52m +34Mi$/),
    ])
  })

  test('those with the labels that are asked for', async () => {
    const pods = web().map((pod) => ({
      ...pod,
      labels: { app: pod.name, tier: pod.namespace === namespace ? 'a' : 'b' },
    }))
    measured({ pods })
    const named = async (args: object) =>
      (await lines({ no_headers: true, ...args })).map((line) => line.split(/ +/)[0])
    expect(await named({ label_selector: 'app=db' })).toEqual(['db'])
    expect(await named({ label_selector: 'app=web,tier=a' })).toEqual(['web'])
    expect(await named({ label_selector: 'app=web', all_namespaces: true })).toEqual(['elsewhere', namespace])
    expect(await lines({ label_selector: 'app=none' })).toEqual([`No running pods found in ${namespace} namespace.`])
  })

  test('one by its name, in v1 where that is served', async () => {
    measured({ pods: web(), versions: ['v1beta1', 'v1'] })
    expect(await lines({ pod_name: 'db' })).toEqual(['NAME   CPU(cores)   MEMORY(bytes)', 'db     1500m        20Mi'])
    expect(proxy.seen.at(-1)?.path).toBe(`/apis/metrics.k8s.io/v1/namespaces/${namespace}/pods/db`)
  })

  test('what is over the limit is cut after whole rows, and counted', async () => {
    const pods = Array.from({ length: 1500 }, (_, n) => ({
      name: `web-${String(n).padStart(4, '0')}`,
      namespace,
      containers: [['app', `${n}m`, '1Mi']] as Sample['containers'],
    }))
    measured({ pods })
    const { output, ...rest } = await tools.run(k8sTopPods, { sort_by: 'cpu' })
    expect(output.split('\n')[1]).toMatch(/^web-1499 /)
    expect(output.split('\n').at(-1)).toBe(
      '[truncated: showing 1000 of 1500 rows; narrow with namespace, pod_name or label_selector]',
    )
    expect(rest).toMatchObject({ truncated: true, total_items: 1500, returned_items: 1000 })
  })

  test('without samples it says whether there is anything to measure', async () => {
    requireNodes(server)
    measured({})
    expect(await lines({ label_selector: 'app=none' })).toEqual([`No running pods found in ${namespace} namespace.`])
    const path = `/api/v1/namespaces/${namespace}/pods`
    await server.request('POST', path, {
      metadata: { name: 'fresh' },
      spec: { containers: [{ name: 'app', image: 'nginx' }] },
    })
    await server.request('POST', path, {
      metadata: { name: 'nowhere' },
      spec: { nodeSelector: { nowhere: 'yes' }, containers: [{ name: 'app', image: 'nginx' }] },
    })
    await expect
      .poll(() => tools.refusal(k8sTopPods, { pod_name: 'fresh' }), { timeout: 15_000, interval: 100 })
      .toBe('Unavailable: metrics-server has no samples of pod "fresh" yet. Try again later.')
    expect(await tools.refusal(k8sTopPods, {})).toBe(
      'Unavailable: metrics-server has no samples of these pods yet. Try again later.',
    )
    expect(await tools.refusal(k8sTopPods, { pod_name: 'nowhere' })).toBe(
      'Unavailable: pod "nowhere" has no samples: its phase is Pending.',
    )
    expect(await tools.refusal(k8sTopPods, { pod_name: 'frehs' })).toMatch(
      /^NotFound: pod "frehs" .* Near names: fresh\.$/,
    )
  }, 30_000)
})

describe('nodes', () => {
  beforeAll(() => requireNodes(server))

  test('in per cent of what pods can have; one without a sample is unknown', async () => {
    measured({})
    const [header, ...rows] = await lines({}, k8sTopNodes)
    expect(header).toMatch(/^NAME +CPU\(cores\) +CPU\(%\) +MEMORY\(bytes\) +MEMORY\(%\)$/)
    // Other tests add nodes of their own to this cluster.
    expect(rows.filter((row) => /^node-[123] /.test(row))).toEqual([
      expect.stringMatching(/^node-1 +800m +10% +8192Mi +25%$/),
      expect.stringMatching(/^node-2 +2000m +25% +1024Mi +3%$/),
      expect.stringMatching(/^node-3 +<unknown> +<unknown> +<unknown> +<unknown>$/),
    ])
    const [first, second] = await lines({ sort_by: 'cpu', no_headers: true }, k8sTopNodes)
    expect([first, second]).toEqual([expect.stringMatching(/^node-2 /), expect.stringMatching(/^node-1 /)])
    expect(await lines({ node_name: 'node-1', no_headers: true }, k8sTopNodes)).toHaveLength(1)
  })

  test('those with the labels that are asked for', async () => {
    const labelled = (name: string) => ({ 'kubernetes.io/hostname': name })
    proxy.interfere(
      metricsServer({
        versions: ['v1beta1'],
        pods: [],
        nodes: nodes.map((node) => ({ ...node, labels: labelled(node.name) })),
      }),
    )
    const label_selector = 'kubernetes.io/hostname=node-2'
    expect(await lines({ label_selector, no_headers: true }, k8sTopNodes)).toEqual([
      expect.stringMatching(/^node-2 +2000m /),
    ])
  })

  test('none with a sample is told, and so is a name that is not there', async () => {
    measured({})
    expect(await tools.refusal(k8sTopNodes, { node_name: 'node-3' })).toBe(
      'Unavailable: metrics-server has no samples of node "node-3" yet. Try again later.',
    )
    expect(await tools.refusal(k8sTopNodes, { node_name: 'node-x' })).toMatch(/^NotFound: node "node-x" not found\./)
    expect(await lines({ label_selector: 'no=such' }, k8sTopNodes)).toEqual(['No resources found.'])
  })
})

test('a cluster without the API says so, and so does one whose metrics server is down', async () => {
  proxy.interfere(() => undefined)
  for (const tool of [k8sTopPods, k8sTopNodes])
    expect(await tools.refusal(tool, {})).toBe(
      'NotInstalled: metrics-server is not installed: the cluster does not serve metrics.k8s.io.',
    )
  measured({ versions: [] })
  expect(await tools.refusal(k8sTopPods, {})).toBe(
    'Unavailable: metrics.k8s.io is registered, but its server does not answer. Try again later.',
  )
})

test.each([
  [k8sTopPods, { pod_name: 'a', label_selector: 'b' }, 'pod_name and label_selector exclude each other.'],
  [k8sTopNodes, { node_name: 'a', label_selector: 'b' }, 'node_name and label_selector exclude each other.'],
  [k8sTopPods, { namespace: 'a', all_namespaces: true }, 'namespace and all_namespaces exclude each other.'],
  [k8sTopPods, { sort_by: 'name' }, 'sort_by "name" is not one of cpu, memory.'],
])('$name refuses %j', async (tool, args, sentence) => {
  expect(await tools.refusal(tool, args)).toBe(`InvalidArgument: ${sentence}`)
})
