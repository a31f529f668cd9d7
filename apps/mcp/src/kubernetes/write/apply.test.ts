import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { maskedValue } from '../../effect/masked-value.ts'
import { semanticObject } from '../../effect/semantic-object.ts'
import { clusterState } from '../../fixtures/tools/cluster-state.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { hostileManifests } from '../../fixtures/tools/hostile-documents.fixture.ts'
import { manifestIn } from '../../fixtures/tools/named-objects.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { rolloutVerdict } from '../../fixtures/tools/workloads.fixture.ts'
import { sampleMap } from '../../fixtures/tools/world.fixture.ts'
import { redactionKey, undoArgs, writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sApply } from './apply.ts'
import { k8sRevert } from './revert.ts'

describeTool(k8sApply, {
  minimal: { content: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}' },
  good: ({ namespace }) => ({ content: JSON.stringify(sampleMap('applied')), namespace, force_conflicts: true }),
  names: manifestIn,
  documents: { min: 1_285, make: hostileManifests },
  bad: [
    ['namespace', { namespace: 'A_b' }, noNamespace],
    [
      'document',
      { content: 'a: [b' },
      'content is not valid YAML: line 1, column 6: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    [
      'document, twice',
      { content: 'a: 1\na: 2' },
      'content is not valid YAML: line 2, column 1: Map keys must be unique.',
    ],
    [
      'document, a tag',
      { content: 'a: !!js/function x' },
      'content is not valid YAML: line 1, column 4: Unresolved tag: tag:yaml.org,2002:js/function.',
    ],
    [
      'document, length',
      { content: `a: ${'x'.repeat(1_048_576)}` },
      'content has 1048579 bytes. At most 1048576 are allowed.',
    ],
    ['document, none', { content: '---' }, 'content has no documents.'],
    [
      'document, no name',
      { content: 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a}' },
      'content: the document at line 1 has generateName. An apply needs metadata.name.',
    ],
  ],
})

let api: ApiServer
let namespace: string
let tools: ReturnType<typeof writeTools>

beforeAll(async () => {
  api = await sharedApiServer()
})
beforeEach(async () => {
  namespace = await api.newNamespace('apply')
  tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  return () => tools.close()
})

const configMap = (name: string, data: Record<string, string>) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })
const documents = (...texts: string[]) => texts.join('\n---\n')
const deployment = (name: string, spec: Record<string, unknown> = {}) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: { app: name } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image: 'nginx:1.25', ports: [{ containerPort: 80 }] }] },
      },
      ...spec,
    },
  })
const managers = async (path: string) => {
  const { body } = await api.request('GET', path)
  const { managedFields } = (body as { metadata: { managedFields: { manager: string; operation: string }[] } }).metadata
  return managedFields.map(({ manager, operation }) => `${manager} ${operation}`)
}

