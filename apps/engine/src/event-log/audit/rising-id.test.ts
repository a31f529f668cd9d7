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
