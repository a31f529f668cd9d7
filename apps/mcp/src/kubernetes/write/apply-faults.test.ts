import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { type ApiServerProxy, startApiServerProxy } from '@fairlead/testing/cluster/fault-proxy'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { semanticChanges } from '../../effect/semantic-changes.ts'
import { startTestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { clusterState } from '../../fixtures/tools/cluster-state.fixture.ts'
import { rolloutVerdict, untilObserved } from '../../fixtures/tools/workloads.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sApply } from './apply.ts'

let api: ApiServer
let proxy: ApiServerProxy
let namespace: string
let tools: ReturnType<typeof writeTools>

beforeAll(async () => {
  api = await sharedApiServer()
  proxy = await startApiServerProxy(api)
})
afterAll(() => proxy.close())
beforeEach(async () => {
  namespace = await api.newNamespace('faults')
  tools = writeTools({ kubeconfig: proxy.kubeconfig, namespace })
  proxy.interfere(() => ({ do: 'pass' }))
  return () => tools.close()
})

const configMap = (name: string, data: Record<string, string>) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })
const documents = (...texts: string[]) => texts.join('\n---\n')
const five = () => documents(...['a', 'b', 'c', 'd', 'e'].map((name) => configMap(name, { of: name })))
const isWrite = ({ method, path }: { method: string; path: string }) => method !== 'GET' && !path.includes('dryRun=All')
const status = (code: number, reason: string, message: string) => ({
  do: 'answer' as const,
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message },
})

/** A policy that lets a ConfigMap of that name be tried out, and never be made, in this namespace alone. */
const onlyDryRuns = (name: string) => ({
  failurePolicy: 'Fail',
  matchConstraints: {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
  },
  validations: [{ expression: `request.dryRun || object.metadata.name != '${name}'`, reason: 'Forbidden' }],
})
async function inForce(spec: object, work: () => Promise<void>): Promise<void> {
  const policies = '/apis/admissionregistration.k8s.io/v1'
  const metadata = { name: namespace }
  const [policy, binding] = [`${policies}/validatingadmissionpolicies`, `${policies}/validatingadmissionpolicybindings`]
  const made = [
    await api.request('POST', policy, { metadata, spec }),
    await api.request('POST', binding, { metadata, spec: { policyName: namespace, validationActions: ['Deny'] } }),
  ]
  try {
    expect(made.map(({ status }) => status)).toEqual([201, 201])
    const configMaps = `/api/v1/namespaces/${namespace}/configmaps`
    const refused = async () => {
      const { status } = await api.request('POST', configMaps, { metadata: { name: 'c' } })
      if (status === 201) await api.request('DELETE', `${configMaps}/c`)
      return status
    }
    await expect.poll(refused, { timeout: 10_000 }).toBe(403)
    await work()
  } finally {
    await api.request('DELETE', `${binding}/${namespace}`)
    await api.request('DELETE', `${policy}/${namespace}`)
  }
}

