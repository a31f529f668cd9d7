import { expect, test } from 'vitest'
import { elementNames } from './element-names.ts'

const podOf = (...containers: unknown[]) => ({ spec: { containers } })
const container = (name: string, env: unknown[] = []) => ({ name, env })
const path = '/spec/containers/1/env/0/value'

test('each element on the way is called by its name, before and after', () => {
  const of = (value: string) => podOf(container('log'), container('web', [{ name: 'LOG_LEVEL', value }]))
  expect(elementNames([path, '/spec/replicas'], of('info'), of('debug'))).toEqual({
    '/spec/containers/1': { name: 'web' },
    '/spec/containers/1/env/0': { name: 'LOG_LEVEL' },
  })
})

test('an element that comes or goes is called what it is called on its side', () => {
  const [few, more] = [podOf(container('web')), podOf(container('web'), container('log'))]
  const elements = { '/spec/containers/1': { name: 'log' } }
  expect(elementNames(['/spec/containers/1'], few, more)).toEqual(elements)
  expect(elementNames(['/spec/containers/1'], more, few)).toEqual(elements)
  expect(elementNames(['/spec/containers/1'], undefined, more)).toEqual(elements)
})

test.each<[string, unknown, unknown]>([
  ['one that changes its name', { ports: [{ port: 80 }] }, { ports: [{ port: 81 }] }],
  ['one that shares its name', { ports: [{ port: 80 }, { port: 80 }] }, { ports: [{ port: 80 }, { port: 80 }] }],
  ['one that is a plain value', { ports: [80] }, { ports: [81] }],
  ['a key that looks like a place', { ports: { 0: { name: 'a' } } }, { ports: { 0: { name: 'a' } } }],
])('%s has but its place', (_, before, after) => {
  expect(elementNames(['/ports/0'], before, after)).toStrictEqual({})
  expect(elementNames(['/ports/9'], before, after)).toStrictEqual({})
})

test('a long list is not looked through anew for each of its elements', () => {
  let reads = 0
  const counted = Array.from({ length: 1_000 }, (_, index) => ({
    get name() {
      reads++
      return `v${index}`
    },
  }))
  const paths = counted.map((_, index) => `/env/${index}/value`)
  expect(Object.keys(elementNames(paths, { env: counted }, { env: counted }))).toHaveLength(1_000)
  expect(reads).toBeLessThan(10 * counted.length)
})
