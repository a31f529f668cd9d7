import { expect, test } from 'vitest'
import { createDiscovery, type FetchJson } from './discovery.ts'

const pods = { resource: 'pods', responseKind: { kind: 'Pod' }, scope: 'Namespaced', verbs: ['get'] }
const served: FetchJson = async (path) => ({
  kind: 'APIGroupDiscoveryList',
  items: path === '/api' ? [{ metadata: {}, versions: [{ version: 'v1', resources: [pods] }] }] : [],
})
const plurals = (resources: readonly { plural: string }[]) => resources.map(({ plural }) => plural)

test('what one caller was not told, the others who waited for it ask for themselves', async () => {
  const discovery = createDiscovery()
  const refused = Promise.withResolvers<unknown>()
  let requests = 0
  const first = discovery.of(() => refused.promise).resources()
  const other = discovery.of((path, accept) => {
    requests++
    return served(path, accept)
  })
  const waiting = [other.resources(), other.resources()]
  refused.reject(new Error('cancelled'))
  await expect(first).rejects.toThrow('cancelled')
  for (const resources of await Promise.all(waiting)) expect(plurals(resources)).toEqual(['pods'])
  const before = requests
  expect(plurals(await other.resources())).toEqual(['pods'])
  expect(requests).toBe(before)
})

test('who comes while another is told asks nothing', async () => {
  const discovery = createDiscovery()
  const reading = discovery.of(served).resources()
  const silent = discovery.of(() => Promise.reject(new Error('was asked')))
  expect(plurals(await silent.resources())).toEqual(['pods'])
  expect(await reading).toBe(await silent.resources())
  await expect(silent.resources({ refresh: true })).rejects.toThrow('was asked')
})

test('what a token has seen is not told to another, and of many the oldest is forgotten', async () => {
  const discovery = createDiscovery()
  let requests = 0
  const of = (token: string) =>
    discovery.of((path, accept) => {
      requests++
      return served(path, accept)
    }, token)
  await of('0').resources()
  const each = requests
  await of('0').resources()
  expect(requests).toBe(each)
  for (let token = 1; token < 32; token++) await of(String(token)).resources()
  for (let token = 0; token < 32; token++) await of(String(token)).resources()
  expect(requests).toBe(32 * each)
  await of('32').resources()
  expect(requests).toBe(33 * each)
  await of('0').resources()
  expect(requests).toBe(34 * each)
})

test.each([
  ['no kind', { group: '', version: '', kind: '' }],
  ['nothing at all, as older servers say', null],
])('a parent that was made up for its subresources and is of %s is left out', async (_, responseKind) => {
  const madeUp = { resource: 'widgets', responseKind, scope: 'Namespaced', verbs: null }
  const subresources = [{ subresource: 'metric', responseKind: { kind: 'MetricValueList' }, verbs: ['get'] }]
  const groups = [
    {
      metadata: { name: 'custom.metrics.k8s.io' },
      versions: [{ version: 'v1', resources: [{ ...madeUp, subresources }] }],
    },
  ]
  const discovery = createDiscovery()
  const found = discovery.of(async (path, accept) =>
    path === '/apis' ? { kind: 'APIGroupDiscoveryList', items: groups } : served(path, accept),
  )
  expect(plurals(await found.resources())).toEqual(['pods'])
})

test('of servers without aggregated discovery, what has no kind is left out, and who lists nothing hides no other', async () => {
  const version = (groupVersion: string) => ({ preferredVersion: { groupVersion }, versions: [{ groupVersion }] })
  const documents: Record<string, unknown> = {
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': { kind: 'APIGroupList', groups: [version('custom.metrics.k8s.io/v1'), version('empty.example/v1')] },
    '/api/v1': {
      groupVersion: 'v1',
      resources: [
        { name: 'pods', kind: 'Pod', namespaced: true, verbs: ['get'] },
        { name: 'hosts', kind: 'Host', namespaced: true, verbs: null },
      ],
    },
    '/apis/custom.metrics.k8s.io/v1': {
      groupVersion: 'custom.metrics.k8s.io/v1',
      resources: [
        { name: 'pods/metric', kind: 'MetricValueList', namespaced: true, verbs: ['get'] },
        { name: 'widgets', kind: '', namespaced: true, verbs: null },
      ],
    },
    '/apis/empty.example/v1': { groupVersion: 'empty.example/v1', resources: null },
  }
  const found = await createDiscovery()
    .of(async (path) => documents[path])
    .resources()
  expect(found.map(({ plural, verbs }) => [plural, verbs])).toEqual([
    ['pods', ['get']],
    ['hosts', []],
  ])
})
