import { digestOf } from '@fairlead/contract/json/digest'
import { expect, it } from 'vitest'
import { deploymentOf, objectOf, writeOf } from './highlights/highlights-of.fixture.ts'
import { indexedElements } from './indexed-elements.ts'

const key = Buffer.alloc(32, 3)
const pods = (...containers: object[]) => deploymentOf({ containers })
const at = '/spec/template/spec/containers'
const elementsOf = (before: Parameters<typeof writeOf>[0], after: Parameters<typeof writeOf>[1]) =>
  indexedElements(writeOf(before, after), key)

it('says which elements the changes lead into, by their names', () => {
  const [before, after] = ['a:1', 'a:2'].map((image) => pods({ name: 'log' }, { name: 'web', image }))
  expect(elementsOf(before, after)).toBe(digestOf([[`${at}/1`, { name: 'web' }]]))
})

it('of several each once, in order, and each on the way', () => {
  const of = (value: string) =>
    pods({ name: 'web', image: value, args: [value], env: [{ name: 'B', value }] }, { name: 'log', image: value })
  expect(elementsOf(of('1'), of('2'))).toBe(
    digestOf([
      [`${at}/0`, { name: 'web' }],
      [`${at}/0/env/0`, { name: 'B' }],
      [`${at}/1`, { name: 'log' }],
    ]),
  )
})

it('by all that they hold where they have no name, hidden as it is read', () => {
  const token = 'ghp_0123456789abcdef0123456789abcdef0123'
  const of = (n: number) => objectOf('example.com/v1', 'Thing', { spec: { list: [{ n, token: 'a', note: token }] } })
  const digest = elementsOf(of(1), of(2))
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  expect(digest).not.toBe(elementsOf(of(3), of(2)))
  expect(digest).not.toBe(digestOf([['/spec/list/0', { n: 1, token: 'a', note: token }]]))
})

it('by all that they hold where they are called otherwise afterwards, secrets hidden as they are read', () => {
  const of = (name: string) => objectOf('v1', 'Node', { spec: { taints: [{ key: name, value: 'x' }] } })
  expect(elementsOf(of('k'), of('j'))).toBe(digestOf([['/spec/taints/0', { key: 'k', value: 'x' }]]))
  const env = [{ name: 'API_TOKEN', value: 'hunter2' }]
  expect(elementsOf(pods({ image: '1', env }), pods({ image: '2', env }))).toBe(
    digestOf([[`${at}/0`, { image: '1', env: [{ name: 'API_TOKEN', value: '***' }] }]]),
  )
})

it('is none where no change leads into an element', () => {
  expect(elementsOf(pods(), pods({ name: 'web' }))).toBeUndefined()
  const of = (n: number) => objectOf('example.com/v1', 'Thing', { spec: { list: [n] } })
  expect(elementsOf(of(1), of(2))).toBeUndefined()
  expect(elementsOf(undefined, pods({ name: 'web' }))).toBeUndefined()
})

it('looks into the status where that is written', () => {
  const of = (value: string) => objectOf('v1', 'Node', { status: { taints: [{ key: 'k', value }] } })
  expect(elementsOf(of('1'), of('2'))).toBeUndefined()
  const write = { ...writeOf(of('1'), of('2')), writesStatus: true }
  expect(indexedElements(write, key)).toBe(digestOf([['/status/taints/0', { key: 'k' }]]))
})
