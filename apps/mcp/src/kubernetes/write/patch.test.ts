import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { type ApiServerProxy, startApiServerProxy } from '@fairlead/testing/cluster/fault-proxy'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterState } from '../../fixtures/tools/cluster-state.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { hostilePatches } from '../../fixtures/tools/hostile-documents.fixture.ts'
import { typedBy } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters, noNamespace, noType, spaced } from '../../fixtures/tools/sentences.fixture.ts'
import { makeWorkload, rolloutVerdict } from '../../fixtures/tools/workloads.fixture.ts'
import { undoArgs, writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sDelete } from './delete.ts'
import { k8sPatch } from './patch.ts'
import { k8sRevert } from './revert.ts'
import { k8sScale } from './scale.ts'

describeTool(k8sPatch, {
  minimal: { resource_type: 'deployment', name: 'web', patch: '{"spec":{"minReadySeconds":1}}' },
  good: ({ namespace }) => ({
    name: 'web',
    resource_type: 'deployment',
    namespace,
    patch: '{"metadata":{"labels":{"tier":"front"}}}',
  }),
  names: typedBy('name'),
  documents: { min: 1_594, make: hostilePatches },
  bad: [
    ['plain word', { name: spaced }, `name "${spaced}" contains a space. ${letters}`],
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['type', { resource_type: 'pods,svc' }, noType('pods,svc')],
    ['document, no object', { patch: 'a' }, 'patch must be an object for patch_type strategic, got "a".'],
    ['choice', { patch_type: 'apply' }, 'patch_type "apply" is not one of json, merge, strategic.'],
    ['whole call, status', { patch: '{"status":{}}' }, 'patch: "/status" cannot be changed by a patch.'],
  ],
})

let api: ApiServer
let proxy: ApiServerProxy
let namespace: string
let tools: ReturnType<typeof writeTools>
beforeAll(async () => {
  api = await sharedApiServer()
  proxy = await startApiServerProxy(api)
  namespace = await api.newNamespace('patch')
  tools = writeTools({ kubeconfig: proxy.kubeconfig, namespace })
})
afterAll(async () => {
  await tools?.close()
  await proxy?.close()
})

const make = (kind: string, name: string, more: Record<string, unknown> = {}) =>
  api.request('POST', `/api/v1/namespaces/${namespace}/${kind}s`, { metadata: { name }, ...more })
