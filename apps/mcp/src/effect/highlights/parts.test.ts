import { expect, it } from 'vitest'
import { groupOf, partsOf, recordIn, recordsIn, stringsIn } from './parts.ts'
import { podsOf } from './pods.ts'
import { shortened } from './shortened.ts'
import { isReplicas, sizeFacts } from './size.ts'

it('all records of an object, itself first, each by where it lies', () => {
  const object = { a: { 'b/c': {} }, list: [{}, 'x', [{ d: null }]], text: 'x' }
  expect(partsOf(object).map(({ path }) => path)).toEqual(['', '/a', '/a/b~1c', '/list/0', '/list/2/0'])
  expect(partsOf(object)).toBe(partsOf(object))
})

it('the records of a list, by their place in it', () => {
  const part = { path: '/spec', value: { list: [{ a: 1 }, 'x', { b: 2 }], text: 'x' } }
  expect(recordsIn(part, 'list')).toEqual([
    { path: '/spec/list/0', value: { a: 1 } },
    { path: '/spec/list/2', value: { b: 2 } },
  ])
  expect(recordsIn(part, 'text')).toEqual([])
  expect(recordsIn(part, 'none')).toEqual([])
})

it('a record within records, where each is there by itself', () => {
  const part = { path: '/a', value: { b: { 'c/d': { e: 1 } }, text: 'x' } }
  expect(recordIn(part, 'b', 'c/d')).toEqual({ path: '/a/b/c~1d', value: { e: 1 } })
  for (const keys of [['text'], ['b', 'x'], ['text', 'length'], ['constructor', 'prototype'], ['b', 'c/d', 'e']]) {
    expect(recordIn(part, ...keys)).toBeUndefined()
  }
})

it('texts of a list, and the group of an object', () => {
  expect(stringsIn(['a', 1, 'b'])).toEqual(['a', 'b'])
  expect(stringsIn('ab')).toEqual([])
  expect(groupOf({ apiVersion: 'apps/v1' })).toBe('apps')
  expect(groupOf({ apiVersion: 'v1' })).toBe('')
})

it('the pods of an object, by what they are made of', () => {
  const object = {
    spec: { containers: [{ name: 'a', image: 'a' }, {}], initContainers: [{ name: 'a' }] },
    job: { image: 'b' },
    note: { image: 1 },
  }
  expect(podsOf(object).map(({ spec, containers }) => [spec.path, containers.map(({ of }) => of)])).toEqual([
    ['/spec', ['/spec/initContainers a', '/spec/containers a', '/spec/containers/1']],
    ['/job', ['/job']],
  ])
  expect(podsOf(object)).toBe(podsOf(object))
})

it('what is named in a sentence is cut at 120 characters', () => {
  expect(shortened('x'.repeat(120))).toBe('x'.repeat(120))
  expect(shortened('x'.repeat(121))).toBe(`${'x'.repeat(120)}…`)
})

it.each([
  ['/spec/replicas', undefined, true],
  ['/spec/workers/replicas', undefined, true],
  ['/spec/size', '/spec/size', true],
  ['/spec/size', undefined, false],
  ['/status/replicas', undefined, false],
  ['/status/replicas', '/status/replicas', true],
  ['/spec/maxReplicas', undefined, true],
  ['/spec/maxReplicaCount', undefined, true],
  ['/status/maxReplicas', undefined, false],
  ['/spec/minReplicas', undefined, false],
  ['/spec/replicasMax', undefined, false],
  ['/spec/minreplicas', undefined, false],
])('%s is a number of replicas (%s): %s', (path, replicasPath, is) => {
  expect(isReplicas({ path }, replicasPath)).toBe(is)
})

it.each<[before: unknown, after: unknown, fact: string | undefined]>([
  [3, 0, 'replicas to 0, from 3'],
  [4, 2, 'replicas halved, from 4 to 2'],
  [5, 3, undefined],
  [4, undefined, 'replicas halved, from 4 to 1'],
  [undefined, 0, 'replicas to 0, from 1'],
  [0, 0, undefined],
  [2, 4, undefined],
  ['9', 2, undefined],
  [9, '2', undefined],
])('replicas from %j to %j: %s', (before, after, fact) => {
  const change = {
    path: '/spec/replicas',
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  }
  const facts = sizeFacts([{ path: '/spec/paused', before: 9, after: 0 }, change], undefined)
  expect(facts).toEqual(fact === undefined ? [] : [{ group: 'size', path: '/spec/replicas', of: '', fact }])
})
