import { InvalidInput } from './invalid-input.ts'
import { hasControlCharacter, trimmed } from './plain-word.ts'

/** Text taken literally as one value. A leading '-' and spaces are fine: it never becomes a flag. */
export function freeText(most: number): (parameter: string, value: string) => string {
  return (parameter, value) => {
    if (value.includes('\0')) throw new InvalidInput(`${parameter} must not contain NUL.`)
    if (hasControlCharacter(value))
      throw new InvalidInput(`${parameter} must not contain a newline or another control character.`)
    if (value.length > most)
      throw new InvalidInput(`${parameter} has ${value.length} characters. At most ${most} are allowed.`)
    return value
  }
}

/** A word to look for: literal, and not empty. */
export function keyword(parameter: string, value: string): string {
  const text = freeText(200)(parameter, value)
  if (trimmed(text) === '') throw new InvalidInput(`${parameter} must not be empty.`)
  return text
}