describe('preview and execution', () => {
  it('creates what it showed, and undo takes it back', async () => {
    const content = documents(
      configMap('settings', { colour: 'green' }),
      deployment('web'),
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { type: 'NodePort', ports: [{ port: 80 }] },
      }),
    )
    const before = await clusterState(api, namespace)
    const { effect, answer, ...rest } = await tools.write(k8sApply, { content })
    expect(answer).toMatchObject({ outcome: 'succeeded' })
    expect(answer.output).toBe('configmap/settings created\ndeployment.apps/web created\nservice/web created')
    expect(effect.basis).toBe('server')
    expect(effect.generated).toContain('/spec/clusterIP')
    const { verdict, seconds } = rolloutVerdict(api)
    expect(await tools.verify(k8sApply, { content }, { effect, ...rest }, seconds)).toMatchObject({ verdict })

    const { changes } = undoArgs(effect)
    const undone = await tools.write(k8sRevert, { changes })
    expect(undone.answer.outcome).toBe('succeeded')
    expect(undone.effect.undo).toHaveProperty('tool', 'k8s_revert')
    await expect.poll(() => clusterState(api, namespace), { timeout: 10_000 }).toEqual(before)
  })

  it('changes exactly what it showed, and undo takes it back, and forth again', async () => {
    await tools.write(k8sApply, { content: documents(configMap('a', { one: '1', two: '2' }), deployment('web')) })
    const before = await clusterState(api, namespace)
    const content = documents(
      configMap('a', { one: '1', three: '3' }),
      deployment('web', { replicas: 2, minReadySeconds: 3 }),
      configMap('new', {}),
    )
    const { effect, answer } = await tools.write(k8sApply, { content })
    expect(answer.outcome).toBe('succeeded')
    expect(
      effect.objects.map(({ kind, name, action, changes }) => [kind, name, action, changes.map((each) => each.path)]),
    ).toEqual([
      ['ConfigMap', 'a', 'update', ['/data/three', '/data/two']],
      ['Deployment', 'web', 'update', ['/spec/minReadySeconds', '/spec/replicas']],
      ['ConfigMap', 'new', 'create', ['']],
    ])
    const after = await clusterState(api, namespace)
    expect(after['ConfigMap a']).toMatchObject({ data: { one: '1', three: '3' } })
    expect(after['Deployment web']).toMatchObject({ spec: { replicas: 2, minReadySeconds: 3 } })

    const undone = await tools.write(k8sRevert, undoArgs(effect))
    expect(undone.answer.outcome).toBe('succeeded')
    expect(await clusterState(api, namespace)).toEqual(before)
    const again = await tools.write(k8sRevert, undoArgs(undone.effect))
    expect(again.answer.outcome).toBe('succeeded')
    expect(await clusterState(api, namespace)).toEqual(after)
  })

  it('gives the same digest twice, and says when nothing changes', async () => {
    const args = { content: documents(deployment('web'), configMap('a', { one: '1' })) }
    const [first, second] = [await tools.preview(k8sApply, args), await tools.preview(k8sApply, args)]
    expect(first.effect_digest).toBe(second.effect_digest)
    await tools.run(k8sApply, args, first)
    const { effect, answer } = await tools.write(k8sApply, args)
    expect(effect.objects).toEqual([])
    expect(effect.summary).toBe('Nothing changes: all 2 objects are as written')
    expect(answer.output).toBe('deployment.apps/web unchanged\nconfigmap/a unchanged')
  })

  it('compares nothing that a dry run makes up', async () => {
    const containers = [{ name: 'app', image: 'nginx:1.25' }]
    const content = documents(
      ...[
        { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers } },
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name: 'j' },
          spec: { template: { spec: { restartPolicy: 'Never', containers } } },
        },
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 's' },
          spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] },
        },
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'c' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ].map((each) => JSON.stringify(each)),
    )
    const [first, second] = [await tools.preview(k8sApply, { content }), await tools.preview(k8sApply, { content })]
    expect(second.effect_digest).toBe(first.effect_digest)
    expect(await tools.run(k8sApply, { content }, first)).toMatchObject({ outcome: 'succeeded' })
    expect(await tools.verify(k8sApply, { content }, first, 5)).toMatchObject({ verdict: 'as_approved' })
    const { effect } = await tools.preview(k8sApply, { content })
    expect(effect.objects).toEqual([])
  })

  it('is stale when an object came into being under its name meanwhile', async () => {
    const args = { content: configMap('a', { one: '1' }) }
    const approved = await tools.preview(k8sApply, args)
    await api.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name: 'a' },
      data: { own: 'x' },
    })
    expect(await tools.run(k8sApply, args, approved)).toMatchObject({ outcome: 'stale', code: 'Stale' })
    expect((await clusterState(api, namespace))['ConfigMap a']).toMatchObject({ data: { own: 'x' } })
  })

  it('is stale when the object was made again', async () => {
    await tools.write(k8sApply, { content: configMap('a', { one: '1' }) })
    const args = { content: configMap('a', { one: '2' }) }
    const approved = await tools.preview(k8sApply, args)
    const path = `/api/v1/namespaces/${namespace}/configmaps`
    await api.request('DELETE', `${path}/a`)
    const another = await api.request('POST', path, { metadata: { name: 'a' }, data: { one: '1' } })
    expect(another.status).toBe(201)
    expect(await tools.run(k8sApply, args, approved)).toMatchObject({ outcome: 'stale', code: 'Stale' })
    expect((await api.request('GET', `${path}/a`)).body).toEqual(another.body)
  })

  it('is stale when the object has gone, and makes none anew', async () => {
    await tools.write(k8sApply, { content: configMap('a', { one: '1' }) })
    const args = { content: configMap('a', { one: '2' }) }
    const approved = await tools.preview(k8sApply, args)
    await api.request('DELETE', `/api/v1/namespaces/${namespace}/configmaps/a`)
    expect(await tools.run(k8sApply, args, approved)).toMatchObject({
      outcome: 'stale',
      code: 'Stale',
      effect: { objects: [{ name: 'a', action: 'create' }] },
    })
    expect(await clusterState(api, namespace)).not.toHaveProperty('ConfigMap a')
  })

  it('shows all failures, and writes nothing of the others', async () => {
    const bad = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x' },
      spec: { ports: [{ port: -1 }] },
    })
    const text = await tools.refusal(k8sApply, {
      content: documents(configMap('a', {}), bad, bad.replace('"x"', '"y"')),
    })
    expect(text).toMatch(/^Invalid: 2 objects cannot be written, so nothing was\./)
    expect(await clusterState(api, namespace)).not.toHaveProperty('ConfigMap a')
  })

  it('refuses a field that the type does not have, new or not', async () => {
    const content = configMap('a', {}).replace('"data"', '"dta"')
    expect(await tools.refusal(k8sApply, { content })).toMatch(/unknown field "dta"/)
    await tools.write(k8sApply, { content: configMap('a', {}) })
    expect(await tools.refusal(k8sApply, { content })).toMatch(/^Invalid: .*\.dta: field not declared in schema/)
  })
})

