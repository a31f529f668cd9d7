import { expect, test } from 'vitest'
import { risingId } from './rising-id.ts'

test('ids rise within a millisecond, over its limit, and when the clock goes back', () => {
  const now = Date.now()
  const times = [...Array.from({ length: 5000 }, () => now), now + 1, now - 1000, now + 5000]
  const ids = times.map((time) => risingId(time))
  expect(ids).toEqual(ids.toSorted())
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('a millisecond holds 4096 ids, counted from nought; the next one is of the next millisecond', () => {
  const now = Date.now() + 60_000
  const time = (of: number) => of.toString(16).padStart(12, '0')
  const ids = Array.from({ length: 4097 }, () => risingId(now).replaceAll('-', '').slice(0, 16))
  expect(ids.slice(0, 2)).toEqual([`${time(now)}7000`, `${time(now)}7001`])
  expect(ids.slice(-2)).toEqual([`${time(now)}7fff`, `${time(now + 1)}7000`])
})
