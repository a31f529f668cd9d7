import { InvalidInput } from './invalid-input.ts'
import { trimmed } from './plain-word.ts'
import { shownValue } from './shown-value.ts'

/** Turns a value that came over the wire into what a tool works with, or throws `InvalidInput`. */
export type Reader<T> = {
  wire: { type: 'string' | 'integer' | 'boolean' | 'object' } | { type: 'array'; items: { type: 'string' } }
  read(parameter: string, value: unknown): T
}

/** A string under one of the text rules. A number or a bool is no string: it may have lost its own spelling. */
export function text<T>(rule: (parameter: string, value: string) => T): Reader<T> {
  return {
    wire: { type: 'string' },
    read(parameter, value) {
      if (typeof value !== 'string') throw new InvalidInput(`${parameter} must be a string, got ${shownValue(value)}.`)
      return rule(parameter, value)
    },
  }
}

/** An integer, or its decimal spelling as a string. */
export function integer(least: number, most: number): Reader<number> {
  const range = Number.isFinite(most) ? `between ${least} and ${most}` : `at least ${least}`
  return {
    wire: { type: 'integer' },
    read(parameter, value) {
      const number = typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number(value) : value
      if (typeof number !== 'number' || !Number.isInteger(number))
        throw new InvalidInput(`${parameter} must be an integer ${range}, got ${shownValue(value)}.`)
      if (number < least || number > most) throw new InvalidInput(`${parameter} must be ${range}, got ${number}.`)
      return number
    },
  }
}

/** A bool, or `"true"` and `"false"` in any case. */
export const bool: Reader<boolean> = {
  wire: { type: 'boolean' },
  read(parameter, value) {
    const word = typeof value === 'string' ? trimmed(value).toLowerCase() : value
    if (word === true || word === 'true') return true
    if (word === false || word === 'false') return false
    throw new InvalidInput(`${parameter} must be true or false, got ${shownValue(value)}.`)
  },
}

/** One of a closed list, in any case. */
export function oneOf<const T extends string>(allowed: readonly T[]): Reader<T> {
  const list = allowed.toSorted().join(', ')
  return {
    wire: { type: 'string' },
    read(parameter, value) {
      const word = typeof value === 'string' ? trimmed(value).toLowerCase() : undefined
      const found = allowed.find((candidate) => candidate.toLowerCase() === word)
      if (found === undefined) throw new InvalidInput(`${parameter} ${shownValue(value)} is not one of ${list}.`)
      return found
    },
  }
}
