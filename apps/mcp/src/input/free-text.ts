import { InvalidInput } from './invalid-input.ts'
import { hasControlCharacter } from './plain-word.ts'

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
