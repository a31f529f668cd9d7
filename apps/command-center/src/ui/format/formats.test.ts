import { describe, expect, it } from 'vitest'
import { cx } from '../cx.ts'
import { formatAgo } from './format-ago.ts'
import { formatCount } from './format-count.ts'
import { formatDuration } from './format-duration.ts'
import { formatTime } from './format-time.ts'

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [-4, '0ms'],
    [850, '850ms'],
    [999.6, '1.0s'],
    [4230, '4.2s'],
    [59_940, '59.9s'],
    [59_960, '1m 0s'],
    [125_000, '2m 5s'],
    [3_599_600, '1h 0m'],
    [3_840_000, '1h 4m'],
  ])('says %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text))
})

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [950, '950'],
    [1000, '1K'],
    [1234, '1.2K'],
    [12_400_000, '12.4M'],
    [999_960, '1M'],
    [2_000_000_000, '2B'],
  ])('says %d as %s', (count, text) => expect(formatCount(count)).toBe(text))
})

describe('formatAgo', () => {
  const now = Date.UTC(2025, 4, 1)
  it.each([
    [-5000, 'just now'],
    [59_999, 'just now'],
    [60_000, '1 min ago'],
    [3 * 3_600_000, '3 h ago'],
    [49 * 3_600_000, '2 d ago'],
  ])('says %d ms before now as %s', (passed, text) => expect(formatAgo(now - passed, now)).toBe(text))
})

describe('formatTime', () => {
  const now = new Date(2025, 4, 10, 18, 0).getTime()
  it('names the day when it is not today, and the year when it is not this one', () => {
    expect(formatTime(new Date(2025, 4, 10, 9, 5).getTime(), now)).toBe('09:05')
    expect(formatTime(new Date(2025, 2, 3, 0, 42).getTime(), now)).toBe('3 Mar, 00:42')
    expect(formatTime(new Date(2024, 11, 31, 23, 59).getTime(), now)).toBe('31 Dec 2024, 23:59')
  })
})

describe('cx', () => {
  it('leaves out what does not hold', () => expect(cx('a', false, undefined, '', 'b')).toBe('a b'))
})
