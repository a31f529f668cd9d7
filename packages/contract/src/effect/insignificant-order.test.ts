import { expect, test } from 'vitest'
import { tokensOf } from '../json/json-pointer.ts'
import { changeLeaves } from './change-leaves.ts'
import { isInsignificantOrder } from './insignificant-order.ts'

const isMere = (type: string, path: string, sides: readonly unknown[] = []) => {
  const [apiVersion = '', kind = ''] = type.split(' ')
  return isInsignificantOrder({ apiVersion, kind }, tokensOf(path), sides)
}

test.each([
  ['v1 Pod', '/spec'],
  ['v1 PodTemplate', '/template/spec'],
  ['v1 ReplicationController', '/spec/template/spec'],
  ['apps/v1 Deployment', '/spec/template/spec'],
  ['apps/v1 ReplicaSet', '/spec/template/spec'],
  ['apps/v1 StatefulSet', '/spec/template/spec'],
  ['apps/v1 DaemonSet', '/spec/template/spec'],
  ['batch/v1 Job', '/spec/template/spec'],
  ['batch/v1 CronJob', '/spec/jobTemplate/spec/template/spec'],
])('of %s the order of some lists means nothing, of others it does', (type, spec) => {
  for (const list of ['volumes', 'tolerations']) expect(isMere(type, `${spec}/${list}`), list).toBe(true)
  for (const containers of ['containers', 'initContainers', 'ephemeralContainers']) {
    for (const list of ['ports', 'volumeMounts', 'volumeDevices', 'env']) {
      expect(isMere(type, `${spec}/${containers}/12/${list}`), list).toBe(true)
    }
    for (const list of ['args', 'envFrom', 'ports/0/x', 'env/0']) {
      expect(isMere(type, `${spec}/${containers}/0/${list}`), list).toBe(false)
    }
    expect(isMere(type, `${spec}/${containers}`)).toBe(false)
    expect(isMere(type, `${spec}/${containers}/web/ports`)).toBe(false)
  }
  for (const list of ['hostAliases', 'imagePullSecrets', 'ports', 'conditions', 'secrets', 'x/volumes']) {
    expect(isMere(type, `${spec}/${list}`), list).toBe(false)
  }
  expect(isMere(type, '/other/volumes')).toBe(false)
  expect(isMere(type, `/${'x'.repeat(spec.length - 1)}/volumes`)).toBe(false)
  expect(isMere(type, '/volumes')).toBe(false)
})

test.each([
  ['example.com/v1 Firewall', '/spec/ports'],
  ['example.com/v1 Deployment', '/spec/template/spec/volumes'],
  ['apps/v1beta1 Deployment', '/spec/template/spec/volumes'],
  ['apps/v1 Pod', '/spec/volumes'],
  ['v1 Service', '/spec/ports'],
  ['v1 ServiceAccount', '/secrets'],
  ['v1 ServiceAccount', '/imagePullSecrets'],
  ['example.com/v1 Gate', '/spec/conditions'],
  ['example.com/v1 RoleBinding', '/subjects'],
  ['rbac.authorization.k8s.io/v1 Role', '/rules'],
  ['rbac.authorization.k8s.io/v1 RoleBinding', '/x/subjects'],
  ['constructor', '/spec/volumes'],
])('of %s the order of %s may mean something', (type, path) => {
  expect(isMere(type, path)).toBe(false)
})

test.each(['RoleBinding', 'ClusterRoleBinding'])('who a %s is for has no order', (kind) => {
  expect(isMere(`rbac.authorization.k8s.io/v1 ${kind}`, '/subjects')).toBe(true)
})

test('variables have an order where one may refer to another', () => {
  const path = '/spec/containers/0/env'
  expect(isMere('v1 Pod', path, [[{ name: 'A', value: '$HOME' }], []])).toBe(true)
  expect(isMere('v1 Pod', path, [[], [{ name: 'A', value: 'x $(B)' }]])).toBe(false)
  expect(isMere('v1 Pod', '/spec/volumes', [[{ name: '$(B)' }], []])).toBe(true)
})

test('a change says of its order whether it means something', () => {
  const [a, b] = [{ name: 'a' }, { name: 'b' }]
  const orderOf = (apiVersion: string, kind: string, path: string) =>
    changeLeaves({ path, before: [a, b], after: [b, a] }, { apiVersion, kind })
  const moved = { before: 'a, b', after: 'b, a' }
  expect(orderOf('v1', 'Pod', '/spec/volumes')).toEqual([
    { path: '/spec/volumes', label: 'order of spec.volumes', ...moved, isInsignificantOrder: true },
  ])
  expect(orderOf('example.com/v1', 'Firewall', '/spec/ports')).toEqual([
    { path: '/spec/ports', label: 'order of spec.ports', ...moved },
  ])
})
