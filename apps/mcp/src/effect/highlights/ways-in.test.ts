import { valueAt } from '@fairlead/contract/json/json-pointer'
import { expect, it } from 'vitest'
import { objectOf } from './highlights-of.fixture.ts'
import { plainlyRead } from './plainly-read.fixture.ts'
import { waysIn } from './ways-in.ts'

const hooksV1 = 'admissionregistration.k8s.io/v1'
const waysOf = (...of: Parameters<typeof objectOf>) =>
  waysIn(plainlyRead(objectOf(...of))).map(({ path, fact, highRiskReason, group, of }) => {
    expect(group).toBe('ways in')
    return [path, fact, ...(highRiskReason === undefined ? [] : [highRiskReason]), ...(of === '' ? [] : [of])]
  })

it.each([
  [
    'v1',
    'LoadBalancer',
    [
      ['/spec/type', 'Service of type LoadBalancer'],
      ['/spec/type', 'Service open to any address'],
    ],
  ],
  ['v1', 'NodePort', [['/spec/type', 'Service of type NodePort']]],
  ['v1', 'ClusterIP', []],
  ['serving.knative.dev/v1', 'NodePort', []],
])('a Service of %s and of type %s', (apiVersion, type, ways) => {
  expect(waysOf(apiVersion, 'Service', { spec: { type } })).toEqual(ways)
})

it('a Service by the addresses that reach it', () => {
  const of = (spec: object) => waysOf('v1', 'Service', { spec }).filter(([path]) => path !== '/spec/type')
  const loadBalancerSourceRanges = ['10.0.0.0/8', '0.0.0.0/0']
  expect(of({ type: 'LoadBalancer', loadBalancerSourceRanges })).toEqual([
    ['/spec/loadBalancerSourceRanges/0', 'Service open to «10.0.0.0/8»'],
    ['/spec/loadBalancerSourceRanges/1', 'Service open to «0.0.0.0/0»'],
  ])
  expect(of({ type: 'NodePort', loadBalancerSourceRanges })).toEqual([])
  const externalIPs = ['198.51.100.7']
  for (const type of ['ClusterIP', 'LoadBalancer']) {
    expect(of({ type, externalIPs })).toEqual([['/spec/externalIPs/0', 'Service at the address «198.51.100.7»']])
  }
})

it('a port of the node', () => {
  const ports = [{ containerPort: 80 }, { containerPort: 22, hostPort: 22 }, { hostPort: 0 }, { hostPort: '23' }]
  expect(waysOf('v1', 'Pod', { spec: { containers: [{ name: 'app', ports }] } })).toEqual([
    ['/spec/containers/0/ports/1/hostPort', 'host port 22', '/spec/containers app'],
  ])
})

it('what a webhook is asked about, and when', () => {
  const read = (webhook: object) => {
    const hooks = objectOf(hooksV1, 'MutatingWebhookConfiguration', { webhooks: [{ name: 'a', ...webhook }] })
    const quote = (path: string) => {
      const value = valueAt(hooks, path)
      return typeof value === 'string' ? value : JSON.stringify(value)
    }
    return waysIn({ object: hooks, quote }).slice(1)
  }
  const rule = { apiGroups: ['', 'apps'], operations: ['CREATE', 'UPDATE'], resources: ['pods', 'deployments'] }
  const reviewed = 'is asked about CREATE, UPDATE pods, pods.apps, deployments, deployments.apps'
  expect(read({ rules: [rule], namespaceSelector: {}, objectSelector: {} })).toEqual([
    {
      group: 'ways in',
      path: '/webhooks/0/rules/0',
      of: 'webhooks',
      fact: `admission webhook a ${reviewed}`,
      highRiskReason: `has a webhook that ${reviewed}`,
    },
  ])
  const narrow = {
    namespaceSelector: { matchLabels: { a: 'b' } },
    objectSelector: { matchLabels: { c: 'd' } },
    matchConditions: [{ name: 'x', expression: 'object.x' }],
  }
  expect(read({ rules: [{ operations: ['*'], resources: ['*'] }], ...narrow }).map(({ fact }) => fact)).toEqual([
    'admission webhook a is asked about * *, namespaceSelector {"matchLabels":{"a":"b"}}, objectSelector {"matchLabels":{"c":"d"}}, if object.x',
  ])
})

it('who makes objects of other versions', () => {
  const of = (conversion: object) =>
    waysOf('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec: { conversion } })
  const clientConfig = { url: 'https://evil.example' }
  const expected = [
    'conversion webhook at «https://evil.example»',
    'has the API server ask «https://evil.example» what its objects are',
  ]
  expect(of({ webhook: { clientConfig } })).toEqual([['/spec/conversion/webhook/clientConfig', ...expected]])
  expect(of({ webhookClientConfig: clientConfig })).toEqual([['/spec/conversion/webhookClientConfig', ...expected]])
  expect(of({ strategy: 'None' })).toEqual([])
  expect(waysOf('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {})).toEqual([])
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
