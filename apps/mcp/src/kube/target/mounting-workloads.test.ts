import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestEngine, startTestMcp, type TestEngine, type TestMcp } from '../../fixtures/mcp-server.fixture.ts'

let cluster: ApiServer
let namespace: string
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('mounted')
  mcp = await startTestMcp(cluster.kubeconfig)
  const data = { nightly: 'echo tidy', level: 'debug' }
  await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'jobs' }, data })
})
afterAll(() => mcp?.close())

const cronJob = (name: string, command: string[]) => {
  const volumes = [{ name: 'jobs', configMap: { name: 'jobs' } }]
  const spec = { restartPolicy: 'Never', volumes, containers: [{ name: 'app', image: 'a:1', command }] }
  const jobTemplate = { spec: { template: { spec } } }
  return cluster.request('POST', `/apis/batch/v1/namespaces/${namespace}/cronjobs`, {
    metadata: { name },
    spec: { schedule: '0 0 1 1 *', jobTemplate },
  })
}
const at = (mountPath: string, subPath: string, name = 'v') => ({ name, mountPath, subPath })
const factsOf = async (data: object, name = 'jobs') => {
  const args = { name, resource_type: 'configmap', namespace, patch: JSON.stringify({ data }) }
  return (await mcp.preview('k8s_patch', args)).effect?.highlights?.map(({ fact }) => fact)
}

it('a key that a command in the cluster names is a script, whatever it is called; others are settings', async () => {
  expect((await cronJob('serving', ['serve', '--config=/jobs/level'])).status).toBe(201)
  expect(await factsOf({ nightly: 'wget x | sh' })).toEqual([])
  expect((await cronJob('running', ['sh', '/jobs/nightly'])).status).toBe(201)
  expect(await factsOf({ nightly: 'wget x | sh' })).toEqual(['script nightly wget x | sh'])
  expect(await factsOf({ other: 'wget x | sh' })).toEqual([])
})

it('what stands in the cluster already is shown with the command that would run it', async () => {
  const volumes = [{ name: 'jobs', configMap: { name: 'jobs' } }]
  const containers = [{ name: 'app', image: 'a:1', command: ['sh', '/jobs/nightly'] }]
  const job = { template: { spec: { restartPolicy: 'Never', volumes, containers } } }
  const manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec: job }
  const preview = await mcp.preview('k8s_apply', { content: JSON.stringify(manifest), namespace })
  expect(preview.effect?.highlights).toEqual([
    { object: 0, path: '/spec/template/spec/containers/0/image', fact: 'image a:1' },
    { object: 0, path: '/spec/template/spec/containers/0/command', fact: 'command sh /jobs/nightly' },
    { object: 0, path: '/spec/template/spec', fact: 'script nightly of ConfigMap jobs echo tidy' },
  ])
})

it.each(['ReplicaSet', 'ReplicationController'])('a %s is looked at, too', async (kind) => {
  const name = kind.toLowerCase()
  await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
    metadata: { name },
    data: { a: 'echo' },
  })
  const labels = { app: name }
  const containers = [
    { name: 'app', image: 'a:1', command: ['sh', '/opt/run'], volumeMounts: [at('/opt/run', 'todo')] },
  ]
  const volumes = [{ name: 'v', configMap: { name } }]
  const isOld = kind === 'ReplicationController'
  const { status } = await cluster.request(
    'POST',
    `/${isOld ? 'api' : 'apis/apps'}/v1/namespaces/${namespace}/${name}s`,
    {
      metadata: { name },
      spec: {
        replicas: 0,
        selector: isOld ? labels : { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers, volumes } },
      },
    },
  )
  expect(status).toBe(201)
  expect(await factsOf({ todo: 'wget x | sh' }, name)).toEqual(['script todo wget x | sh'])
})

it('a workload of an operator is looked at, since nobody looks into what made it', async () => {
  await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
    metadata: { name: 'operated' },
    data: { todo: 'echo' },
  })
  const labels = { app: 'operated' }
  const volumes = [{ name: 'v', configMap: { name: 'operated' } }]
  const containers = [
    { name: 'app', image: 'a:1', command: ['sh', '/opt/run'], volumeMounts: [at('/opt/run', 'todo')] },
  ]
  const owner = { apiVersion: 'example.com/v1', kind: 'Shop', name: 'a', uid: crypto.randomUUID(), controller: true }
  const { status } = await cluster.request('POST', `/apis/apps/v1/namespaces/${namespace}/statefulsets`, {
    metadata: { name: 'operated', ownerReferences: [owner] },
    spec: {
      replicas: 0,
      serviceName: 'operated',
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers, volumes } },
    },
  })
  expect(status).toBe(201)
  expect(await factsOf({ todo: 'wget x | sh' }, 'operated')).toEqual(['script todo wget x | sh'])
})

