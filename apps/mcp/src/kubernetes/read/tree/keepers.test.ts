import { expect, test } from 'vitest'
import type { KubeObject } from '../../../effect/kube-object.ts'
import type { ApiResource } from '../../../kube/discovery/api-resource.ts'
import type { Kube } from '../../../kube/kube.ts'
import { keepersOf } from './keepers.ts'

const resource: ApiResource = {
  ...{ group: '', version: 'v1', plural: 'configmaps', singular: 'configmap', kind: 'ConfigMap', namespaced: true },
  ...{ shortNames: [], categories: [], verbs: ['get'], subresources: [] },
}
const root: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'orphan',
    namespace: 'shop',
    ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'top', uid: 'the-one-before', controller: true }],
  },
}
/** A cluster in which `top` has this uid; a garbage collector would soon take the orphan of a real one. */
const kubeWith = (uid: string) =>
  ({
    resourceOf: async () => resource,
    find: async () => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'top', uid } }),
  }) as unknown as Kube

test('an object that has taken the name of an owner owns nothing of it', async () => {
  expect(await keepersOf(root, kubeWith('the-one-before'))).toEqual(['ConfigMap/top'])
  expect(await keepersOf(root, kubeWith('another'))).toEqual(['ConfigMap/top (not there)'])
})
