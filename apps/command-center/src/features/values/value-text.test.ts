import { expect, test } from 'vitest'
import { valueText } from './value-text.ts'

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
