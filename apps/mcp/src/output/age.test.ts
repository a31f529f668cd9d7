import { expect, test } from 'vitest'
import { ageOf, secondsOf, spanOf } from './age.ts'

const [minute, hour, day, year] = [60, 3_600, 86_400, 365 * 86_400]

test.each([
  [0, '0s'],
  [119, '119s'],
  [2 * minute, '2m'],
  [3 * minute + 12, '3m12s'],
  [10 * minute + 5, '10m'],
  [3 * hour + 4 * minute, '3h4m'],
  [9 * hour + minute, '9h'],
  [2 * day + 4 * hour, '2d4h'],
  [9 * day + hour, '9d'],
  [400 * day, '400d'],
  [2 * year + 30 * day, '2y30d'],
])('%i seconds are %s', (seconds, span) => {
  expect(spanOf(seconds)).toBe(span)
  expect(secondsOf(span)).toBeLessThanOrEqual(seconds)
})

test('a time that is missing, broken or yet to come has no wrong age', () => {
  const now = new Date('2026-01-31T10:00:00Z')
  expect(['2026-01-31T09:59:00Z', '2026-01-31T10:00:05Z', undefined, 'x'].map((time) => ageOf(time, now))).toEqual([
    '60s',
    '0s',
    '<unknown>',
    '<unknown>',
  ])
  expect(secondsOf('1/1')).toBeUndefined()
})
