import { expect, test } from 'vitest'
import { expiryOf } from './expiry.ts'

const now = Date.parse('2026-11-21T10:00:00Z')
const after = (ms: number) => new Date(now + ms).toISOString()
const [second, minute, hour] = [1_000, 60_000, 3_600_000]

test.each([
  [23 * hour, 'expires in 23 h', false],
  [23 * hour + 58 * minute + 59 * second, 'expires in 23 h 58 min', false],
  [80 * hour, 'expires in 3 d', false],
  [59 * minute + 59 * second, 'expires in 59 min', false],
  [10 * minute + second, 'expires in 10 min', false],
  [10 * minute, 'expires in 10:00', true],
  [9 * minute + 40.2 * second, 'expires in 9:41', true],
  [59.5 * second, 'expires in 1:00', true],
  [5 * second, 'expires in 0:05', true],
  [1, 'expires in 0:01', true],
])('%d ms before the end: %s', (ms, text, isSoon) => {
  expect(expiryOf(after(ms), now)).toEqual({ text, left: text.slice('expires in '.length), isSoon, isOver: false })
})

test('at zero it is over; without an end there is nothing to say', () => {
  expect(expiryOf(after(0), now)?.isOver).toBe(true)
  expect(expiryOf(after(-hour), now)?.isOver).toBe(true)
  for (const none of [null, undefined, 'soon']) expect(expiryOf(none, now)).toBeUndefined()
})