describe('whose fields they are', () => {
  it('owns of a creation what the manifest says, by apply, and lets a field go that it lacks later', async () => {
    await tools.write(k8sApply, { content: deployment('web', { replicas: 2, minReadySeconds: 5 }) })
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`
    expect(await managers(path)).toContain('fairlead Apply')
    expect(await managers(path)).not.toContain('fairlead Update')
    const { body } = await api.request('GET', path)
    const owned = JSON.stringify((body as { metadata: { managedFields: unknown[] } }).metadata.managedFields[0])
    expect(owned).toContain('f:minReadySeconds')
    expect(owned).not.toContain('f:progressDeadlineSeconds')

    const { effect, answer } = await tools.write(k8sApply, { content: deployment('web', { replicas: 2 }) })
    expect(effect.basis).toBe('server')
    expect(effect.objects[0]?.changes).toEqual([{ path: '/spec/minReadySeconds', before: 5 }])
    expect(answer.outcome).toBe('succeeded')
    expect((await clusterState(api, namespace))['Deployment web']).not.toHaveProperty('spec.minReadySeconds')
  })

  it('takes fields over from kubectl apply, computed, and does what it showed', async () => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`
    const manifest = JSON.parse(deployment('web', { replicas: 2, minReadySeconds: 5, progressDeadlineSeconds: 100 }))
    manifest.metadata.annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
    await api.request('POST', `${path}?fieldManager=kubectl-client-side-apply`, manifest)
    const { effect, answer } = await tools.write(k8sApply, { content: deployment('web', { replicas: 3 }) })
    expect(effect).toMatchObject({ basis: 'computed', risk: 'medium' })
    expect(effect.reasons.join()).toContain('kubectl-client-side-apply')
    expect(effect.objects[0]?.changes).toEqual([
      { path: '/spec/minReadySeconds', before: 5 },
      { path: '/spec/progressDeadlineSeconds', before: 100, after: 600 },
      { path: '/spec/replicas', before: 2, after: 3 },
    ])
    expect(answer.outcome).toBe('succeeded')
    const live = (await api.request('GET', `${path}/web`)).body as {
      metadata: { annotations?: Record<string, string> }
    }
    expect(live).toMatchObject({ spec: { replicas: 3, progressDeadlineSeconds: 600 } })
    expect(live).not.toHaveProperty('spec.minReadySeconds')
    // None at all as long as no controller has written one.
    expect(live.metadata.annotations ?? {}).not.toHaveProperty(['kubectl.kubernetes.io/last-applied-configuration'])
    expect(await managers(`${path}/web`)).not.toContain('kubectl-client-side-apply Update')
  })

  it('names field and owner of a conflict, takes the field only when asked to', async () => {
    await tools.write(k8sApply, { content: configMap('a', { one: '1' }) })
    const path = `/api/v1/namespaces/${namespace}/configmaps/a?fieldManager=autoscaler`
    await api.request('PATCH', path, { data: { one: '9' } }, 'application/merge-patch+json')
    const content = configMap('a', { one: '2' })
    expect(await tools.refusal(k8sApply, { content })).toBe(
      `Conflict: configmap "a" in namespace ${namespace} has fields that others own: .data.one belongs to "autoscaler".`,
    )
    const { effect, answer } = await tools.write(k8sApply, { content, force_conflicts: true })
    expect(effect.risk).toBe('high')
    expect(effect.reasons).toContain('takes .data.one from "autoscaler"')
    expect(answer.outcome).toBe('succeeded')
    expect((await clusterState(api, namespace))['ConfigMap a']).toMatchObject({ data: { one: '2' } })
  })

  it('forces where only our own edits stand against it', async () => {
    await tools.write(k8sApply, { content: configMap('a', { one: '1' }) })
    const path = `/api/v1/namespaces/${namespace}/configmaps/a?fieldManager=fairlead-edit`
    await api.request('PATCH', path, { data: { one: '9' } }, 'application/merge-patch+json')
    const { effect, answer } = await tools.write(k8sApply, { content: configMap('a', { one: '2' }) })
    expect(effect.objects[0]?.changes).toEqual([{ path: '/data/one', before: '9', after: '2' }])
    expect(answer.outcome).toBe('succeeded')
  })
})

