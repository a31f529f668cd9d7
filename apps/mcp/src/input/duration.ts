import { InvalidInput } from './invalid-input.ts'
import { plainWord } from './plain-word.ts'
import { shownValue } from './shown-value.ts'

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const
const longest = 720 * milliseconds.h
const allowed = 'A duration is a number and a unit, ms, s, m or h, as in 90s or 1h30m, more than 0 and at most 720h.'

/** A duration, in milliseconds. */
export function duration(parameter: string, value: string): number {
  const word = plainWord(parameter, value, allowed)
  if (!/^(\d{1,12}(ms|s|m|h))+$/.test(word))
    throw new InvalidInput(`${parameter} ${shownValue(word)} is not a duration. ${allowed}`)
  const parts = Array.from(word.matchAll(/(\d+)(ms|s|m|h)/g), ([, count, unit]) => Number(count) * unitOf(unit))
  const total = parts.reduce((sum, part) => sum + part, 0)
  if (total <= 0 || total > longest)
    throw new InvalidInput(`${parameter} ${shownValue(word)} is out of range. ${allowed}`)
  return total
}

function unitOf(unit: string | undefined): number {
  return milliseconds[unit as keyof typeof milliseconds]
}

const timePattern = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/

/** A time of RFC 3339, as it was given. */
export function timestamp(parameter: string, value: string): string {
  const allowedTime = 'A time is written by RFC 3339, as in 2026-01-31T10:00:00Z.'
  const word = plainWord(parameter, value, allowedTime)
  if (!timePattern.test(word) || !isRealTime(word))
    throw new InvalidInput(`${parameter} ${shownValue(word)} is not a time. ${allowedTime}`)
  return word
}

/** `Date` alone would take 30 February for the 2nd of March. */
function isRealTime(word: string): boolean {
  const day = Number(word.slice(8, 10))
  const daysOfMonth = new Date(Date.UTC(Number(word.slice(0, 4)), Number(word.slice(5, 7)), 0)).getUTCDate()
  return !Number.isNaN(Date.parse(word.toUpperCase())) && day <= daysOfMonth
}
