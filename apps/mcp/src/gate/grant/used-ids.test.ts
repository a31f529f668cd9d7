import { expect, test } from 'vitest'
import { KEEP_SECONDS, untimely } from './used-grants.ts'
import { createUsedIds } from './used-ids.ts'

test('an id is there until its time is over, and then no more', () => {
  let now = 1_000
  const used = createUsedIds(() => now)
  expect(used.has('a')).toBe(false)
  expect(used.add('a')).toBe(true)
  expect(used.has('a')).toBe(true)
  now += 1
  expect(used.add('b')).toBe(true)
  now = 1_000 + KEEP_SECONDS * 1000 - 1
  expect(used.has('a')).toBe(true)
  expect(used.add('a')).toBe(false)
  now += 1
  expect([used.has('a'), used.has('b')]).toEqual([false, true])
})

test('it is remembered for as long as any clock of the allowed skew takes it', () => {
  expect(KEEP_SECONDS).toBe(600 + 2 * 30)
})

const at = { since: 1_000_000, now: 2_000_000, skew: 30_000 }

test.each([
  ['of the very moment at which the store, by the latest clock, began', 1_030_000, 'before_start'],
  ['of a moment later', 1_030_001, 'expired'],
  ['that is as old as what is remembered', 1_400_000, undefined],
  ['that is a moment older', 1_399_999, 'expired'],
  ['that is as far in the future as a clock may be', 2_030_000, undefined],
  ['that is further', 2_030_001, 'not_yet'],
])('a grant %s', (_, issuedAt, refused) => {
  expect(untimely(issuedAt, at)?.refused).toBe(refused)
})

test('by one clock nothing is of the future', () => {
  expect(untimely(2_500_000, { ...at, skew: 0 })).toBeUndefined()
})
