import { setTimeout } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireControllers } from '@fairlead/testing/cluster/require-controllers'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startRecordingProxy } from '../../fixtures/recording-proxy.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { typedBy } from '../../fixtures/tools/named-objects.fixture.ts'
import { flag, letters, noNamespace, noType } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sDelete } from './delete.ts'

describeTool(k8sDelete, {
  minimal: { resource_type: 'deployment', name: 'web' },
  good: ({ namespace }) => ({
    name: 'old',
    resource_type: 'configmap',
    namespace,
    propagation_policy: 'Foreground',
    timeout_seconds: 1,
  }),
  names: typedBy('name'),
  bad: [
    ['plain word', { resource_type: '--all' }, flag('resource_type')],
    ['name', { name: 'a,b' }, `name "a,b" is not a name. ${letters}`],
    ['type', { resource_type: 'pods,svc' }, noType('pods,svc')],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { grace_period_seconds: 0 }, 'grace_period_seconds must be between 1 and 270, got 0.'],
    [
      'choice',
      { propagation_policy: 'None' },
      'propagation_policy "None" is not one of Background, Foreground, Orphan.',
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
  namespace = await api.newNamespace('delete')
  tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  return () => tools.close()
})

const configMaps = () => `/api/v1/namespaces/${namespace}/configmaps`
const make = (name: string, metadata: Record<string, unknown> = {}) =>
  api.request('POST', configMaps(), { metadata: { name, ...metadata }, data: { colour: 'green' } })
const exists = async (path: string) => (await api.request('GET', path)).status === 200

/** As the API server tells of prometheus-adapter. */
const onlySubresources = {
  resource: 'pods',
  scope: 'Namespaced',
  singularResource: '',
  verbs: null,
  subresources: [{ subresource: 'http_requests', responseKind: { kind: 'MetricValueList' }, verbs: ['get'] }],
}

/** What is in use once nothing is left that nobody uses. */
function collectedHeap(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

describe('k8s_delete', () => {
  it('deletes what it showed, and nothing before', async () => {
    await make('a')
    const args = { name: 'a', resource_type: 'cm' }
    const [first, second] = [await tools.preview(k8sDelete, args), await tools.preview(k8sDelete, args)]
    expect(second.effect_digest).toBe(first.effect_digest)
    expect(first.effect).toMatchObject({
      summary: `Delete ConfigMap ${namespace}/a`,
      basis: 'server',
      risk: 'medium',
      undo: { impossible: expect.any(String) },
      objects: [{ action: 'delete', changes: [], name: 'a', uid: expect.any(String) }],
    })
    expect(first.effect.objects[0]?.diff).toContain('-  colour: green')
    expect(await exists(`${configMaps()}/a`)).toBe(true)
    const answer = await tools.run(k8sDelete, args, first)
    expect(answer).toMatchObject({ outcome: 'succeeded', output: 'configmap "a" deleted', data: { done: true } })
    expect(await exists(`${configMaps()}/a`)).toBe(false)
    expect(await tools.verify(k8sDelete, args, first)).toMatchObject({ verdict: 'as_approved' })
    expect(await tools.refusal(k8sDelete, args)).toMatch(/^NotFound: configmap "a" in namespace/)
  })

  it('counts what goes with it, all kinds and levels', async () => {
    requireControllers(api)
    const app = { app: 'web' }
    await api.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'web' },
      spec: {
        replicas: 12,
        selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: { containers: [{ name: 'a', image: 'nginx' }] } },
      },
    })
    const reasons = async () =>
      (await tools.preview(k8sDelete, { name: 'web', resource_type: 'deployment' })).effect.reasons
    await expect.poll(reasons, { timeout: 10_000 }).toContain('deletes with it: 12 Pod, 1 ReplicaSet')
    // Among the kinds that are looked through is one that the server calls deprecated.
    const { warnings } = await tools.preview(k8sDelete, { name: 'web', resource_type: 'deployment' })
    expect(warnings).toEqual([])
    const whole = await tools.preview(k8sDelete, { name: namespace, resource_type: 'ns' })
    expect(whole.effect.risk).toBe('high')
    expect(whole.effect.reasons.join()).toMatch(/deletes with it: 12 Pod,.*1 Deployment/)
    const orphan = { name: 'web', resource_type: 'deployment', propagation_policy: 'orphan' }
    expect((await tools.preview(k8sDelete, orphan)).effect.reasons.join()).toContain('leaves behind without an owner')
  })

  it.each([
    ['of no kind', { group: '', version: '', kind: '' }],
    ['of nothing, as older servers have it', null],
  ])('counts past a made-up resource %s, whose server has subresources alone', async (_, responseKind) => {
    const proxy = await startRecordingProxy(api)
    const versions = [{ version: 'v1beta1', resources: [{ ...onlySubresources, responseKind }] }]
    const items = [{ metadata: { name: 'custom.metrics.k8s.io' }, versions }]
    proxy.interfere(({ path }, { answer }) => {
      if (path === '/apis') answer(200, { kind: 'APIGroupDiscoveryList', items })
    })
    const proxied = writeTools({ kubeconfig: proxy.kubeconfig, namespace })
    try {
      const owner = (await make('owner')).body as { metadata: { uid: string } }
      const { uid } = owner.metadata
      await make('owned', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }] })
      const { effect, answer } = await proxied.write(k8sDelete, { name: 'owner', resource_type: 'configmap' })
      expect(effect.reasons).toContain('deletes with it: 1 ConfigMap')
      expect(answer).toMatchObject({ outcome: 'succeeded' })
    } finally {
      await proxied.close()
      await proxy.close()
    }
  })

  it('keeps little of what it looks through, and looks through few kinds at a time', async () => {
    const proxy = await startRecordingProxy(api)
    const note = 'x'.repeat(4_096)
    const kind = 'PartialObjectMetadataList'
    const heaps: number[] = []
    let listing = 0
    let most = 0
    const resources = Array.from({ length: 30 }, (_, index) => ({
      resource: `widgets${index}`,
      responseKind: { group: 'heavy.example', version: 'v1', kind: `Widget${index}` },
      scope: 'Namespaced',
      verbs: ['list', 'delete'],
    }))
    const items = [{ metadata: { name: 'heavy.example' }, versions: [{ version: 'v1', resources }] }]
    const owner = (await make('owner')).body as { metadata: { uid: string } }
    const ownerReferences = [{ uid: owner.metadata.uid }]
    const pageOf = (number: number) =>
      Array.from({ length: 500 }, (_, index) => ({
        metadata: { name: `w${index}`, uid: `${number}-${index}`, annotations: { note }, ownerReferences },
      }))
    proxy.interfere(async ({ path }, { answer }) => {
      if (path === '/apis') return answer(200, { kind: 'APIGroupDiscoveryList', items })
      const { pathname, searchParams } = new URL(path, 'http://localhost')
      if (!pathname.startsWith('/apis/heavy.example/')) return undefined
      most = Math.max(most, ++listing)
      await setTimeout(5)
      listing--
      if (!pathname.endsWith('/widgets0')) return answer(200, { kind, metadata: {}, items: null })
      const number = Number(searchParams.get('continue') ?? 0)
      if (number === 0 || number === 14) heaps.push(collectedHeap())
      answer(200, { kind, metadata: number < 14 ? { continue: String(number + 1) } : {}, items: pageOf(number) })
    })
    const proxied = writeTools({ kubeconfig: proxy.kubeconfig, namespace })
    try {
      const { effect } = await proxied.preview(k8sDelete, { name: 'owner', resource_type: 'configmap' })
      expect(effect.reasons).toContain('deletes with it: 7500 Widget0')
      // Seven thousand objects of 4 KiB each were read by then.
      expect((heaps.at(-1) ?? 0) - (heaps[0] ?? 0)).toBeLessThan(12 * 2 ** 20)
      expect(most).toBeLessThanOrEqual(5)
    } finally {
      await proxied.close()
      await proxy.close()
    }
  })

  it('says what it still waits for when the time is over', async () => {
    await make('a', { finalizers: ['example.com/hold'] })
    const args = { name: 'a', resource_type: 'configmap', timeout_seconds: 1 }
    const { effect, answer, ...rest } = await tools.write(k8sDelete, args)
    expect(effect.reasons.join()).toContain('example.com/hold')
    expect(answer).toMatchObject({
      error: false,
      outcome: 'succeeded',
      output: 'deletion requested; waiting for finalizers: [example.com/hold]',
      data: { done: false },
    })
    expect(await tools.verify(k8sDelete, args, { effect, ...rest })).toMatchObject({ verdict: 'not_yet' })
    expect(tools.progress.join('')).toContain('waiting for finalizers')
  })

  it('returns as soon as the last finalizer is done', async () => {
    await make('a', { finalizers: ['example.com/hold'] })
    const writing = tools.write(k8sDelete, { name: 'a', resource_type: 'configmap' })
    await expect.poll(() => tools.progress.join(''), { timeout: 10_000 }).toContain('waiting for finalizers')
    await api.request('PATCH', `${configMaps()}/a`, { metadata: { finalizers: null } }, 'application/merge-patch+json')
    expect((await writing).answer).toMatchObject({ output: 'configmap "a" deleted', data: { done: true } })
  })

  it('is stale when the object was made again', async () => {
    await make('a')
    const args = { name: 'a', resource_type: 'configmap' }
    const approved = await tools.preview(k8sDelete, args)
    await api.request('DELETE', `${configMaps()}/a`)
    await make('a')
    expect(await tools.run(k8sDelete, args, approved)).toMatchObject({ outcome: 'stale' })
    expect(await exists(`${configMaps()}/a`)).toBe(true)
  })

  it('says plainly that nothing of the kind is there', async () => {
    const args = { name: 'a', resource_type: 'pod' }
    expect(await tools.refusal(k8sDelete, args)).toBe(`NotFound: pod "a" in namespace ${namespace} not found.`)
  })

  it.each([
    ['default', 'namespace', undefined],
    ['kube-system', 'namespaces', undefined],
    ['node-1', 'node', undefined],
    ['kube-root-ca.crt', 'configmap', 'kube-system'],
    ['fairlead', 'namespace', undefined],
    ['tools', 'deployment', 'fairlead'],
    ['runner', 'sa', 'fairlead'],
  ])('refuses to delete %s, %s', async (name, resource_type, inNamespace) => {
    const self = { namespace: 'fairlead', deployment: 'tools', serviceAccount: 'runner' }
    const own = writeTools({ kubeconfig: api.kubeconfig, namespace, settings: { self } })
    expect(await own.refusal(k8sDelete, { name, resource_type, namespace: inNamespace ?? null })).toMatch(
      /^Refused: .* is not deleted/,
    )
    await own.close()
  })

  it('deletes what is protected where an operator allows it', async () => {
    const settings = { allowProtected: true, protectedNamespaces: new Set([namespace]) }
    const own = writeTools({ kubeconfig: api.kubeconfig, namespace, settings })
    await make('a')
    const args = { name: 'a', resource_type: 'configmap' }
    expect((await own.preview(k8sDelete, args)).effect.risk).toBe('high')
    expect((await own.write(k8sDelete, args)).answer).toMatchObject({ outcome: 'succeeded' })
    await own.close()
  })

  it.each([
    ['several types', { name: 'a', resource_type: 'pod,cm' }],
    ['TYPE/NAME', { name: 'a', resource_type: 'pod/a' }],
    ['a pattern', { name: 'a*', resource_type: 'pod' }],
    ['a flag', { name: '--all', resource_type: 'pod' }],
  ])('refuses %s', async (_, args) => {
    expect(await tools.refusal(k8sDelete, args)).toMatch(/^InvalidArgument: /)
  })

  it('deletes of the credentials of integrations only a Secret by its name', async () => {
    const own = writeTools({ kubeconfig: api.kubeconfig, namespace, settings: { credentialsNamespace: namespace } })
    await make('a')
    expect(await own.refusal(k8sDelete, { name: 'a', resource_type: 'configmap' })).toMatch(
      /^Refused: credentials namespace/,
    )
    const name = 'jenkins-cred-0123456789abcdef0123'
    await api.request('POST', `/api/v1/namespaces/${namespace}/secrets`, { metadata: { name }, type: 'Opaque' })
    const { effect } = await own.preview(k8sDelete, { name, resource_type: 'secret' })
    expect(effect).toMatchObject({ risk: 'high' })
    expect(effect.reasons).toContain('changes the login of the integration jenkins')
    await own.close()
  })
})