describe('an apply of several objects', () => {
  it('writes nothing when the dry run of one is refused', async () => {
    proxy.interfere(({ method, body }) =>
      method === 'POST' && body.includes('"name":"c"') ? status(403, 'Forbidden', 'no configmap c') : { do: 'pass' },
    )
    expect(await tools.refusal(k8sApply, { content: five() })).toMatch(/^Forbidden: no configmap c/)
    expect(Object.keys(await clusterState(api, namespace))).toEqual([
      'ConfigMap kube-root-ca.crt',
      'ServiceAccount default',
    ])
  })

  it('stops at the first that fails, and says of each what became of it', async () => {
    const approved = await tools.preview(k8sApply, { content: five() })
    proxy.interfere((request) =>
      isWrite(request) && request.body.includes('"name":"c"')
        ? status(403, 'Forbidden', 'admission webhook "w" denied the request')
        : { do: 'pass' },
    )
    const answer = await tools.run(k8sApply, { content: five() }, approved)
    expect(answer).toMatchObject({ outcome: 'failed', code: 'Forbidden', error: true })
    expect(answer.objects?.map(({ ref, outcome, error }) => [ref.name, outcome, error?.split(':')[0]])).toEqual([
      ['a', 'succeeded', undefined],
      ['b', 'succeeded', undefined],
      ['c', 'failed', 'Forbidden'],
      ['d', 'failed', 'NotStarted'],
      ['e', 'failed', 'NotStarted'],
    ])
    const state = await clusterState(api, namespace)
    expect(Object.keys(state)).toEqual(expect.arrayContaining(['ConfigMap a', 'ConfigMap b']))
    expect(state).not.toHaveProperty('ConfigMap c')
    expect(state).not.toHaveProperty('ConfigMap d')
  })

  it('stops at the one that an admission policy refuses once it is no dry run', async () => {
    const content = five()
    await inForce(onlyDryRuns('c'), async () => {
      const approved = await tools.preview(k8sApply, { content })
      expect(approved.effect).toMatchObject({ basis: 'server' })
      const answer = await tools.run(k8sApply, { content }, approved)
      expect(answer).toMatchObject({ outcome: 'failed', code: 'Forbidden', error: true })
      expect(answer.objects?.map(({ ref, outcome, error }) => [ref.name, outcome, error?.split(':')[0]])).toEqual([
        ['a', 'succeeded', undefined],
        ['b', 'succeeded', undefined],
        ['c', 'failed', 'Forbidden'],
        ['d', 'failed', 'NotStarted'],
        ['e', 'failed', 'NotStarted'],
      ])
    })
    const made = Object.keys(await clusterState(api, namespace)).filter((name) => name.startsWith('ConfigMap'))
    expect(made.toSorted()).toEqual(['ConfigMap a', 'ConfigMap b', 'ConfigMap kube-root-ca.crt'])
  })

  it('does not repeat a write whose answer was lost, and begins nothing after it', async () => {
    const approved = await tools.preview(k8sApply, { content: five() })
    proxy.requests.length = 0
    proxy.interfere((request) =>
      isWrite(request) && request.body.includes('"name":"b"') ? { do: 'lose-answer' } : { do: 'pass' },
    )
    const answer = await tools.run(k8sApply, { content: five() }, approved)
    expect(answer).toMatchObject({ outcome: 'unknown', code: 'Unknown' })
    expect(answer.objects?.map(({ outcome }) => outcome)).toEqual([
      'succeeded',
      'unknown',
      'failed',
      'failed',
      'failed',
    ])
    expect(proxy.requests.filter((request) => isWrite(request) && request.body.includes('"name":"b"'))).toHaveLength(1)
  })

  it('leaves an object alone that others changed after the first was written', async () => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`
    await tools.write(k8sApply, { content: configMap('b', { one: '1' }) })
    const content = documents(configMap('a', {}), configMap('b', { one: '2' }))
    const approved = await tools.preview(k8sApply, { content })
    proxy.interfere(async (request) => {
      if (isWrite(request) && request.body.includes('"name":"a"')) {
        await api.request(
          'PATCH',
          `${path}/b?fieldManager=fairlead-edit`,
          { data: { one: '7' } },
          'application/merge-patch+json',
        )
      }
      return { do: 'pass' }
    })
    const answer = await tools.run(k8sApply, { content }, approved)
    expect(answer.objects?.map(({ outcome, error }) => [outcome, error?.split(':')[0]])).toEqual([
      ['succeeded', undefined],
      ['failed', 'Stale'],
    ])
    expect((await clusterState(api, namespace))['ConfigMap b']).toMatchObject({ data: { one: '7' } })
  })
})

it('finishes a creation that somebody touched before its fields were moved', async () => {
  const path = `/api/v1/namespaces/${namespace}/configmaps/a`
  const args = { content: configMap('a', { one: '1' }) }
  const approved = await tools.preview(k8sApply, args)
  let isFirst = true
  proxy.interfere(async (request) => {
    if (isFirst && isWrite(request) && request.method === 'PATCH') {
      isFirst = false
      await api.request('PATCH', path, { metadata: { annotations: { touched: 'x' } } }, 'application/merge-patch+json')
    }
    return { do: 'pass' }
  })
  const answer = await tools.run(k8sApply, args, approved)
  expect(answer).toMatchObject({ outcome: 'succeeded', output: 'configmap/a created' })
  const { body } = await api.request('GET', path)
  const owners = (body as { metadata: { managedFields: { manager: string; operation: string }[] } }).metadata
    .managedFields
  expect(owners.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual([
    'fairlead Apply',
    'unknown Update',
  ])
})

describe('a creation whose fields cannot be moved', () => {
  const leftUndone = (name: string) =>
    `ConfigMap ${namespace}/${name}: it was created, but its fields could not be made those of an apply`
  const isThere = async (name: string) =>
    (await api.request('GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`)).status === 200

  it('has succeeded for a user who may create and not patch, and says so', async () => {
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
    const metadata = { name: 'creator' }
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'create'] }]
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'creator' }
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: namespace }]
    expect((await api.request('POST', `${rbac}/roles`, { metadata, rules })).status).toBe(201)
    expect((await api.request('POST', `${rbac}/rolebindings`, { metadata, roleRef, subjects })).status).toBe(201)
    const mcp = await startTestMcp(await api.user(namespace))
    try {
      const args = { content: documents(configMap('a', { one: '1' }), configMap('b', { one: '1' })), namespace }
      await expect.poll(async () => (await mcp.preview('k8s_apply', args)).error, { timeout: 10_000 }).toBe(false)
      const { preview, result } = await mcp.approveAndRun('k8s_apply', args)
      expect(result).toMatchObject({
        outcome: 'succeeded',
        error: false,
        objects: ['a', 'b'].map((name) => ({ outcome: 'succeeded', ref: { name, uid: expect.any(String) } })),
        warnings: ['a', 'b'].map((name) => expect.stringContaining(leftUndone(name))),
      })
      expect(result.output).toMatch(/^configmap\/a created\nconfigmap\/b created\nWarning: /)
      expect(result.output).toMatch(/Forbidden: .*cannot patch resource "configmaps"/)
      expect((await mcp.verify('k8s_apply', args, preview)).verification).toMatchObject({ verdict: 'as_approved' })
    } finally {
      await mcp.close()
    }
  })

  it('has succeeded when it is overtaken each time, and the next apply moves them', async () => {
    const path = `/api/v1/namespaces/${namespace}/configmaps/a`
    const args = { content: configMap('a', { one: '1', two: '2' }) }
    const approved = await tools.preview(k8sApply, args)
    let touches = 0
    proxy.interfere(async (request) => {
      if (isWrite(request) && request.method === 'PATCH') {
        const metadata = { annotations: { touched: String(++touches) } }
        await api.request('PATCH', path, { metadata }, 'application/merge-patch+json')
      }
      return { do: 'pass' }
    })
    expect(await tools.run(k8sApply, args, approved)).toMatchObject({ outcome: 'succeeded', tries: 6 })
    expect(touches).toBe(6)
    expect(tools.warnings).toEqual([expect.stringContaining(leftUndone('a'))])
    proxy.interfere(() => ({ do: 'pass' }))
    expect((await tools.write(k8sApply, { content: configMap('a', { two: '2' }) })).answer.outcome).toBe('succeeded')
    expect((await clusterState(api, namespace))['ConfigMap a']).toMatchObject({ data: { two: '2' } })
    expect((await clusterState(api, namespace))['ConfigMap a']).not.toHaveProperty('data.one')
  })

  it('is not made once more, and fails, when it has gone by then', async () => {
    const args = { content: documents(configMap('a', { one: '1' }), configMap('b', { one: '1' })) }
    const approved = await tools.preview(k8sApply, args)
    let writes = 0
    proxy.interfere(async (request) => {
      if (!isWrite(request)) return { do: 'pass' }
      writes++
      if (request.method === 'PATCH') await api.request('DELETE', `/api/v1/namespaces/${namespace}/configmaps/a`)
      return { do: 'pass' }
    })
    const answer = await tools.run(k8sApply, args, approved)
    expect(answer.objects?.map(({ outcome }) => outcome)).toEqual(['failed', 'failed'])
    expect([writes, await isThere('a'), await isThere('b')]).toEqual([2, false, false])
    expect(tools.warnings).toEqual([])
  })
})

