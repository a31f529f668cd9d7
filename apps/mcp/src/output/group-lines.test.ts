import { expect, test } from 'vitest'
import { groupLines } from './group-lines.ts'

test('equal lines that follow each other stand once, with how often', () => {
  const lines = [...Array(5).fill('a'), ...Array(490).fill('b'), ...Array(5).fill('a')]
  expect(groupLines(lines)).toEqual(['a [x5]', 'b [x490]', 'a [x5]'])
})

test.each([
  ['RFC 3339', '2026-01-31T10:00:00.123456789Z boom', '2026-01-31T10:00:01Z boom'],
  ['an offset', '2026-01-31 10:00:00,123 +0100 boom', '2026-02-01 11:00:00,9 +0100 boom'],
  ['klog', 'E0131 10:00:00.000001       1 x.go:1] boom', 'E0201 10:00:09.000001       1 x.go:1] boom'],
  ['syslog', 'Jan 31 10:00:00 host boom', 'Feb  1 10:00:00 host boom'],
  ['a clock', '10:00:00 boom', '23:59:59.5 boom'],
])('times are left aside: %s', (_, older, newer) => {
  expect(groupLines([older, newer])).toEqual([`${newer} [x2]`])
})

test('numbers that are no times keep lines apart', () => {
  expect(groupLines(['took 12 ms', 'took 13 ms', 'code 500', 'code 503'])).toHaveLength(4)
})
