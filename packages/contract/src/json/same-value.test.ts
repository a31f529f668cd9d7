import { expect, test } from 'vitest'
import { isSameValue } from './same-value.ts'

test('values are compared by content', () => {
  expect(isSameValue({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true)
  expect(isSameValue([1, 2], [2, 1])).toBe(false)
  expect(isSameValue([], {})).toBe(false)
  expect(isSameValue({ a: undefined }, {})).toBe(false)
  expect(isSameValue(null, undefined)).toBe(false)
  expect(isSameValue(null, {})).toBe(false)
  expect(isSameValue({}, null)).toBe(false)
  expect(isSameValue('a', {})).toBe(false)
  expect(isSameValue({ a: 1 }, { a: 1, b: 2 })).toBe(false)
  expect(isSameValue({ a: 1 }, { a: 2 })).toBe(false)
  expect(isSameValue(Number.NaN, Number.NaN)).toBe(true)
})
