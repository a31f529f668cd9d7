import { expect, test } from 'vitest'
import { isRecord } from './is-record.ts'

test.each<[value: unknown, isOne: boolean]>([
  [{}, true],
  [{ a: 1 }, true],
  [null, false],
  [undefined, false],
  [[], false],
  ['a', false],
  [7, false],
])('%j is a record: %s', (value, isOne) => {
  expect(isRecord(value)).toBe(isOne)
})
