import type { Sent } from './bare-servers.fixture.ts'

type Body = { [key: string]: unknown }
type Requests = { what: string; requestsIn(namespace: string): Sent[] }

const apply = 'application/apply-patch+yaml'
const merge = 'application/merge-patch+json'
const strategic = 'application/strategic-merge-patch+json'

const creation = (of: { namespace: string; group: string; plural: string; body: Body }): Sent => ({
  method: 'POST',
  path: `/${of.group}/namespaces/${of.namespace}/${of.plural}`,
  body: { apiVersion: of.group.replace(/^apis?\//, ''), ...of.body },
})

/** What the random sequences have once found the two servers to answer differently, in as few requests as show it. */
export const onceDifferent: readonly Requests[] = [
  {
    what: 'an empty map or list in the place of none in a NetworkPolicy',
    requestsIn: (namespace) => {
      const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`
      const policy = (spec: Body) => ({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'web' },
        spec,
      })
      const one = `${path}/web`
      return [
        { method: 'POST', path, body: policy({ podSelector: {} }) },
        { method: 'PUT', path: one, body: policy({ podSelector: {} }) },
        { method: 'PUT', path: one, body: policy({ podSelector: { matchLabels: {} } }) },
        { method: 'PUT', path: one, body: policy({ podSelector: {}, ingress: [] }) },
        { method: 'PATCH', path: one, contentType: merge, body: { spec: { podSelector: { matchLabels: {} } } } },
        { method: 'PATCH', path: one, contentType: strategic, body: { spec: { podSelector: { matchLabels: {} } } } },
        { method: 'PATCH', path: one, contentType: merge, body: { metadata: { labels: {} } } },
        {
          method: 'PATCH',
          path: `${one}?fieldManager=one`,
          contentType: apply,
          body: policy({ podSelector: { matchLabels: {} } }),
        },
        { method: 'PUT', path: one, body: policy({ podSelector: {}, egress: [{ to: [], ports: [] }] }) },
        { method: 'PUT', path: one, body: policy({ podSelector: {}, egress: [{}] }) },
        { method: 'PUT', path: one, body: policy({ podSelector: {}, egress: [{ to: [{ namespaceSelector: {} }] }] }) },
        { method: 'PUT', path: one, body: policy({ podSelector: {}, egress: [{ to: [{ namespaceSelector: {} }] }] }) },
      ]
    },
  },
  {
    what: 'a Service that is no longer asked to remember its clients',
    requestsIn: (namespace) => {
      const path = `/api/v1/namespaces/${namespace}/services`
      const service = (spec: Body) => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { ports: [{ port: 80 }], ...spec },
      })
      const one = `${path}/web`
      const applied = { method: 'PATCH', path: `${one}?fieldManager=one`, contentType: apply }
      return [
        { ...applied, body: service({ sessionAffinity: 'ClientIP' }) },
        { ...applied, body: service({}) },
        {
          method: 'PUT',
          path: one,
          body: service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: {} } }),
        },
        {
          method: 'PUT',
          path: one,
          body: service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } }),
        },
        { method: 'PATCH', path: one, contentType: merge, body: { spec: { sessionAffinity: 'None' } } },
        {
          method: 'PATCH',
          path: one,
          contentType: merge,
          body: { spec: { sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } } },
        },
      ]
    },
  },
  {
    what: 'an apply that two others stand against',
    requestsIn: (namespace) => {
      const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`
      const budget = (minAvailable: number) => ({
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'web' },
        spec: { minAvailable, selector: { matchLabels: { app: `web-${minAvailable}` } } },
      })
      const one = `${path}/web`
      return [
        { method: 'PATCH', path: `${one}?fieldManager=one`, contentType: apply, body: budget(1) },
        { method: 'PATCH', path: one, contentType: merge, body: { spec: { minAvailable: 2 } } },
        { method: 'PATCH', path: `${one}?fieldManager=two`, contentType: apply, body: budget(3) },
      ]
    },
  },
  {
    what: 'another template for a Job that has not begun',
    requestsIn: (namespace) => {
      const path = `/apis/batch/v1/namespaces/${namespace}/jobs`
      const affinity = (kind: string) => ({
        [kind]: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'Exists' }] }],
          },
        },
      })
      const job = (name: string, suspend: boolean) => ({
        method: 'POST',
        path,
        body: {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name },
          spec: {
            suspend,
            template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] } },
          },
        },
      })
      const template = (name: string, change: Body) => ({
        method: 'PATCH',
        path: `${path}/${name}`,
        contentType: strategic,
        body: { spec: { template: change } },
      })
      const startTime = { status: { startTime: '2026-01-02T03:04:05Z' } }
      return [
        job('waits', true),
        template('waits', { metadata: { annotations: { note: 'x' } } }),
        template('waits', { metadata: { labels: { tier: 'db' } } }),
        template('waits', { spec: { nodeSelector: { disktype: 'ssd' } } }),
        template('waits', { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } }),
        template('waits', { spec: { schedulingGates: [{ name: 'example.com/gate' }] } }),
        template('waits', { spec: { affinity: affinity('nodeAffinity') } }),
        template('waits', { spec: { containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }] } }),
        template('waits', { spec: { containers: [{ name: 'main', image: 'busybox:2' }] } }),
        template('waits', { spec: { terminationGracePeriodSeconds: 5 } }),
        job('runs', false),
        template('runs', { metadata: { annotations: { note: 'x' } } }),
        template('runs', { spec: { nodeSelector: { disktype: 'ssd' } } }),
        { method: 'PATCH', path: `${path}/waits/status`, contentType: merge, body: startTime },
        template('waits', { metadata: { annotations: { note: 'y' } } }),
      ]
    },
  },
  {
    what: 'a finalizer that does not say whose it is',
    requestsIn: (namespace) => {
      const metadata = { name: 'web', finalizers: ['text'] }
      const post = (group: string, plural: string, body: Body) =>
        creation({ namespace, group, plural, body: { metadata, ...body } })
      const selector = { matchLabels: { app: 'web' } }
      return [
        post('apis/policy/v1', 'poddisruptionbudgets', {
          kind: 'PodDisruptionBudget',
          spec: { maxUnavailable: '50%', selector },
        }),
        post('apis/coordination.k8s.io/v1', 'leases', { kind: 'Lease', spec: { holderIdentity: 'one' } }),
        post('apis/rbac.authorization.k8s.io/v1', 'roles', { kind: 'Role', rules: [] }),
        post('apis/discovery.k8s.io/v1', 'endpointslices', {
          kind: 'EndpointSlice',
          addressType: 'IPv4',
          endpoints: [],
        }),
        post('apis/autoscaling/v2', 'horizontalpodautoscalers', {
          kind: 'HorizontalPodAutoscaler',
          spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
        }),
        post('api/v1', 'endpoints', { kind: 'Endpoints' }),
        post('api/v1', 'configmaps', { kind: 'ConfigMap', data: { a: '1' } }),
        post('api/v1', 'resourcequotas', { kind: 'ResourceQuota', spec: { hard: { pods: '5' } } }),
      ]
    },
  },
  {
    what: 'a list or a map applied over the number of another manager, with force, and where none was',
    requestsIn: (namespace) => {
      const path = `/api/v1/namespaces/${namespace}/services`
      const service = (manager: string, targetPort: unknown, name = 'web'): Sent => ({
        method: 'PATCH',
        path: `${path}/${name}?fieldManager=${manager}`,
        contentType: apply,
        body: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name },
          spec: { clusterIP: 'None', ports: [{ port: 80, targetPort }], selector: { app: 'web' } },
        },
      })
      const values = [['a'], { a: 1 }, [], {}, true, 1.5, 3e10]
      return [
        service('one', 80),
        ...values.map((value) => service('two', value)),
        ...values.map((value) => service('two&force=true', value)),
        ...values.map((value) => service('one', value, 'new')),
        ...values.map((targetPort): Sent => {
          const metadata = { name: 'created' }
          const spec = { clusterIP: 'None', ports: [{ port: 80, targetPort }] }
          return { method: 'POST', path, body: { apiVersion: 'v1', kind: 'Service', metadata, spec } }
        }),
      ]
    },
  },
  {
    what: 'pods that are spread by no label, and last less than no time',
    requestsIn: (namespace) => {
      const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }
      const spec = {
        containers: [{ name: 'main', image: 'web:1' }],
        terminationGracePeriodSeconds: -1,
        topologySpreadConstraints: [
          spread,
          { ...spread, topologyKey: 'host', labelSelector: {} },
          { ...spread, topologyKey: 'rack', labelSelector: null },
        ],
      }
      const job = { template: { spec: { ...spec, restartPolicy: 'Never' } }, suspend: true }
      const post = (group: string, plural: string, kind: string, spec: Body) =>
        creation({ namespace, group, plural, body: { kind, metadata: { name: 'web' }, spec } })
      const cronJob = { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: job } }
      return [
        post('api/v1', 'pods', 'Pod', spec),
        post('apis/batch/v1', 'jobs', 'Job', job),
        post('apis/batch/v1', 'cronjobs', 'CronJob', cronJob),
      ]
    },
  },
  {
    what: 'ports and variables that stand twice in a container',
    requestsIn: (namespace) => {
      const path = `/api/v1/namespaces/${namespace}/pods`
      const port = { containerPort: 80, protocol: 'TCP' }
      const pod = (name: string, main: Body): Body => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { containers: [{ name: 'main', image: 'web:1', ...main }] },
      })
      const twoPorts = { ports: [{ ...port, name: 'a' }, { ...port, name: 'b' }, { containerPort: 81 }] }
      const twoVariables = {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
          { name: 'B', value: '3' },
        ],
      }
      const applied = (name: string, main: Body): Sent => ({
        method: 'PATCH',
        path: `${path}/${name}?fieldManager=two`,
        contentType: apply,
        body: pod(name, main),
      })
      const patched = (name: string, patch: Body): Sent => ({
        method: 'PATCH',
        path: `${path}/${name}`,
        contentType: 'application/merge-patch+json',
        body: patch,
      })
      return [
        { method: 'POST', path, body: pod('ports', twoPorts) },
        { method: 'POST', path, body: pod('variables', twoVariables) },
        patched('ports', { metadata: { labels: { a: '1' } } }),
        patched('variables', { metadata: { labels: { a: '1' } } }),
        applied('ports', {}),
        applied('variables', {}),
        applied('ports', { ports: [{ ...port, name: 'a' }] }),
        applied('variables', { env: [{ name: 'A', value: '1' }] }),
        applied('variables', { env: [{ name: 'B', value: '3' }] }),
        applied('new', twoPorts),
        applied('new', twoVariables),
      ]
    },
  },
  {
    what: 'a Service that is told every time what it ignores',
    requestsIn: (namespace) => {
      const path = `/api/v1/namespaces/${namespace}/services`
      const service = (labels: Body): Body => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', labels },
        spec: { clusterIP: 'None', ports: [{ port: 80 }], sessionAffinity: 'ClientIP' },
      })
      const one = `${path}/web`
      return [
        { method: 'POST', path, body: service({}) },
        { method: 'PUT', path: one, body: service({ a: '1' }) },
        { method: 'PATCH', path: one, contentType: merge, body: { metadata: { labels: { a: '2' } } } },
        { method: 'PUT', path: one, body: service({ a: '2' }) },
      ]
    },
  },
]
