import { describe, expect, it } from 'vitest'
import { groupByAge } from './group-by-age.ts'

const at = (year: number, month: number, day: number, hour = 0, minute = 0) =>
  new Date(year, month, day, hour, minute).getTime()

describe('groupByAge', () => {
  const now = at(2025, 4, 15, 0, 30)

  it('goes by the days of the calendar, not by hours', () => {
    const entries = [
      { id: 'a', updatedAt: at(2025, 4, 15, 0, 1) },
      { id: 'b', updatedAt: at(2025, 4, 14, 23, 59) },
      { id: 'c', updatedAt: at(2025, 4, 14, 0, 0) },
      { id: 'd', updatedAt: at(2025, 4, 13, 23, 59) },
      { id: 'e', updatedAt: at(2025, 4, 8, 0, 0) },
      { id: 'f', updatedAt: at(2025, 4, 7, 23, 59) },
      { id: 'g', updatedAt: at(2025, 3, 15, 0, 0) },
      { id: 'h', updatedAt: at(2025, 3, 14, 23, 59) },
      { id: 'i', updatedAt: at(2024, 3, 14) },
    ]
    expect(groupByAge(entries, now).map((it) => [it.label, it.entries.map((entry) => entry.id).join('')])).toEqual([
      ['Today', 'a'],
      ['Yesterday', 'bc'],
      ['Previous 7 days', 'de'],
      ['Previous 30 days', 'fg'],
      ['April 2025', 'h'],
      ['April 2024', 'i'],
    ])
  })

  it('takes what a faster clock dated ahead for today', () => {
    expect(groupByAge([{ updatedAt: now + 3_600_000 }], now).map((it) => it.label)).toEqual(['Today'])
  })

  it('makes no group for nothing', () => expect(groupByAge([], now)).toEqual([]))
})
