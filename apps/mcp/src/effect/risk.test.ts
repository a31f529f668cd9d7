import type { Change } from '@fairlead/contract/effect'
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
