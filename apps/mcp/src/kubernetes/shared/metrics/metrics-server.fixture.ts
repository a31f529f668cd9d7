import type { Interference } from '../../../fixtures/recording-proxy.fixture.ts'

export type Sample = {
  name: string
  namespace?: string
  labels?: Record<string, string>
  containers?: [name: string, cpu: string, memory: string][]
}

/** Without versions it is registered and down. */
type Metrics = { versions: string[]; pods: Sample[]; nodes: (Sample & { cpu: string; memory: string })[] }

const requestPath = /^\/apis\/metrics\.k8s\.io\/([^/]+)\/(?:namespaces\/([^/]+)\/)?(pods|nodes)(?:\/([^/?]+))?(?:\?|$)/

const usage = (cpu: string, memory: string) => ({ cpu, memory })

const notFound = { kind: 'Status', status: 'Failure', reason: 'NotFound', message: 'not found', code: 404 }

/** Answers for metrics.k8s.io as a metrics server behind the API server would; the rest goes on to the API server. */
export function metricsServer({ versions, pods, nodes }: Metrics): Interference {
  const resource = (plural: string, kind: string, scope: string) => ({
    resource: plural,
    responseKind: { group: '', version: '', kind },
    scope,
    singularResource: '',
    verbs: ['get', 'list'],
  })
  const resources = [resource('nodes', 'NodeMetrics', 'Cluster'), resource('pods', 'PodMetrics', 'Namespaced')]
  const groups = {
    kind: 'APIGroupDiscoveryList',
    items: [{ metadata: { name: 'metrics.k8s.io' }, versions: versions.map((version) => ({ version, resources })) }],
  }
  const podMetrics = pods.map(({ name, namespace, labels = {}, containers = [] }) => ({
    kind: 'PodMetrics',
    metadata: { name, namespace, labels },
    containers: containers.map(([container, cpu, memory]) => ({ name: container, usage: usage(cpu, memory) })),
  }))
  const nodeMetrics = nodes.map(({ name, labels = {}, cpu, memory }) => ({
    kind: 'NodeMetrics',
    metadata: { name, labels },
    usage: usage(cpu, memory),
  }))
  return ({ path }, { answer }) => {
    if (path === '/apis') return answer(200, groups)
    if (path === '/apis/metrics.k8s.io') return answer(200, { kind: 'APIGroup' })
    const [, version = '', namespace, plural, name] = requestPath.exec(path) ?? []
    if (plural === undefined) return undefined
    if (!versions.includes(version)) return answer(404, notFound)
    const all = plural === 'nodes' ? nodeMetrics : podMetrics
    const labels = requestedLabels(path)
    const without = namespaceLeftOut(path)
    const here = all.filter(
      ({ metadata }) =>
        (namespace === undefined || ('namespace' in metadata && metadata.namespace === namespace)) &&
        !('namespace' in metadata && metadata.namespace === without) &&
        labels.every(([key, value]) => metadata.labels[key] === value),
    )
    if (name === undefined) return answer(200, { kind: 'MetricsList', metadata: {}, items: here })
    const one = here.find(({ metadata }) => metadata.name === name)
    if (one !== undefined) return answer(200, one)
    return answer(404, notFound)
  }
}

/** Of a selector of plain equalities. */
function requestedLabels(path: string): [key: string, value: string][] {
  const selector = new URL(path, 'http://localhost').searchParams.get('labelSelector') ?? ''
  return selector === '' ? [] : selector.split(',').map((part) => part.split('=') as [string, string])
}

function namespaceLeftOut(path: string): string | undefined {
  const selector = new URL(path, 'http://localhost').searchParams.get('fieldSelector') ?? ''
  return /^metadata\.namespace!=(.+)$/.exec(selector)?.[1]
}
