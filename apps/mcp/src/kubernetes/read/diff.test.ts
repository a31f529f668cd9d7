import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterState } from '../../fixtures/tools/cluster-state.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { hostileDefinitions, hostileManifests } from '../../fixtures/tools/hostile-documents.fixture.ts'
import { manifestIn } from '../../fixtures/tools/named-objects.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { makeWorkload, workloadPath } from '../../fixtures/tools/workloads.fixture.ts'
import { sampleMap } from '../../fixtures/tools/world.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sApply } from '../write/apply.ts'
import { k8sDiff } from './diff.ts'

describeTool(k8sDiff, {
  minimal: { content: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}' },
  good: ({ namespace }) => ({ content: JSON.stringify(sampleMap('settings', { color: 'red' })), namespace }),
  names: manifestIn,
  documents: { min: 1_451, make: (place) => [...hostileManifests(place), ...hostileDefinitions(place)] },
  bad: [
    ['document, none', { content: '---' }, 'content has no documents.'],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['document', { content: 'a: 1\na: 2' }, 'content is not valid YAML: line 2, column 1: Map keys must be unique.'],
  ],
})

let api: ApiServer
let namespace: string
let reads: ReturnType<typeof readTools>
let tools: ReturnType<typeof writeTools>
beforeAll(async () => {
  api = await sharedApiServer()
  namespace = await api.newNamespace('diff')
  reads = readTools({ kubeconfig: api.kubeconfig, namespace })
  tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
})
afterAll(async () => {
  await reads?.close()
  await tools?.close()
})

const configMap = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})
const contentOf = (...manifests: object[]) => manifests.map((each) => JSON.stringify(each)).join('\n---\n')

describe('k8s_diff', () => {
  it('shows what an apply would change, the same as its preview, and writes nothing', async () => {
    await tools.write(k8sApply, { content: contentOf(configMap('a', { one: '1' }), configMap('b', { one: '1' })) })
    const before = await clusterState(api, namespace)
    const content = contentOf(configMap('a', { one: '2' }), configMap('b', { one: '1' }), configMap('c', { one: '1' }))
    const result = await reads.run(k8sDiff, { content })
    expect(result).toMatchObject({
      namespace,
      data: {
        objects: [
          { ref: { name: 'a' }, action: 'update' },
          { ref: { name: 'b' }, action: 'none' },
          { ref: { name: 'c' }, action: 'create' },
        ],
      },
    })
    expect(result.error).toBeUndefined()
    const { effect } = await tools.preview(k8sApply, { content })
    expect(effect.objects.map(({ diff }) => diff?.trim())).toEqual([
      expect.stringContaining('-  one: "1"\n+  one: "2"'),
      expect.any(String),
    ])
    for (const { diff } of effect.objects) expect(result.output).toContain(diff?.trim())
    expect(result.output.split('\n')).toEqual(
      expect.arrayContaining(['configmap/a would change', 'configmap/b is as written', 'configmap/c would be created']),
    )
    expect(await clusterState(api, namespace)).toEqual(before)
  })

  it('marks the fields that others own', async () => {
    await makeWorkload(api, namespace, { name: 'web' })
    const replicas = { spec: { replicas: 0, minReadySeconds: 1 } }
    const owned = `${workloadPath(namespace, 'Deployment', 'web')}?fieldManager=hpa`
    await api.request('PATCH', owned, replicas, 'application/merge-patch+json')
    const manifest = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { minReadySeconds: 5 },
    }
    const { output, hint, data } = await reads.run(k8sDiff, { content: contentOf(manifest) })
    expect(output).toContain('! .spec.minReadySeconds belongs to "hpa"')
    expect(output).toContain('-  minReadySeconds: 1\n+  minReadySeconds: 5')
    expect(hint).toBe('k8s_apply takes fields of others over only with force_conflicts:true.')
    expect(data).toMatchObject({
      objects: [{ owned_by_others: [{ field: '.spec.minReadySeconds', owner: 'hpa' }] }],
    })
  })

  it('hides the values of a Secret, and shows that they change', async () => {
    const secret = (password: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'login' },
      stringData: { password },
    })
    await tools.write(k8sApply, { content: contentOf(secret('1234')) })
    const { output } = await reads.run(k8sDiff, { content: contentOf(secret('4321')) })
    expect(output).toContain('+  password: "*** (changed)"')
    expect(output).not.toMatch(/4321|NDMyMQ/)
  })

  it('shows the others beside a manifest that cannot be applied, and is an error', async () => {
    const wrong = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, date: {} }
    const result = await reads.run(k8sDiff, { content: contentOf(configMap('new', {}), wrong) })
    expect(result.error).toBe(true)
    expect(result.output).toContain('configmap/new would be created')
    expect(result.output).toMatch(/unknown field "date"/)
    await expect(reads.run(k8sDiff, { content: contentOf(wrong) })).rejects.toMatchObject({ code: 'Invalid' })
  })

  it('computes what belongs to a Namespace of the same content, and says so', async () => {
    const name = `${namespace}-new`
    const made = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
    const inside = { ...configMap('a', {}), metadata: { name: 'a', namespace: name } }
    const { output, data } = await reads.run(k8sDiff, { content: contentOf(inside, made) })
    expect(output).toContain('! its Namespace comes in the same apply, so it cannot be tried out')
    expect(data).toMatchObject({ objects: [{ basis: 'server' }, { basis: 'computed' }] })
  })
})