describe('what the server cannot try out', () => {
  it('makes a Namespace and what goes into it', async () => {
    const name = `${namespace}-new`
    const inside = (text: string) => text.replace('"metadata":{', `"metadata":{"namespace":"${name}",`)
    const content = documents(
      inside(deployment('web')),
      inside(configMap('a', { one: '1' })),
      JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    )
    const { effect, answer } = await tools.write(k8sApply, { content })
    expect(effect).toMatchObject({ basis: 'computed', risk: 'medium' })
    expect(effect.objects.map(({ kind }) => kind)).toEqual(['Namespace', 'Deployment', 'ConfigMap'])
    expect(answer).toMatchObject({ outcome: 'succeeded' })
    expect(await clusterState(api, name)).toHaveProperty('Deployment web')
    const wrong = inside(configMap('b', {})).replace('"data"', '"dta"').replaceAll(name, `${name}2`)
    const made = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${name}2` } })
    expect(await tools.refusal(k8sApply, { content: documents(made, wrong) })).toMatch(/\.dta: unknown field/)
  })

  it('shows of what goes into a new Namespace what the server will keep of it', async () => {
    const name = `${namespace}-kept`
    const content = documents(
      JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
      `apiVersion: v1
kind: Secret
metadata: { name: s, namespace: ${name}, labels: }
data: { long: aGVsbG8gb3V0IHRoZXJlIHdvcmxk, other: aGVsbG8gb3V0IHRoZXJlIHdvcmxk }
stringData: { long: correct horse staple, short: hunter02 }
`,
      `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${name}, creationTimestamp: null, annotations: }
spec:
  replicas: 0
  strategy:
  selector: { matchLabels: { app: web } }
  template:
    metadata:
      creationTimestamp: null
      annotations:
      labels: { app: web }
    spec:
      containers:
        - name: app
          image: nginx
          env:
          resources:
            limits: { cpu: 1, memory: 1024Mi }
            requests: { cpu: "1000m", memory: 1.5Mi }
status: {}
`,
      `apiVersion: v1
kind: ResourceQuota
metadata: { name: q, namespace: ${name} }
spec:
  hard:
    requests.cpu: 0.5
    limits.cpu: "1.0"
    requests.memory: 1e3
    limits.memory: 1536Ki
    requests.storage: "1000000"
    requests.ephemeral-storage: 1.5Gi
    limits.ephemeral-storage: 12E2
    pods: 2000
`,
    )
    const { answer, ...approved } = await tools.write(k8sApply, { content })
    expect(answer).toMatchObject({ outcome: 'succeeded' })
    const { verdict, seconds } = rolloutVerdict(api)
    const verification = await tools.verify(k8sApply, { content }, approved, seconds)
    expect(verification).toMatchObject({
      verdict,
      objects: [1, 2, 3, 4].map(() => ({ at: 'after', differences: [] })),
    })
    const made = (kind: string) => approved.effect.objects.find((each) => each.kind === kind)?.changes[0]?.after
    expect(made('Secret')).not.toHaveProperty('stringData')
    const kept = await clusterState(api, name)
    expect(made('ResourceQuota')).toHaveProperty('spec', (kept['ResourceQuota q'] as { spec: unknown }).spec)
  })

  it('refuses of what is null only what the server refuses', async () => {
    const name = `${namespace}-null`
    const made = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    const bare = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${name} }
spec:
  selector:
  template: { spec: { containers: [null] } }
`
    expect(await tools.refusal(k8sApply, { content: documents(made, bare) })).toMatch(
      /\.spec\.selector: must not be null; .*containers\[0\]: must not be null/,
    )
  })

  it('writes of a manifest what its effect shows of it, and no more', async () => {
    const unseen = {
      'kubectl.kubernetes.io/last-applied-configuration': '{"forged":true}',
      'deployment.kubernetes.io/revision': '9',
    }
    const at = `/api/v1/namespaces/${namespace}/configmaps/seen`
    const annotations = async () =>
      ((await api.request('GET', at)).body as { metadata: { annotations?: object } }).metadata.annotations
    const manifest = (annotations: object, data: object) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'seen', annotations }, data })
    for (const data of [{ a: '1' }, { a: '2' }]) {
      const { answer } = await tools.write(k8sApply, { content: manifest({ ...unseen, mine: 'yes' }, data) })
      expect(answer.outcome).toBe('succeeded')
      expect(await annotations()).toEqual({ mine: 'yes' })
    }
    await api.request('DELETE', at)
    const ref = { cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'seen' }
    const create = JSON.parse(manifest({ ...unseen, mine: 'yes' }, { a: '3' }))
    const { effect, answer } = await tools.write(k8sRevert, { changes: JSON.stringify([{ ref, create }]) })
    expect(answer.outcome).toBe('succeeded')
    expect(JSON.stringify(effect.objects)).not.toContain('forged')
    expect(await annotations()).toEqual({ mine: 'yes' })
  })

  it('makes a definition and an object of it', async () => {
    const group = `${namespace}.example.com`
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `widgets.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  spec: { type: 'object', required: ['size'], properties: { size: { type: 'integer' } } },
                },
              },
            },
          },
        ],
      },
    }
    const widget = (spec: unknown) =>
      JSON.stringify({ apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'w' }, spec })
    const all = (spec: unknown) => documents(widget(spec), JSON.stringify(definition))
    expect(await tools.refusal(k8sApply, { content: all({ sise: 1 }) })).toMatch(
      /\.spec\.size: is required; \.spec\.sise: unknown/,
    )
    const { effect, answer } = await tools.write(k8sApply, { content: all({ size: 3 }) })
    const reason = 'its definition comes in the same apply, so it cannot be tried out'
    expect(effect).toMatchObject({ basis: 'computed', risk: 'medium', reasons: expect.arrayContaining([reason]) })
    expect(answer).toMatchObject({ outcome: 'succeeded' })
    const { body } = await api.request('GET', `/apis/${group}/v1/namespaces/${namespace}/widgets/w`)
    expect(semanticObject(body as Record<string, unknown>)).toEqual(effect.objects[1]?.changes[0]?.after)
    await api.request('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`)
  })
})

