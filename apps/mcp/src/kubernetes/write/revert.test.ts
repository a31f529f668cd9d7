import { sealValue } from '@fairlead/contract/sealed-value'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { clusterState } from '../../fixtures/tools/cluster-state.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { hostileReversions } from '../../fixtures/tools/hostile-documents.fixture.ts'
import { reversionIn } from '../../fixtures/tools/named-objects.fixture.ts'
import { ref, revertOf } from '../../fixtures/tools/sentences.fixture.ts'
import { makeWorkload, untilObserved, workloadPath } from '../../fixtures/tools/workloads.fixture.ts'
import { redactionKey, undoArgs, writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sApply } from './apply.ts'
import { k8sPatch } from './patch.ts'
import { k8sRevert } from './revert.ts'

describeTool(k8sRevert, {
  minimal: { changes: '[]' },
  good: ({ namespace, revertedUid: uid }) => ({
    changes: JSON.stringify([
      {
        ref: { cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'reverted', uid },
        patch: [{ op: 'add', path: '/data/color', value: 'red' }],
      },
    ]),
  }),
  names: reversionIn,
  documents: { min: 1_351, make: hostileReversions },
  bad: [
    ['document', { changes: '[' }, 'changes is not valid YAML: line 1, column 2: Flow sequence must end with a ].'],
    ['document, no list', { changes: '{}' }, 'changes must be a list, one entry an object.'],
    ['document, no entries', {}, 'changes has no entries.'],
    [
      'document, what the server keeps',
      { changes: revertOf({ ref, patch: [{ op: 'replace', path: '/metadata/uid', value: 'x' }] }) },
      'changes: "/metadata/uid" cannot be written.',
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
  namespace = await api.newNamespace('revert')
  tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  return () => tools.close()
})

const refTo = (name: string, more: Record<string, unknown> = {}) => ({
  cluster: 'default',
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace,
  name,
  ...more,
})
const changes = (...entries: unknown[]) => ({ changes: JSON.stringify(entries) })
const make = (name: string, data: Record<string, string> = {}) =>
  api.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name }, data })