const refTo = (name: string) => ({ cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', namespace, name })
const argsOf = (name: string, resource_type: string, patch: unknown, patch_type?: string) => ({
  name,
  resource_type,
  patch: JSON.stringify(patch),
  namespace,
  ...(patch_type !== undefined && { patch_type }),
})

describe('k8s_patch', () => {
  it('changes what each kind of patch says, and the undo brings the object back', { timeout: 60_000 }, async () => {
    await makeWorkload(api, namespace, { name: 'web' })
    const containers = [{ name: 'app', env: [{ name: 'A', value: '1' }] }]
    for (const [type, patch] of [
      ['strategic', { metadata: { labels: { tier: 'web' } }, spec: { template: { spec: { containers } } } }],
      ['merge', { metadata: { annotations: { note: 'x' } }, spec: { minReadySeconds: 7 } }],
      ['json', [{ op: 'add', path: '/spec/template/metadata/labels/more', value: 'yes' }]],
    ] as const) {
      const before = await clusterState(api, namespace)
      const args = argsOf('web', 'deployment', patch, type)
      const { effect, effect_digest, answer } = await tools.write(k8sPatch, args)
      expect(effect).toMatchObject({ basis: 'server', objects: [{ kind: 'Deployment', action: 'update' }] })
      expect(answer).toMatchObject({ outcome: 'succeeded', output: 'deployment.apps/web patched' })
      const { verdict, seconds } = rolloutVerdict(api)
      expect(await tools.verify(k8sPatch, args, { effect, effect_digest }, seconds)).toMatchObject({ verdict })
      const undone = await tools.write(k8sRevert, undoArgs(effect))
      expect(undone.answer.outcome).toBe('succeeded')
      expect(await clusterState(api, namespace)).toEqual(before)
    }
  })

  const containers = (...names: string[]) => names.map((name) => ({ name, image: 'nginx:1.27' }))
  const inTemplate = (spec: object) => ({ spec: { template: { spec } } })
  const rule = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] })
  const workloads = () => `/apis/apps/v1/namespaces/${namespace}/deployments`
  const roles = () => `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`
  it.each([
    {
      what: 'a container by its index, and they change places',
      type: 'deployment',
      at: workloads,
      object: {
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'x' } },
          template: { metadata: { labels: { app: 'x' } }, spec: { containers: containers('app', 'other') } },
        },
      },
      patch: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'nginx:1.28' }],
      meanwhile: inTemplate({ containers: containers('other', 'app') }),
    },
    {
      what: 'a field more for a container, and another one comes before it',
      type: 'deployment',
      at: workloads,
      object: {
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'x' } },
          template: { metadata: { labels: { app: 'x' } }, spec: { containers: containers('app') } },
        },
      },
      patch: [{ op: 'add', path: '/spec/template/spec/containers/0/workingDir', value: '/srv' }],
      meanwhile: inTemplate({ containers: containers('first', 'app') }),
    },
    {
      what: 'a rule that has no name, and they change places',
      type: 'role',
      at: roles,
      object: { rules: [rule('pods'), rule('secrets')] },
      patch: [{ op: 'add', path: '/rules/0/verbs/-', value: 'delete' }],
      meanwhile: { rules: [rule('secrets'), rule('pods')] },
    },
  ])('by a JSON patch: $what: nothing is written', async ({ type, at, object, patch, meanwhile }) => {
    const name = `by-index-${Math.random().toString(36).slice(2, 8)}`
    expect((await api.request('POST', at(), { metadata: { name }, ...object })).status).toBe(201)
    const args = argsOf(name, type, patch, 'json')
    const approved = await tools.preview(k8sPatch, args)
    const moved = await api.request('PATCH', `${at()}/${name}`, meanwhile, 'application/merge-patch+json')
    expect(moved.status, JSON.stringify(moved.body)).toBe(200)
    const now = await tools.preview(k8sPatch, args)
    expect(now.effect.objects[0]?.changes).toEqual(approved.effect.objects[0]?.changes)
    const before = await clusterState(api, namespace)
    expect(await tools.run(k8sPatch, args, approved)).toMatchObject({ outcome: 'stale', objects: [] })
    expect(await clusterState(api, namespace)).toEqual(before)
    expect(await tools.run(k8sPatch, args, now)).toMatchObject({ outcome: 'succeeded' })
  })

  it('says which fields it changes, and writes nothing when all is so already', async () => {
    await make('configmap', 'same', { data: { a: '1', b: '2', c: '3', d: '4' } })
    const same = await tools.write(k8sPatch, argsOf('same', 'cm', { data: { a: '1' } }))
    expect(same.effect).toMatchObject({
      summary: `ConfigMap ${namespace}/same is already as the patch says`,
      objects: [],
    })
    expect(same.answer).toMatchObject({ outcome: 'succeeded', output: 'configmap/same patched (no change)' })
    const two = await tools.preview(k8sPatch, argsOf('same', 'cm', { data: { a: '9', b: null } }))
    expect(two.effect.summary).toBe(
      `Set key a in ConfigMap ${namespace}/same to 9, from 1; remove key b from ConfigMap ${namespace}/same`,
    )
    const four = await tools.preview(k8sPatch, argsOf('same', 'cm', { data: { a: '9', b: '9', c: '9', d: '9' } }))
    expect(four.effect.summary).toBe(
      `Set key a in ConfigMap ${namespace}/same to 9, from 1; set key b in ConfigMap ${namespace}/same to 9, from 2; and 2 more changes`,
    )
  })

  it('hides the values of a Secret, and its undo still knows them', async () => {
    await make('secret', 'login', { stringData: { password: 'correct horse battery', pin: '1234' } })
    const before = await clusterState(api, namespace)
    const args = argsOf('login', 'secret', { stringData: { password: 'another long password', pin: '4321' } })
    const { effect, effect_digest, answer } = await tools.write(k8sPatch, args)
    expect(answer.outcome).toBe('succeeded')
    expect(JSON.stringify(effect)).not.toMatch(/another|correct|4321/)
    expect(JSON.stringify(effect.undo)).toContain('sealed:v1:')
    expect(await tools.verify(k8sPatch, args, { effect, effect_digest })).toMatchObject({ verdict: 'as_approved' })
    await tools.write(k8sRevert, undoArgs(effect))
    expect(await clusterState(api, namespace)).toEqual(before)
    expect(await tools.verify(k8sPatch, args, { effect, effect_digest })).toMatchObject({ verdict: 'differs' })
  })

  it('keeps a node port that the patch itself asks for in the digest, and leaves made-up ones out', async () => {
    const ports = [{ port: 80 }]
    await make('service', 'web', { spec: { selector: { app: 'web' }, ports } })
    const opened = await tools.preview(k8sPatch, argsOf('web', 'service', { spec: { type: 'NodePort' } }))
    expect(opened.effect.generated).toEqual(['/spec/ports/0/nodePort'])
    const chosen = {
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30_000 + Math.floor(Math.random() * 2767) }] },
    }
    const { effect } = await tools.preview(k8sPatch, argsOf('web', 'service', chosen))
    expect(effect.generated).toEqual([])
    expect(effect.objects[0]?.changes).toContainEqual({
      path: '/spec/ports/0/nodePort',
      after: chosen.spec.ports[0]?.nodePort,
    })
  })

  it.each(['kubectl.kubernetes.io/last-applied-configuration', 'deployment.kubernetes.io/revision'])(
    'does not write beside what it shows what no effect shows: %s',
    async (key) => {
      const name = `unseen-${key.split('/')[1]}`
      await make('configmap', name, { metadata: { name, annotations: { [key]: '{}' } } })
      const before = await clusterState(api, namespace)
      const pointer = `/metadata/annotations/${key.replaceAll('/', '~1')}`
      const shown = { op: 'add', path: '/data', value: { a: '1' } }
      for (const [type, patch] of [
        ['merge', { data: { a: '1' }, metadata: { annotations: { [key]: '{"forged":true}' } } }],
        ['strategic', { data: { a: '1' }, metadata: { annotations: { [key]: null } } }],
        ['json', [shown, { op: 'replace', path: pointer, value: 'forged' }]],
        ['json', [shown, { op: 'replace', path: '/metadata/annotations', value: { b: '2' } }]],
        ['json', [shown, { op: 'remove', path: '/metadata/annotations' }]],
      ] as const) {
        const text = await tools.refusal(k8sPatch, argsOf(name, 'configmap', patch, type))
        expect(text).toContain(`InvalidArgument: the patch would change the annotation ${key}`)
      }
      const entry = { ref: refTo(name), patch: [{ op: 'replace', path: pointer, value: 'forged' }] }
      expect(await tools.refusal(k8sRevert, { changes: JSON.stringify([entry]) })).toContain(key)
      expect(await clusterState(api, namespace)).toEqual(before)
    },
  )

  it('lets an object go that only its finalizers held, and says so', async () => {
    await make('configmap', 'held', { metadata: { name: 'held', finalizers: ['fairlead.dev/held'] } })
    await api.request('DELETE', `/api/v1/namespaces/${namespace}/configmaps/held`)
    const args = argsOf('held', 'configmap', { metadata: { finalizers: null } })
    const { effect, effect_digest, answer } = await tools.write(k8sPatch, args)
    expect(effect).toMatchObject({
      risk: 'high',
      reasons: [`lets ConfigMap ${namespace}/held go, which is being deleted`],
      undo: { impossible: expect.any(String) },
    })
    expect(answer.outcome).toBe('succeeded')
    expect(await tools.verify(k8sPatch, args, { effect, effect_digest })).toMatchObject({ verdict: 'as_approved' })
  })

  it('advises a merge patch where the server takes no strategic one', async () => {
    proxy.interfere(({ method }) =>
      method === 'PATCH'
        ? {
            do: 'answer',
            status: 415,
            body: { kind: 'Status', status: 'Failure', reason: 'UnsupportedMediaType', code: 415 },
          }
        : { do: 'pass' },
    )
    const refused = tools.preview(k8sPatch, argsOf('same', 'configmap', { data: { a: '5' } }))
    await expect(refused).rejects.toMatchObject({ code: 'Invalid', hint: 'Use patch_type merge.' })
    proxy.interfere(() => ({ do: 'pass' }))
  })

  it('is computed here where a webhook forbids dry runs: the same change, said to be computed', {
    timeout: 60_000,
  }, async () => {
    await makeWorkload(api, namespace, { name: 'hooked' })
    const calls = [
      [k8sScale, { name: 'hooked', resource_type: 'deployment', replicas: 2, namespace }],
      [k8sPatch, argsOf('hooked', 'deployment', { metadata: { labels: { a: 'b' } } })],
      [k8sPatch, argsOf('hooked', 'deployment', { spec: { minReadySeconds: 3 } }, 'merge')],
      [k8sPatch, argsOf('hooked', 'deployment', [{ op: 'add', path: '/spec/minReadySeconds', value: 4 }], 'json')],
      [k8sDelete, { name: 'hooked', resource_type: 'deployment', namespace }],
      [k8sRevert, { changes: JSON.stringify([{ ref: refTo('made'), create: { data: { a: 'b' } } }]) }],
    ] as const
    for (const [tool, args] of calls) {
      const tried = await tools.preview(tool, args)
      proxy.interfere(({ path }) =>
        path.includes('dryRun=All')
          ? {
              do: 'answer',
              status: 400,
              body: {
                kind: 'Status',
                status: 'Failure',
                message: 'admission webhook "w" does not support dry run',
                code: 400,
              },
            }
          : { do: 'pass' },
      )
      const computed = await tools.preview(tool, args)
      const answer = await tools.run(tool, args, computed)
      proxy.interfere(() => ({ do: 'pass' }))
      expect(computed.effect).toMatchObject({ basis: 'computed', risk: expect.not.stringMatching('low') })
      expect(computed.effect.reasons).toContain('a webhook forbids trying it out')
      expect(computed.effect.objects.map(({ changes }) => changes)).toEqual(
        tried.effect.objects.map(({ changes }) => changes),
      )
      expect(answer.outcome).toBe('succeeded')
      const isRollout = tool === k8sScale || tool === k8sPatch
      const { verdict, seconds } = isRollout ? rolloutVerdict(api) : { verdict: 'as_approved', seconds: 20 }
      expect(await tools.verify(tool, args, computed, seconds)).toMatchObject({ verdict })
    }
  })

  it.each([
    ['strategic', '[]', 'patch must be an object for patch_type strategic, got [].'],
    ['merge', '{}', 'patch is empty: there is nothing to change.'],
    ['json', '{"a":1}', 'patch must be a list of operations for patch_type json, got {"a":1}.'],
    ['json', '[]', 'patch is empty: there is nothing to change.'],
    ['json', '[{"op":"add","path":"/data/a"}]', 'patch: operation 1 is not '],
    ['json', '[{"op":"drop","path":"/data/a"}]', 'patch: operation 1 is not '],
    ['strategic', '{"status":{}}', 'patch: "/status" cannot be changed by a patch.'],
    [
      'merge',
      '{"metadata":{"name":"x"}}',
      'patch: "/metadata/name" cannot be changed by a patch. Of the metadata only',
    ],
    ['merge', '{"metadata":null}', 'patch: "/metadata" cannot be changed by a patch.'],
    ['strategic', '{"metadata":{"resourceVersion":"1"}}', 'patch: "/metadata/resourceVersion" cannot'],
    ['strategic', '{"metadata":{"$patch":"replace"}}', 'patch: "/metadata/$patch" cannot'],
    ['strategic', '{"$patch":"replace"}', 'patch: $patch would replace the whole object.'],
    ['json', '[{"op":"remove","path":"/metadata/resourceVersion"}]', 'patch: "/metadata/resourceVersion" cannot'],
    ['json', '[{"op":"replace","path":"","value":{}}]', 'patch: "/" cannot be changed by a patch.'],
    ['json', '[{"op":"move","from":"/metadata/uid","path":"/data/a"}]', 'patch: "/metadata/uid" cannot'],
    ['json', '[{"op":"add","path":"/metadata/namespace","value":"b"}]', 'patch: "/metadata/namespace" cannot'],
    ['merge', 'a: 1\na: 2', 'patch is not valid YAML: line 2, column 1: Map keys must be unique.'],
  ])('a %s patch %s is refused', async (patch_type, patch, sentence) => {
    const refusal = await tools.refusal(k8sPatch, {
      name: 'same',
      resource_type: 'configmap',
      patch,
      patch_type,
      namespace,
    })
    expect(refusal).toContain(`InvalidArgument: ${sentence}`)
  })
})