describe('Secrets', () => {
  const secret = (data: Record<string, string>) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: data })
  const inBase64 = (data: Record<string, string>) => {
    const coded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: Object.fromEntries(coded) }
    return JSON.stringify(body)
  }

  it.each([
    ['stringData', secret],
    ['data', inBase64],
  ])('in %s are shown by hash, sealed in the undo, and opened only at their place', async (_, written) => {
    await tools.write(k8sApply, { content: written({ long: 'correct horse staple', short: 'hunter02' }) })
    const before = await clusterState(api, namespace)
    const { effect, answer } = await tools.write(k8sApply, {
      content: written({ long: 'battery of some kind', short: 'hunter03' }),
    })
    expect(answer.outcome).toBe('succeeded')
    const long = effect.objects[0]?.changes.find(({ path }) => path === '/data/long')
    const hashed = /^\*\*\*\(20 bytes, [0-9a-f]{12}\)$/
    expect([long?.before, long?.after]).toEqual([expect.stringMatching(hashed), expect.stringMatching(hashed)])
    expect(long?.after).not.toBe(long?.before)
    expect(effect.objects[0]?.changes).toContainEqual({ path: '/data/short', before: '***', after: '***' })
    expect(effect.objects[0]?.diff).toContain('*** (changed)')
    const shown = JSON.stringify(effect)
    for (const value of ['correct horse staple', 'hunter02', 'battery of some kind', 'hunter03']) {
      expect(shown).not.toContain(value)
      expect(shown).not.toContain(Buffer.from(value).toString('base64').slice(0, 9))
    }
    const { changes } = undoArgs(effect)
    expect(changes).toContain('sealed:v1:')
    expect(await tools.refusal(k8sRevert, { changes: changes.replace('/data/long', '/data/other') })).toMatch(
      /^Refused: the sealed value/,
    )
    const undone = await tools.write(k8sRevert, { changes })
    expect(undone.answer.outcome).toBe('succeeded')
    expect(await clusterState(api, namespace)).toEqual(before)
    const live = before['Secret s']
    expect(maskedValue(live, '/data/long', redactionKey, { strength: 'read' })).toBe(long?.before)
  })

  it('have no undo without a key to seal them', async () => {
    await tools.write(k8sApply, { content: secret({ long: 'correct horse battery' }) })
    const bare = writeTools({ kubeconfig: api.kubeconfig, namespace, settings: { redactionKey: undefined } })
    const { effect } = await bare.preview(k8sApply, { content: secret({ long: 'staple of another kind' }) })
    expect(effect.undo).toHaveProperty('impossible')
    expect(effect.objects[0]?.changes).toEqual([{ path: '/data/long', before: '***', after: '***' }])
    await bare.close()
  })
})