it('finishes a change whose status moves between the move of its fields and the apply', async () => {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`
  const ofImage = (image: string) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image }] } },
    },
  })
  const made = await api.request('POST', `${path}?fieldManager=kubectl-client-side-apply`, ofImage('nginx:1.25'))
  expect(made.status).toBe(201)
  await untilObserved(api, namespace, 'Deployment', 'web')
  const args = { content: JSON.stringify(ofImage('nginx:1.27')) }
  const approved = await tools.preview(k8sApply, args)
  let applies = 0
  proxy.interfere(async (request) => {
    if (isWrite(request) && request.headers['content-type'] === 'application/apply-patch+yaml' && ++applies === 1) {
      const status = { status: { collisionCount: 1 } }
      await api.request('PATCH', `${path}/web/status`, status, 'application/merge-patch+json')
    }
    return { do: 'pass' }
  })
  expect(await tools.run(k8sApply, args, approved)).toMatchObject({ outcome: 'succeeded', tries: 2 })
  expect(applies).toBe(2)
  const { verdict, seconds } = rolloutVerdict(api)
  expect(await tools.verify(k8sApply, args, approved, seconds)).toMatchObject({ verdict })
})

describe('where a webhook forbids dry runs', () => {
  const forbidDryRun = () =>
    proxy.interfere(({ path }) =>
      path.includes('dryRun=All')
        ? status(400, 'BadRequest', 'admission webhook "w" does not support dry run')
        : { do: 'pass' },
    )
  const deployment = (spec: Record<string, unknown>, container: Record<string, unknown>) =>
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'app', image: 'nginx:1.25', ports: [{ containerPort: 80 }], ...container }] },
        },
        ...spec,
      },
    })

  it('computes a change as the server will make it', async () => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`
    await tools.write(k8sApply, {
      content: deployment(
        { minReadySeconds: 5 },
        {
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
          args: ['x'],
        },
      ),
    })
    const sidecar = { spec: { template: { spec: { containers: [{ name: 'mesh', image: 'mesh:1' }] } } } }
    await api.request('PATCH', path, sidecar, 'application/strategic-merge-patch+json')
    const before = await clusterState(api, namespace)
    const args = {
      content: deployment(
        {},
        {
          env: [
            { name: 'B', value: '3' },
            { name: 'C', value: '4' },
          ],
          args: ['y', 'z'],
        },
      ),
    }
    const wouldBe = await tools.preview(k8sApply, args)
    forbidDryRun()
    const { effect, answer } = await tools.write(k8sApply, args)
    expect(effect).toMatchObject({ basis: 'computed', risk: 'medium' })
    expect(effect.reasons).toContain('a webhook forbids trying it out')
    expect(answer.outcome).toBe('succeeded')
    expect(effect.objects[0]?.changes).toEqual(wouldBe.effect.objects[0]?.changes)
    const after = await clusterState(api, namespace)
    expect(semanticChanges(before['Deployment web'], after['Deployment web'])).toEqual(effect.objects[0]?.changes)
    expect(after['Deployment web']).not.toHaveProperty('spec.minReadySeconds')
  })

  it('computes the same as the server, for random changes', { timeout: 60_000 }, async () => {
    const options = { noNullPrototype: true, requiredKeys: [] }
    const named = (value: fc.Arbitrary<string>) =>
      fc.uniqueArray(fc.record({ name: fc.constantFrom('A', 'B', 'C'), value }, { noNullPrototype: true }), {
        maxLength: 3,
        selector: ({ name }) => name,
      })
    const container = fc.record(
      {
        image: fc.constantFrom('nginx:1.25', 'nginx:1.27'),
        env: named(fc.constantFrom('1', '2')),
        args: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
        ports: fc.uniqueArray(
          fc.constantFrom(80, 90).map((containerPort) => ({ containerPort, protocol: 'TCP' })),
          {
            maxLength: 2,
            selector: ({ containerPort }) => containerPort,
          },
        ),
      },
      options,
    )
    const spec = fc.record(
      { replicas: fc.constantFrom(1, 2), paused: fc.constant(true), minReadySeconds: fc.integer({ min: 1, max: 9 }) },
      options,
    )
    await fc.assert(
      fc.asyncProperty(spec, container, spec, container, async (firstSpec, firstContainer, nextSpec, nextContainer) => {
        proxy.interfere(() => ({ do: 'pass' }))
        await tools.write(k8sApply, { content: deployment(firstSpec, firstContainer), force_conflicts: true })
        const args = { content: deployment(nextSpec, nextContainer), force_conflicts: true }
        const onServer = await tools.preview(k8sApply, args)
        forbidDryRun()
        const here = await tools.preview(k8sApply, args)
        expect(here.effect.objects.map(({ changes }) => changes)).toEqual(
          onServer.effect.objects.map(({ changes }) => changes),
        )
      }),
      { numRuns: 25 },
    )
  })

  it('sees no change in what the server writes in its own words', async () => {
    const resources = (cpu: unknown, memory: string) => ({ resources: { limits: { cpu, memory } } })
    await tools.write(k8sApply, { content: deployment({}, resources('1', '1Gi')) })
    forbidDryRun()
    const manifest = JSON.parse(deployment({ strategy: null }, { ...resources(1, '1024Mi'), env: null }))
    Object.assign(manifest.spec.template.metadata, { creationTimestamp: null, annotations: null })
    const { effect } = await tools.preview(k8sApply, { content: JSON.stringify(manifest) })
    expect(effect.objects).toEqual([])
    manifest.spec.template.spec.containers[0].resources.limits = { cpu: '1500m', memory: null }
    const refused = await tools.refusal(k8sApply, { content: JSON.stringify(manifest) })
    expect(refused).toMatch(/\.limits\.memory: must not be null/)
  })

  it('creates what is written, checked against the schema', async () => {
    forbidDryRun()
    const { effect, answer } = await tools.write(k8sApply, { content: deployment({}, {}) })
    expect(effect).toMatchObject({ basis: 'computed' })
    expect(answer.outcome).toBe('succeeded')
    const wrong = deployment({ replicaz: 1 }, { ports: [{ containerPort: 'http' }] }).replace('"web"', '"other"')
    expect(await tools.refusal(k8sApply, { content: wrong })).toMatch(
      /^Invalid: .*\.ports\[0\]\.containerPort: must be an integer; \.spec\.replicaz: unknown field/,
    )
  })

  it('names the owner of a field that the manifest sets otherwise', async () => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`
    await tools.write(k8sApply, { content: deployment({}, {}) })
    await api.request(
      'PATCH',
      `${path}?fieldManager=autoscaler`,
      { spec: { replicas: 4 } },
      'application/merge-patch+json',
    )
    forbidDryRun()
    expect(await tools.refusal(k8sApply, { content: deployment({ replicas: 2 }, {}) })).toMatch(
      /^Conflict: .* \.spec\.replicas belongs to "autoscaler"/,
    )
  })
})
