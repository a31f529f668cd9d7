import type { Change } from '@fairlead/contract/effect/effect'
import { describe, expect, it } from 'vitest'
import { combinedRisk, effectSignals, objectSignals, type RatedObject } from './risk.ts'

const update = (changes: Change[], kind = 'Deployment', apiVersion = 'apps/v1'): RatedObject => ({
  ref: { cluster: 'default', apiVersion, kind, namespace: 'shop', name: 'web' },
  action: 'update',
  before: { apiVersion, kind },
  changes,
})
const deletion = (kind: string, apiVersion: string, namespace?: string): RatedObject => ({
  ref: { cluster: 'default', apiVersion, kind, name: 'web', ...(namespace !== undefined && { namespace }) },
  action: 'delete',
  changes: [],
})
const replicas = (before: number | undefined, after: number | undefined) =>
  update([{ path: '/spec/replicas', before, after }])
const riskOf = (object: RatedObject) => combinedRisk(objectSignals(object, new Set(['kube-system']))).risk

it('the highest of several is the risk, and comes first', () => {
  const [low, medium, high] = (['low', 'medium', 'high'] as const).map((risk) => ({ risk, reason: `it is ${risk}` }))
  for (const signals of [
    [low, medium, high],
    [high, low, medium],
    [medium, low, high],
  ] as (typeof high)[][]) {
    const given = signals.filter((each) => each !== undefined)
    expect(combinedRisk(given)).toEqual({ risk: 'high', reasons: ['it is high', 'it is medium', 'it is low'] })
  }
})

describe('the risk of one object', () => {
  it.each<[string, string, RatedObject]>([
    ['a Namespace deleted', 'high', deletion('Namespace', 'v1')],
    ['a definition deleted', 'high', deletion('CustomResourceDefinition', 'apiextensions.k8s.io/v1')],
    ['a claim deleted', 'high', deletion('PersistentVolumeClaim', 'v1', 'shop')],
    ['a Secret deleted', 'high', deletion('Secret', 'v1', 'shop')],
    ['a workload deleted', 'high', deletion('StatefulSet', 'apps/v1', 'shop')],
    ['a ConfigMap deleted', 'medium', deletion('ConfigMap', 'v1', 'shop')],
    ['something in a protected namespace', 'high', deletion('ConfigMap', 'v1', 'kube-system')],
    ['access rights', 'high', update([], 'RoleBinding', 'rbac.authorization.k8s.io/v1')],
    ['a webhook', 'high', update([], 'ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1')],
    ['scaled to 0', 'high', replicas(3, 0)],
    ['half of the replicas', 'medium', replicas(4, 2)],
    ['less than half of the replicas', 'low', replicas(4, 3)],
    ['more replicas', 'low', replicas(3, 5)],
    ['the default number, from many', 'medium', replicas(4, undefined)],
    ['an image', 'medium', update([{ path: '/spec/template/spec/containers/0/image', before: 'a', after: 'b' }])],
    ['a pod image', 'medium', update([{ path: '/spec/containers/0/image', before: 'a', after: 'b' }], 'Pod', 'v1')],
    ['an owner', 'high', update([{ path: '/metadata/ownerReferences', after: [{ uid: 'u' }] }])],
    ['another owner', 'high', update([{ path: '/metadata/ownerReferences/0/uid', before: 'u', after: 'v' }])],
    ['no owner any more', 'low', update([{ path: '/metadata/ownerReferences', before: [{ uid: 'u' }] }])],
    ['a label', 'low', update([{ path: '/metadata/labels/a', after: 'b' }])],
  ])('%s is %s', (_, risk, object) => {
    expect(riskOf(object)).toBe(risk)
  })
})

it('rates an effect by what the server did not try out, and by its size', () => {
  expect(combinedRisk(effectSignals({ basis: 'server', objects: [1] }))).toEqual({ risk: 'low', reasons: [] })
  expect(combinedRisk(effectSignals({ basis: 'computed', objects: [1] })).risk).toBe('medium')
  expect(combinedRisk(effectSignals({ basis: 'server', objects: Array(21).fill(1) })).risk).toBe('high')
})

it('says all that fits, once, the gravest first', () => {
  expect(
    combinedRisk([
      { risk: 'low', reason: 'a' },
      { risk: 'high', reason: 'b' },
      { risk: 'low', reason: 'a' },
    ]),
  ).toEqual({ risk: 'high', reasons: ['b', 'a'] })
})

