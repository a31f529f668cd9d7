import { expect, test } from 'vitest'
import { storable } from './storable.ts'

test.each<[string, unknown, unknown]>([
  ['a NUL', 'a\0b', 'a\ufffdb'],
  ['half of a pair', 'a\ud83d', 'a\ufffd'],
  ['in a name', { 'a\0': 1, b: 2 }, { 'a\ufffd': 1, b: 2 }],
  ['deep', { a: [{ b: 'ok' }, { b: ['\udc00'] }] }, { a: [{ b: 'ok' }, { b: ['\ufffd'] }] }],
  ['beside a date', { at: new Date(5), a: '\0' }, { at: new Date(5), a: '\ufffd' }],
])('%s becomes U+FFFD, and what was given stays', (_name, value, expected) => {
  const before = structuredClone(value)
  expect(storable(value)).toEqual(expected)
  expect(value).toEqual(before)
})

test.each([['text 😀'], [null], [undefined], [1.5], [{ a: [1, 'x', null, { b: true }], at: new Date(5) }]])(
  '%j is given back as it is',
  (value) => {
    expect(storable(value)).toBe(value)
  },
)