describe('k8s_revert', () => {
  it('brings a deleted object back, a Secret too, and takes that back', async () => {
    const content = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { password: 'correct horse battery' },
    })
    const { effect } = await tools.write(k8sApply, { content })
    const there = await clusterState(api, namespace)
    const deleted = await tools.write(k8sRevert, undoArgs(effect))
    expect(deleted.effect.objects).toMatchObject([{ kind: 'Secret', action: 'delete' }])
    expect(deleted.effect.risk).toBe('high')
    expect(JSON.stringify(deleted.effect)).not.toContain('Y29ycmVjdCBob3')
    expect(await clusterState(api, namespace)).not.toHaveProperty('Secret s')
    const back = await tools.write(k8sRevert, undoArgs(deleted.effect))
    expect(back.answer.outcome).toBe('succeeded')
    expect(await clusterState(api, namespace)).toEqual(there)
  })

  it('is verified in a Secret whose values are too short to be hashed, beside an object that it has deleted', async () => {
    const secret = (pin: string) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { pin } })
    const other = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other' } })
    await tools.write(k8sApply, { content: secret('1234') })
    const { effect } = await tools.write(k8sApply, { content: `${secret('4321')}\n---\n${other}` })
    const undone = await tools.write(k8sRevert, undoArgs(effect))
    expect(undone.effect.objects.map(({ kind, action }) => [kind, action])).toEqual([
      ['ConfigMap', 'delete'],
      ['Secret', 'update'],
    ])
    expect(await tools.verify(k8sRevert, undoArgs(effect), undone)).toMatchObject({ verdict: 'as_approved' })
  })

  it('adds an entry to a map that has gone with its last one', async () => {
    await make('a')
    const path = '/metadata/annotations/x~1y'
    const { effect, answer } = await tools.write(
      k8sRevert,
      changes({ ref: refTo('a'), patch: [{ op: 'add', path, value: '1' }] }),
    )
    expect(answer.outcome).toBe('succeeded')
    expect(effect.objects[0]?.changes).toEqual([{ path, after: '1' }])
  })

  it('says when all is as it was already', async () => {
    await make('a', { one: '1' })
    const { effect, answer } = await tools.write(
      k8sRevert,
      changes({
        ref: refTo('a'),
        patch: [
          { op: 'remove', path: '/data/two' },
          { op: 'replace', path: '/data/one', value: '1' },
        ],
      }),
    )
    expect(effect).toMatchObject({ objects: [], summary: 'Nothing changes: all is as it was before' })
    expect(answer.output).toBe('configmap/a unchanged')
  })

  it('opens a sealed value only under the object it was sealed for', async () => {
    await make('a')
    const place = { cluster: 'default', kind: 'ConfigMap', namespace, name: 'b', path: '/data/one' }
    const sealed = sealValue('secret', place, redactionKey)
    const patch = [{ op: 'add', path: '/data/one', value: sealed }]
    expect(await tools.refusal(k8sRevert, changes({ ref: refTo('a'), patch }))).toBe(
      'Refused: the sealed value at /data/one of ConfigMap "a" does not belong there.',
    )
  })

  it('goes to no other list element than the one that was changed', async () => {
    await makeWorkload(api, namespace, { name: 'web' })
    const path = workloadPath(namespace, 'Deployment', 'web')
    const inTemplate = (spec: object) => ({ spec: { template: { spec } } })
    const patch = JSON.stringify(inTemplate({ containers: [{ name: 'app', workingDir: '/srv' }] }))
    const { effect } = await tools.write(k8sPatch, { name: 'web', resource_type: 'deployment', patch, namespace })
    const { containers } = (await untilObserved(api, namespace, 'Deployment', 'web')).spec.template.spec
    const put = (list: unknown) =>
      api.request('PATCH', path, inTemplate({ containers: list }), 'application/merge-patch+json')
    expect((await put([{ name: 'first', image: 'nginx:1.27', workingDir: '/srv' }, ...containers])).status).toBe(200)
    expect(await tools.refusal(k8sRevert, undoArgs(effect))).toMatch(/^Conflict: .*\/containers\/0\/name\.$/)
    expect((await put(containers)).status).toBe(200)
    expect((await tools.write(k8sRevert, undoArgs(effect))).answer.outcome).toBe('succeeded')
    expect((await tools.write(k8sRevert, undoArgs(effect))).effect.objects).toEqual([])
  })

  it('takes away the list element that was added, wherever others come and go, or says that it cannot', async () => {
    await makeWorkload(api, namespace, { name: 'web' })
    const path = workloadPath(namespace, 'Deployment', 'web')
    const put = (...names: string[]) => {
      const containers = names.map((name) => ({ name, image: 'nginx:1.27' }))
      const body = { spec: { template: { spec: { containers } } } }
      return api.request('PATCH', path, body, 'application/merge-patch+json')
    }
    const value = { name: 'added', image: 'nginx:1.27' }
    const patch = JSON.stringify([{ op: 'add', path: '/spec/template/spec/containers/-', value }])
    const args = { name: 'web', resource_type: 'deployment', patch, patch_type: 'json', namespace }
    const { effect } = await tools.write(k8sPatch, args)
    expect((await put('app', 'other', 'added')).status).toBe(200)
    expect(await tools.refusal(k8sRevert, undoArgs(effect))).toMatch(/^Conflict: .*\/containers\/1\/name\.$/)
    expect((await put('app')).status).toBe(200)
    expect((await tools.write(k8sRevert, undoArgs(effect))).effect.objects).toEqual([])
  })

  it('refuses an object that was made again', async () => {
    await make('a')
    const ref = refTo('a', { uid: '00000000-0000-0000-0000-000000000000' })
    expect(await tools.refusal(k8sRevert, changes({ ref, delete: true }))).toMatch(
      /^Conflict: .* is no longer the object/,
    )
  })

  it.each([
    ['no list', { changes: '{}' }, 'changes must be a list, one entry an object.'],
    ['an empty list', changes(), 'changes has no entries.'],
    [
      '101 entries',
      changes(...Array.from({ length: 101 }, () => ({}))),
      'changes has 101 entries. At most 100 are allowed.',
    ],
    [
      'an entry of two kinds',
      changes({ ref: { cluster: 'default', apiVersion: 'v1', kind: 'Pod', name: 'a' }, delete: true, patch: [] }),
      /^changes: entry 1 is not/,
    ],
    [
      'a patch of a status',
      changes({
        ref: { cluster: 'default', apiVersion: 'v1', kind: 'Pod', name: 'a' },
        patch: [{ op: 'remove', path: '/status' }],
      }),
      'changes: "/status" cannot be written.',
    ],
    [
      'a new name',
      changes({
        ref: { cluster: 'default', apiVersion: 'v1', kind: 'Pod', name: 'a' },
        patch: [{ op: 'replace', path: '/metadata/name', value: 'b' }],
      }),
      'changes: "/metadata/name" cannot be written.',
    ],
    [
      'a namespaced kind without a namespace',
      changes({ ref: { cluster: 'default', apiVersion: 'v1', kind: 'Pod', name: 'a' }, delete: true }),
      'changes: a Pod needs a namespace.',
    ],
    [
      'another cluster',
      changes({ ref: { cluster: 'other', apiVersion: 'v1', kind: 'Pod', name: 'a', namespace: 'x' }, delete: true }),
      'changes names the cluster "other". This call acts on "default".',
    ],
  ])('refuses %s', async (_, args, sentence) => {
    const text = await tools.refusal(k8sRevert, args)
    expect(text.replace('InvalidArgument: ', '')).toEqual(
      typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    )
  })

  it('does not delete what k8s_delete would not', async () => {
    const ref = { cluster: 'default', apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' }
    expect(await tools.refusal(k8sRevert, changes({ ref, delete: true }))).toMatch(/^Refused: .*protected/)
  })
})