describe('the namespace of credentials', () => {
  const name = 'jenkins-cred-0123456789abcdef0123'
  const credential = (data: Record<string, string>, more: Record<string, unknown> = {}) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { name }, stringData: data, ...more })

  it('takes the Secret of an integration, and shows where the login goes', async () => {
    const own = writeTools({ kubeconfig: api.kubeconfig, namespace, settings: { credentialsNamespace: namespace } })
    const content = credential({ username: 'ann', 'api-token': '11aa22bb33cc44dd55ee', url: 'https://ci.example' })
    const { effect, answer } = await own.write(k8sApply, { content })
    expect(effect.risk).toBe('high')
    expect(effect.reasons).toContain(
      'changes the login of the integration jenkins; the login goes to https://ci.example',
    )
    expect(JSON.stringify(effect)).not.toContain('11aa22bb33cc44dd55ee')
    expect(answer.outcome).toBe('succeeded')
    await own.close()
  })

  it.each([
    ['another kind', configMap('a', {})],
    ['another name', credential({}).replace(name, 'other')],
    ['another key', credential({ password: 'x' })],
    ['another type', credential({}, { type: 'kubernetes.io/basic-auth' })],
    ['two objects', documents(credential({}), credential({}).replace('0123"', '0124"'))],
    [
      'something beside it',
      documents(credential({}), '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x"}}'),
    ],
  ])('refuses %s', async (_, content) => {
    const own = writeTools({ kubeconfig: api.kubeconfig, namespace, settings: { credentialsNamespace: namespace } })
    expect(await own.refusal(k8sApply, { content })).toMatch(/^Refused: credentials namespace/)
    await own.close()
  })

  it('takes back what it took, and shows where the login goes then', async () => {
    const own = writeTools({ kubeconfig: api.kubeconfig, namespace, settings: { credentialsNamespace: namespace } })
    const of = (token: string, host: string) =>
      credential({ username: 'ann', 'api-token': token.repeat(5), url: `https://${host}.example` })
    const made = await own.write(k8sApply, { content: of('1234', 'old') })
    const there = await clusterState(api, namespace)
    const { effect } = await own.write(k8sApply, { content: of('5678', 'new') })
    const undone = await own.write(k8sRevert, undoArgs(effect))
    expect(undone.effect.risk).toBe('high')
    expect(undone.effect.reasons).toContain(
      'changes the login of the integration jenkins; the login goes to https://old.example',
    )
    expect(undone.answer.outcome).toBe('succeeded')
    expect(await clusterState(api, namespace)).toEqual(there)
    const gone = await own.write(k8sRevert, undoArgs(made.effect))
    expect(await clusterState(api, namespace)).not.toHaveProperty(`Secret ${name}`)
    expect((await own.write(k8sRevert, undoArgs(gone.effect))).answer.outcome).toBe('succeeded')
    expect(await clusterState(api, namespace)).toEqual(there)
    await own.close()
  })

  it.each<[string, (at: { namespace: string }) => object[]]>([
    [
      'a deletion of something else',
      (at) => [{ ref: { ...at, kind: 'ConfigMap', name: 'kube-root-ca.crt' }, delete: true }],
    ],
    [
      'a key more in the Secret',
      (at) => [{ ref: { ...at, kind: 'Secret', name }, patch: [{ op: 'add', path: '/data/ca', value: 'eA==' }] }],
    ],
    [
      'another key in one that is made',
      (at) => [{ ref: { ...at, kind: 'Secret', name: `${name.slice(0, -1)}9` }, create: { data: { ca: 'eA==' } } }],
    ],
    [
      'something beside it',
      (at) => [
        { ref: { ...at, kind: 'Secret', name }, delete: true },
        { ref: { ...at, kind: 'Secret', name: `${name.slice(0, -1)}9` }, delete: true },
      ],
    ],
  ])('takes back no more than that: %s', async (_, entries) => {
    const own = writeTools({ kubeconfig: api.kubeconfig, namespace, settings: { credentialsNamespace: namespace } })
    await own.write(k8sApply, { content: credential({ username: 'ann' }) })
    const changes = entries({ namespace }).map(({ ref, ...entry }: { ref?: object }) => ({
      ref: { cluster: 'default', apiVersion: 'v1', ...ref },
      ...entry,
    }))
    expect(await own.refusal(k8sRevert, { changes: JSON.stringify(changes) })).toMatch(
      /^Refused: credentials namespace/,
    )
    await own.close()
  })
})