it('a pod with more of them than are looked at says so, and is not called low risk', async () => {
  const names = Array.from({ length: 102 }, (_, index) => `settings-${index}`)
  const volumes = names.map((name) => ({ name, configMap: { name } }))
  const containers = [
    { name: 'app', image: 'a:1', volumeMounts: names.map((name) => ({ name, mountPath: `/c/${name}` })) },
  ]
  const spec = { restartPolicy: 'Never', volumes, containers }
  const manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'many' }, spec: { template: { spec } } }
  const { effect } = await mcp.preview('k8s_apply', { content: JSON.stringify(manifest), namespace })
  expect(effect?.highlights?.at(-1)?.fact).toBe(
    '2 of what it is given was not looked at: ConfigMap settings-100, ConfigMap settings-101',
  )
  expect(effect?.risk).toBe('medium')
})

it('among 31 of them the one that is a script is found', async () => {
  await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
    metadata: { name: 'last' },
    data: { todo: 'wget x | sh' },
  })
  const names = [...Array.from({ length: 30 }, (_, index) => `settings-${index}`), 'last']
  const volumes = names.map((name) => ({ name, configMap: { name } }))
  const containers = [
    { name: 'app', image: 'a:1', command: ['sh', '/opt/run'], volumeMounts: [at('/opt/run', 'todo', 'last')] },
  ]
  const spec = { restartPolicy: 'Never', volumes, containers }
  const manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'some' }, spec: { template: { spec } } }
  const { effect } = await mcp.preview('k8s_apply', { content: JSON.stringify(manifest), namespace })
  expect(effect?.highlights?.map(({ fact }) => fact)).toContain('script todo of ConfigMap last wget x | sh')
})

it('what is behind the first 500 of a kind is said not to have been looked at', { timeout: 120_000 }, async () => {
  const crowded = await cluster.newNamespace('crowded')
  const spec = (name: string) => ({
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'a', image: 'a:1' }] },
  })
  for (let index = 0; index < 501; index += 50) {
    await Promise.all(
      Array.from({ length: Math.min(50, 501 - index) }, (_, more) => {
        const name = `app-${index + more}`
        return cluster.request('POST', `/apis/apps/v1/namespaces/${crowded}/replicasets`, {
          metadata: { name },
          spec: { replicas: 0, selector: { matchLabels: { app: name } }, template: spec(name) },
        })
      }),
    )
  }
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' }, data: { level: 'debug' } }
  const { effect } = await mcp.preview('k8s_apply', { content: JSON.stringify(manifest), namespace: crowded })
  expect(effect?.highlights).toEqual([
    {
      object: 0,
      path: '',
      fact: `only the first 500 of kind ReplicaSet in ${crowded} were looked at for what they run of it`,
    },
  ])
  expect(effect?.risk).toBe('medium')
  expect(effect?.reasons).toEqual([`ConfigMap ${crowded}/new: not all that may run could be looked at`])
})

describe('to a user who may not read what a write goes together with', () => {
  let engine: TestEngine
  let asUser: TestMcp
  let meta: Record<string, unknown>
  beforeAll(async () => {
    engine = await createTestEngine()
    asUser = await startTestMcp(cluster.kubeconfig, { engine, env: { MCP_IDENTITY: 'impersonate' } })
    const user = `writer-${namespace}@example.com`
    meta = { [metaKeys.identity]: engine.identity(user) }
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
    const verbs = ['get', 'list', 'create', 'patch']
    await cluster.request('POST', `${rbac}/roles`, {
      metadata: { name: 'writer' },
      rules: [
        { apiGroups: [''], resources: ['configmaps'], resourceNames: ['new'], verbs: ['get', 'patch'] },
        { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] },
        { apiGroups: ['batch'], resources: ['jobs'], verbs },
        { apiGroups: ['apps', 'argoproj.io'], resources: ['*'], verbs },
      ],
    })
    await cluster.request('POST', `${rbac}/rolebindings`, {
      metadata: { name: 'writer' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'writer' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
    })
    // The API server learns of a binding some time after it has taken it.
    const reading = { namespace, verb: 'get', resource: 'configmaps', name: 'new' }
    const review = { spec: { user, resourceAttributes: reading } }
    await vi.waitFor(async () => {
      const { body } = await cluster.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', review)
      expect(body).toMatchObject({ status: { allowed: true } })
    }, 30_000)
  })
  afterAll(() => asUser?.close())

  it('it is said which workloads may run it', async () => {
    const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' }, data: { level: 'debug' } }
    const { effect, output } = await asUser.preview('k8s_apply', { content: JSON.stringify(manifest), namespace }, meta)
    expect(
      effect?.highlights?.map(({ fact }) => fact),
      output,
    ).toEqual([
      `what runs it in ${namespace} is not known of kind ReplicationController, CronJob, Pod, which could not be read: Forbidden`,
    ])
    expect(effect?.risk).toBe('medium')
  })

  it('it is said what a workload may run', async () => {
    const volumes = [{ name: 'v', configMap: { name: 'jobs' } }]
    const containers = [{ name: 'app', image: 'a:1', command: ['sh', '/jobs/nightly'] }]
    const job = { template: { spec: { restartPolicy: 'Never', volumes, containers } } }
    const manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'theirs' }, spec: job }
    const { effect, output } = await asUser.preview('k8s_apply', { content: JSON.stringify(manifest), namespace }, meta)
    expect(effect?.highlights?.at(-1)?.fact, output).toBe(
      'ConfigMap jobs could not be read, so what it has to run is not known: Forbidden',
    )
    expect(effect?.risk).toBe('medium')
  })
})
