import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireControllers } from '@fairlead/testing/cluster/require-controllers'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { letters, noNamespace, noType, spaced } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sDescribe } from './describe.ts'

describeTool(k8sDescribe, {
  minimal: { resource_type: 'pod', name: 'web' },
  good: ({ namespace }) => ({ resource_type: 'configmap', name: 'settings', namespace }),
  bad: [
    ['plain word', { name: spaced }, `name "${spaced}" contains a space. ${letters}`],
    ['name', { name: 'a%2fb' }, `name "a%2fb" is not a name. ${letters}`],
    ['type', { resource_type: 'pods,svc' }, noType('pods,svc')],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['required', { name: null }, 'name is required.'],
  ],
})

let server: ApiServer
let namespace: string
let tools: ReturnType<typeof readTools>

const container = {
  name: 'app',
  image: 'nginx:1.27',
  ports: [{ containerPort: 80 }],
  env: [
    { name: 'API_TOKEN', value: 'correct-horse-battery' },
    { name: 'MODE', value: 'fast' },
    { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
  ],
  resources: { requests: { cpu: '100m', memory: '64Mi' } },
}
const labels = { app: 'web' }

function template(simulate?: string) {
  return {
    metadata: { labels, ...(simulate && { annotations: { 'fairlead.dev/simulate': simulate } }) },
    spec: { containers: [container] },
  }
}

beforeAll(async () => {
  server = await sharedApiServer()
  namespace = await server.newNamespace('describe')
  tools = readTools({ kubeconfig: server.kubeconfig, namespace })
  const selector = { matchLabels: labels }
  await create('apps/v1', 'deployments', {
    metadata: { name: 'web' },
    spec: { replicas: 2, selector, template: template('crashloop') },
  })
  await create('v1', 'services', { metadata: { name: 'web' }, spec: { selector: labels, ports: [{ port: 80 }] } })
  await create('v1', 'secrets', {
    metadata: { name: 'db', annotations: { note: 'postgres://app:hunter2@db/shop' } },
    stringData: { password: 'correct-horse-battery' },
  })
  await create('v1', 'configmaps', { metadata: { name: 'conf' }, data: { long: 'x'.repeat(500), lines: 'a\nb' } })
  await create('v1', 'persistentvolumeclaims', {
    metadata: { name: 'disk' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  await create('batch/v1', 'jobs', {
    metadata: { name: 'job' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
  })
  await create('batch/v1', 'cronjobs', {
    metadata: { name: 'cron' },
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } } },
    },
  })
  await create('apps/v1', 'statefulsets', {
    metadata: { name: 'db' },
    spec: {
      serviceName: 'db',
      replicas: 1,
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [container] } },
    },
  })
  await create('apps/v1', 'daemonsets', {
    metadata: { name: 'agent' },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [container] } },
    },
  })
  await create('autoscaling/v2', 'horizontalpodautoscalers', {
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 4,
    },
  })
  await create('networking.k8s.io/v1', 'ingresses', {
    metadata: { name: 'web' },
    spec: {
      rules: [
        {
          host: 'shop.example',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
          },
        },
      ],
    },
  })
  await create('networking.k8s.io/v1', 'networkpolicies', {
    metadata: { name: 'deny' },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  })
  await create('rbac.authorization.k8s.io/v1', 'roles', {
    metadata: { name: 'shop:reader' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
  })
  await create('rbac.authorization.k8s.io/v1', 'rolebindings', {
    metadata: { name: 'reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'shop:reader' },
    subjects: [{ kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' }],
  })
  await create('v1', 'resourcequotas', { metadata: { name: 'most' }, spec: { hard: { pods: '50' } } })
  await create('coordination.k8s.io/v1', 'leases', { metadata: { name: 'turn' }, spec: { holderIdentity: 'me' } })
}, 60_000)

afterAll(() => tools.close())

async function create(apiVersion: string, plural: string, body: object) {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`
  const answer = await server.request('POST', `${root}/namespaces/${namespace}/${plural}`, body)
  expect(answer.status, JSON.stringify(answer)).toBe(201)
}

async function describe(resource_type: string, name: string): Promise<string> {
  return (await tools.run(k8sDescribe, { resource_type, name })).output
}

/** For what controllers have to do first, beside whatever else the machine does. */
const patiently = { timeout: 45_000, interval: 500 }

test('a Deployment shows its replicas, template, replica sets and the pods in trouble', async () => {
  requireNodes(server)
  await expect.poll(() => describe('deploy', 'web'), patiently).toMatch(/container "app": CrashLoopBackOff/)
  const output = await describe('deploy', 'web')
  expect(output).toMatch(/^Name: +web\nNamespace: +describe/)
  expect(output).toMatch(/Replicas: +2 desired, 2 total, 2 updated, 0 ready/)
  expect(output).toMatch(/Replica sets:\n +NAME .*\n +web-\w+ +1 +0\/2 +nginx:1.27/)
  expect(output).toMatch(/ScalingReplicaSet/)
  expect(output).toContain('API_TOKEN=***')
  expect(output).toContain('PASSWORD: secretKeyRef db/password')
  expect(output).not.toContain('correct-horse')
}, 60_000)

test('a pod shows its containers, their last end, and its events with how often', async () => {
  requireNodes(server)
  const list = await server.request('GET', `/api/v1/namespaces/${namespace}/pods?labelSelector=app=web`)
  const { items } = list.body as { items: { metadata: { name: string } }[] }
  const name = items[0]?.metadata.name ?? ''
  await expect.poll(() => describe('pod', name), patiently).toMatch(/Last state: +terminated: .*exit code 1/)
  const output = await describe('pod', name)
  expect(output).toMatch(/State: +waiting: CrashLoopBackOff/)
  expect(output).toMatch(/Controlled by: +ReplicaSet\/web-/)
  expect(output).toMatch(/Events:\n +TYPE +REASON +AGE +FROM +MESSAGE\n(.*\n)*.*BackOff/)
}, 60_000)

test('a node shows its pods with what they ask for, and the totals', async () => {
  requireNodes(server)
  const output = await describe('node', 'node-1')
  expect(output).toMatch(/Pods \(\d+\):\n +NAMESPACE +NAME +CPU REQUESTS/)
  expect(output).toMatch(/CPU requests: +\d+m \d+%/)
})

test('a Secret has its keys and their sizes alone, even where values may be shown', async () => {
  const revealing = readTools({ kubeconfig: server.kubeconfig, namespace, settings: { revealSecrets: true } })
  try {
    for (const { output } of [
      await tools.run(k8sDescribe, { resource_type: 'secret', name: 'db' }),
      await revealing.run(k8sDescribe, { resource_type: 'secret', name: 'db' }),
    ]) {
      expect(output).toMatch(/password: +\*\*\*\(21 bytes\)/)
      expect(output).not.toMatch(/correct-horse|hunter2|Y29ycmVjd/)
    }
  } finally {
    await revealing.close()
  }
})

test('values of a ConfigMap are cut', async () => {
  const output = await describe('cm', 'conf')
  expect(output).toContain(`long: ${'x'.repeat(200)}… (500 characters)`)
  expect(output).toContain('lines:\n    a\n    b')
})

test.each([
  ['svc', 'web', /Endpoints:\n +ADDRESS +READY +TARGET[^\n]*\n[^\n]*no +Pod\/web-/],
  ['sts', 'db', /Service: +db\n/],
  ['ds', 'agent', /Desired: +\d/],
  ['job', 'job', /Pods: +\d active, \d succeeded, \d failed/],
  ['cronjob', 'cron', /Schedule: +0 3 \* \* \*/],
  ['hpa', 'web', /Target: +Deployment\/web\n(.*\n)*?.*2 to 4/],
  ['ing', 'web', /shop\.example +\/ +Prefix +web:80/],
  ['netpol', 'deny', /Pods:\n +all pods of the namespace\nAllowed in:\n +nothing/],
  ['pvc', 'disk', /Requested: +1Gi/],
  ['role', 'shop:reader', /pods +core +<none> +<none> +get, list/],
  ['rolebinding', 'reader', /Role: +Role\/shop:reader\nSubjects:\n.*\n +User +ann/],
  ['sa', 'default', /Mountable secrets: +<none>/],
  ['lease', 'turn', /Spec:\n {2}holderIdentity: me/],
])(
  '%s has a layout of its own',
  async (type, name, expected) => {
    if (type === 'svc') requireNodes(server)
    await expect.poll(() => describe(type, name), patiently).toMatch(expected)
  },
  60_000,
)

test('storageclass has a layout of its own', async () => {
  requireNodes(server)
  const { body } = await server.request('GET', '/apis/storage.k8s.io/v1/storageclasses')
  const [standard] = (body as { items: { metadata: { name: string } }[] }).items
  expect(await describe('storageclass', standard?.metadata.name ?? '')).toMatch(/Default: +true\nProvisioner: +/)
})

test('a namespace shows its quotas', async () => {
  requireControllers(server)
  await expect.poll(() => describe('ns', namespace), patiently).toMatch(/most +pods +\d+ +50/)
}, 60_000)

test('colons are for names of roles', async () => {
  expect(await tools.refusal(k8sDescribe, { resource_type: 'pod', name: 'a:b' })).toMatch(
    /^InvalidArgument: name "a:b" contains ':'/,
  )
  expect(await tools.refusal(k8sDescribe, { resource_type: 'pod', name: 'x --server=https://h' })).toBe(
    "InvalidArgument: name \"x --server=https://h\" contains a space. A name has lower-case letters, digits, '-' and '.'.",
  )
})
