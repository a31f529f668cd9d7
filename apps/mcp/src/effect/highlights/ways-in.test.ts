import { expect, it } from 'vitest'
import { objectOf } from './highlights-of.fixture.ts'
import { plainlyRead } from './plainly-read.fixture.ts'
import { waysIn } from './ways-in.ts'

const hooksV1 = 'admissionregistration.k8s.io/v1'
const waysOf = (...of: Parameters<typeof objectOf>) =>
  waysIn(plainlyRead(objectOf(...of))).map(({ path, fact, grave, group, of }) => {
    expect(group).toBe('ways in')
    return [path, fact, ...(grave === undefined ? [] : [grave]), ...(of === '' ? [] : [of])]
  })

it.each([
  ['v1', 'LoadBalancer', [['/spec/type', 'Service of type LoadBalancer']]],
  ['v1', 'NodePort', [['/spec/type', 'Service of type NodePort']]],
  ['v1', 'ClusterIP', []],
  ['serving.knative.dev/v1', 'NodePort', []],
])('a Service of %s and of type %s', (apiVersion, type, ways) => {
  expect(waysOf(apiVersion, 'Service', { spec: { type } })).toEqual(ways)
})

it('needs no spec', () => {
  expect(waysOf('v1', 'Service', {})).toEqual([])
  expect(waysOf('networking.k8s.io/v1', 'Ingress', {})).toEqual([])
  expect(waysOf('v1', 'Pod', { spec: { type: 'NodePort', rules: [{}] }, webhooks: [{}] })).toEqual([])
})

it.each(['networking.k8s.io/v1', 'extensions/v1beta1'])('an Ingress of %s by its hosts', (apiVersion) => {
  const rules = [{ host: 'a.example' }, { host: '' }, {}]
  expect(waysOf(apiVersion, 'Ingress', { spec: { rules } })).toEqual([
    ['/spec/rules/0', 'Ingress «a.example»', 'rules'],
    ['/spec/rules/1', 'Ingress *', 'rules'],
    ['/spec/rules/2', 'Ingress *', 'rules'],
  ])
})

it.each(['defaultBackend', 'backend'])('an Ingress with a %s is for any host', (key) => {
  expect(waysOf('networking.k8s.io/v1', 'Ingress', { spec: { [key]: { service: {} } } })).toEqual([
    [`/spec/${key}`, 'Ingress *', 'rules'],
  ])
})

it.each(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])('the webhooks of a %s', (kind) => {
  const service = { namespace: 'n', name: 's', port: 8443, path: '/p' }
  const webhooks = [
    { name: 'a', clientConfig: { service } },
    { name: 'b', clientConfig: { url: 'https://evil.example/x', service } },
    { name: 'c', clientConfig: {} },
    { name: 'd' },
  ]
  const way = (index: number, name: string, address: string) => [
    `/webhooks/${index}`,
    `admission webhook «${name}» at ${address}`,
    `has the API server ask ${address} what it admits`,
    'webhooks',
  ]
  expect(waysOf(hooksV1, kind, { webhooks })).toEqual([
    way(0, 'a', 'Service «n»/«s»:8443«/p»'),
    way(1, 'b', '«https://evil.example/x»'),
    way(2, 'c', 'no address'),
    way(3, 'd', 'no address'),
  ])
})

it('an API service by where it is', () => {
  const of = (spec: object) => waysOf('apiregistration.k8s.io/v1', 'APIService', { spec }, 'v1.x.io')
  expect(of({ service: { namespace: 'n', name: 's' } })).toEqual([
    ['/metadata/name', 'API service «v1.x.io» at Service «n»/«s»'],
  ])
  expect(of({})).toEqual([['/metadata/name', 'API service «v1.x.io»']])
})