describe('the reasons of one object', () => {
  const reasonsOf = (object: RatedObject) => objectSignals(object, new Set(['kube-system']))
  const high = (reason: string) => [{ risk: 'high', reason }]
  const medium = (reason: string) => [{ risk: 'medium', reason }]
  const ofNamespace = (name: string, apiVersion: string): RatedObject => ({
    ref: { cluster: 'default', apiVersion, kind: 'Namespace', name },
    action: 'create',
    changes: [],
  })
  const owner = (path: string) => update([{ path, after: 'x' }])

  it.each<[string, RatedObject, { risk: string; reason: string }[]]>([
    ['rights', update([], 'Role', 'rbac.authorization.k8s.io/v1'), high('changes access rights: Role shop/web')],
    [
      'admission',
      update([], 'ValidatingAdmissionPolicy', 'admissionregistration.k8s.io/v1'),
      high('changes what the API server admits: ValidatingAdmissionPolicy shop/web'),
    ],
    ['a protected namespace', ofNamespace('kube-system', 'v1'), high('writes in the protected namespace kube-system')],
    ['a kind of that name in another group', ofNamespace('kube-system', 'example.com/v1'), []],
    ['another namespace', ofNamespace('shop', 'v1'), []],
    ['a deletion without a namespace', deletion('Node', 'v1'), medium('deletes Node web')],
    ['a grave deletion', deletion('Deployment', 'apps/v1', 'shop'), high('deletes Deployment shop/web')],
    ['replicas to 0', replicas(3, 0), high('scales Deployment shop/web to 0')],
    ['replicas halved', replicas(4, 2), medium('takes half or more of the replicas of Deployment shop/web away')],
    ['the only replica', replicas(undefined, 0), high('scales Deployment shop/web to 0')],
    ['as many replicas', replicas(0, 0), []],
    ['a few replicas less', replicas(4, 3), []],
    [
      'replicas elsewhere',
      { ...update([{ path: '/spec/size', before: 3, after: 0 }]), replicasPath: '/spec/size' },
      high('scales Deployment shop/web to 0'),
    ],
    ['another number', update([{ path: '/spec/size', before: 3, after: 0 }]), []],
    ['replicas that are no numbers', update([{ path: '/spec/replicas', before: '3', after: 0 }]), []],
    ['replicas that become none', update([{ path: '/spec/replicas', before: 3, after: '0' }]), []],
    [
      'a pod template',
      update([{ path: '/spec/template', after: {} }]),
      medium('changes the pods of Deployment shop/web'),
    ],
    [
      'the pods of a job',
      update([{ path: '/spec/jobTemplate/spec', after: {} }], 'CronJob', 'batch/v1'),
      medium('changes the pods of CronJob shop/web'),
    ],
    [
      'containers of a pod',
      update([{ path: '/spec/initContainers', after: [] }], 'Pod', 'v1'),
      medium('changes the pods of Pod shop/web'),
    ],
    ['another field of a pod', update([{ path: '/spec/template', after: {} }], 'Pod', 'v1'), []],
    [
      'what only begins like it',
      update([
        { path: '/spec/templates', after: {} },
        { path: '/x/spec/template', after: {} },
      ]),
      [],
    ],
    [
      'what only begins like it, in a pod',
      update(
        [
          { path: '/spec/containersX', after: {} },
          { path: '/x/spec/containers', after: {} },
        ],
        'Pod',
        'v1',
      ),
      [],
    ],
    [
      'owners',
      owner('/metadata/ownerReferences'),
      high('gives Deployment shop/web owners, and it is deleted when they are not there'),
    ],
    ['what only begins like owners', owner('/metadata/ownerReferencesX'), []],
    ['what only ends like owners', owner('/spec/metadata/ownerReferences'), []],
    ['a creation of pods', { ...update([{ path: '/spec/template', after: {} }]), action: 'create' }, []],
  ])('%s', (_, object, signals) => {
    expect(reasonsOf(object)).toEqual(signals)
  })

  it.each([
    ['v1', 'PersistentVolume'],
    ['v1', 'ReplicationController'],
    ['apps/v1', 'DaemonSet'],
    ['apps/v1', 'ReplicaSet'],
    ['batch/v1', 'CronJob'],
    ['batch/v1', 'Job'],
    ['argoproj.io/v1alpha1', 'Rollout'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ['v1', 'Namespace'],
    ['v1', 'PersistentVolumeClaim'],
    ['v1', 'Secret'],
    ['apps/v1', 'StatefulSet'],
  ])('the deletion of a %s %s is grave, and not in another group', (apiVersion, kind) => {
    expect(riskOf(deletion(kind, apiVersion))).toBe('high')
    expect(riskOf(deletion(kind, 'example.com/v1'))).toBe('medium')
  })
})

it.each([
  ['computed', 'the effect was computed here, the API server did not try it out'],
  ['external', 'the effect lies outside the cluster and cannot be tried out'],
  ['unknown', 'nobody vouches for the effect of this tool'],
] as const)('says what a %s effect is worth, and how much it changes', (basis, reason) => {
  expect(effectSignals({ basis, objects: Array(20) })).toEqual([{ risk: 'medium', reason }])
  expect(effectSignals({ basis: 'server', objects: Array(21) })).toEqual([
    { risk: 'high', reason: 'changes 21 objects at once' },
  ])
})
