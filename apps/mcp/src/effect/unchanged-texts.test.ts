import { tokensOf } from '@fairlead/contract/json/json-pointer'
import { expect, it } from 'vitest'
import { unchangedTexts } from './unchanged-texts.ts'

const isUnchanged = (former: unknown, object: unknown, path: string, text: string) =>
  unchangedTexts(former)({ text, object, tokens: tokensOf(path) })

it('a text stands where it stood, by keys', () => {
  const object = { a: { b: 'x', c: 'y' }, n: 1, none: null }
  expect(isUnchanged(object, object, '/a/b', 'x')).toBe(true)
  expect(isUnchanged(object, object, '/a/b', 'y')).toBe(false)
  expect(isUnchanged(object, object, '/a/c', 'x')).toBe(false)
  expect(isUnchanged(object, object, '/a', 'x')).toBe(false)
  expect(isUnchanged(undefined, object, '/a/b', 'x')).toBe(false)
  expect(isUnchanged('x', 'x', '', 'x')).toBe(true)
})

it('an element with a name is the same wherever its list has moved it', () => {
  const list = (...names: string[]) => ({ env: names.map((name) => ({ name, value: `of ${name}` })) })
  expect(isUnchanged(list('a', 'b'), list('b', 'a'), '/env/0/value', 'of b')).toBe(true)
  expect(isUnchanged(list('a', 'b'), list('b', 'a'), '/env/0/value', 'of a')).toBe(false)
})

it('an element whose name is no text is told by its place', () => {
  const list = (...values: string[]) => ({ list: values.map((value) => ({ name: 1, value })) })
  expect(isUnchanged(list('a', 'b'), list('b', 'a'), '/list/0/value', 'a')).toBe(true)
  expect(isUnchanged(list('a', 'b'), list('b', 'a'), '/list/0/value', 'b')).toBe(false)
})

it('of two elements with one name each has its texts', () => {
  const twice = {
    env: [
      { name: 'a', value: '1' },
      { name: 'a', value: '2' },
    ],
  }
  expect(isUnchanged(twice, twice, '/env/0/value', '1')).toBe(true)
  expect(isUnchanged(twice, twice, '/env/0/value', '2')).toBe(true)
})

it('one without is the same at the same place', () => {
  const list = { args: ['a', ['b'], { name: 1, value: 'c' }] }
  expect(isUnchanged(list, list, '/args/0', 'a')).toBe(true)
  expect(isUnchanged(list, list, '/args/1', 'a')).toBe(false)
  expect(isUnchanged(list, list, '/args/1/0', 'b')).toBe(true)
  expect(isUnchanged(list, list, '/args/2/value', 'c')).toBe(true)
  expect(isUnchanged(list, { args: ['x', 'a'] }, '/args/1', 'a')).toBe(false)
})

it('a name is no place, and no key', () => {
  expect(isUnchanged({ env: [{ name: '1', value: 'x' }] }, { env: ['', { value: 'x' }] }, '/env/1/value', 'x')).toBe(
    false,
  )
  expect(
    isUnchanged({ env: { 1: { name: 'a', value: 'x' } } }, { env: [{}, { name: 'a' }] }, '/env/1/value', 'x'),
  ).toBe(false)
  // Two keys, and one that looks like both of them.
  expect(isUnchanged({ a: { b: 'x' } }, { 'a/b': 'x' }, '/a~1b', 'x')).toBe(false)
})