describe('refuses before it asks', () => {
  it.each([
    ['no documents', '# nothing\n', 'content has no documents.'],
    ['no kind', '{"apiVersion":"v1","metadata":{"name":"a"}}', 'content: the document at line 1 has no kind.'],
    [
      'no name',
      '{"apiVersion":"v1","kind":"Pod","metadata":{}}',
      'content: the document at line 1 has no metadata.name.',
    ],
    [
      'generateName',
      '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"a"}}',
      'content: the document at line 1 has generateName. An apply needs metadata.name.',
    ],
    [
      'a name that the server would not take',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: |\n    a\n',
      'content: the document at line 1 has spaces around its metadata.name.',
    ],
    ['the same object twice', documents(configMap('a', {}), configMap('a', {})), 'content has ConfigMap "a" twice.'],
    [
      'a list item without a kind',
      '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1"}]}',
      'content: item 1 of the document at line 1 has no kind.',
    ],
    [
      '101 objects',
      documents(...Array.from({ length: 101 }, (_, index) => configMap(`a${index}`, {}))),
      'content has 101 objects. At most 100 are allowed.',
    ],
  ])('%s', async (_, content, sentence) => {
    expect(await tools.refusal(k8sApply, { content })).toBe(`InvalidArgument: ${sentence}`)
  })

  it.each([
    ['..', 'api', 'v1'],
    ['a/../../api', 'v1', 'secrets'],
    ['example.com', 'v1', '../../../../api/v1/secrets'],
    ['example.com', 'v1?x=', 'things'],
  ])('a definition of paths that lead elsewhere: %s, %s, %s', async (group, version, plural) => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.com' },
      spec: { group, names: { plural, kind: 'Thing' }, versions: [{ name: version }] },
    }
    const thing = { apiVersion: `${group}/${version}`, kind: 'Thing', metadata: { name: 'namespaces' } }
    const content = documents(JSON.stringify(definition), JSON.stringify(thing))
    expect(await tools.refusal(k8sApply, { content })).toBe(
      'InvalidArgument: content: the definition "things.example.com" has a group, version or plural that no server serves.',
    )
  })

  it('an unknown kind, and a namespace that is not the given one', async () => {
    expect(await tools.refusal(k8sApply, { content: '{"apiVersion":"x/v1","kind":"Y","metadata":{"name":"a"}}' })).toBe(
      'NotFound: the server has no kind "Y" in "x/v1".',
    )
    const content = configMap('a', {}).replace('"name"', '"namespace":"other","name"')
    expect(await tools.refusal(k8sApply, { content, namespace })).toMatch(
      /^InvalidArgument: .* names namespace "other"/,
    )
  })
})
