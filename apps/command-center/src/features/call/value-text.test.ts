import { expect, test } from 'vitest'
import { isSameValue, valueText } from './value-text.ts'

test.each([
  [undefined, 'absent'],
  ['absent', '"absent"'],
  ['text', 'text'],
  ['', '""'],
  [' x', '" x"'],
  ['5', '"5"'],
  [5, '5'],
  ['true', '"true"'],
  [true, 'true'],
  [null, 'null'],
  ['null', '"null"'],
  ['1.2', '"1.2"'],
  ['1.2.3', '1.2.3'],
  [['a'], '[\n  "a"\n]'],
  [{}, '{}'],
])('%j reads %s', (value, text) => {
  expect(valueText(value)).toBe(text)
})

test('values are compared by content', () => {
  expect(isSameValue({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true)
  expect(isSameValue([1, 2], [2, 1])).toBe(false)
  expect(isSameValue([], {})).toBe(false)
  expect(isSameValue({ a: undefined }, {})).toBe(false)
  expect(isSameValue(null, undefined)).toBe(false)
})
