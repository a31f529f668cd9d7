import { InvalidInput } from './invalid-input.ts'
import { shownValue } from './shown-value.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/

export function hasControlCharacter(value: string): boolean {
  return controlCharacter.test(value)
}

/** Without the spaces around it. What only looks like a space is a part of the value, for its rule to refuse. */
export function trimmed(value: string): string {
  let [start, end] = [0, value.length]
  while (start < end && isSpace(value[start])) start++
  while (end > start && isSpace(value[end - 1])) end--
  return value.slice(start, end)
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n'
}

/**
 * One trimmed word that no program could take for a flag.
 *
 * @param allowed a whole sentence that says what the parameter takes; it ends the error's text
 */
export function plainWord(parameter: string, value: string, allowed: string): string {
  const word = trimmed(value)
  if (word === '') throw new InvalidInput(`${parameter} must not be empty. ${allowed}`)
  if (word.startsWith('-')) throw new InvalidInput(`${parameter} must not begin with '-'.`)
  if (hasControlCharacter(word))
    throw new InvalidInput(`${parameter} ${shownValue(word)} contains a control character. ${allowed}`)
  if (/\s/.test(word)) throw new InvalidInput(`${parameter} ${shownValue(word)} contains a space. ${allowed}`)
  return word
}

/** For documents, which are judged as a whole when they are parsed, line by line. */
export function asWritten(_parameter: string, value: string): string {
  return value
}
