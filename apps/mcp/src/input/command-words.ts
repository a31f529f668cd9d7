import { InvalidInput } from './invalid-input.ts'
import { hasControlCharacter } from './plain-word.ts'
import type { Reader } from './reader.ts'
import { shownValue } from './shown-value.ts'

const mostCharacters = 4_000
const mostWords = 64
const mostTogether = 8_000

/** What a shell would act upon. Here it would reach the program as a word of its own, which nobody means. */
const operators = new Set(['|', '||', '&&', ';', '&', '>', '>>', '<', '|&', '&>', '2>', '2>>', '2>&1', '>&2'])

/**
 * Splits a command into words as a POSIX shell does, without a shell: quotes and backslashes alone have a meaning.
 * An empty text has no words.
 */
export function commandWords(parameter: string, value: string): string[] {
  if (value.includes('\0')) throw new InvalidInput(`${parameter} must not contain NUL.`)
  if (value.length > mostCharacters)
    throw new InvalidInput(`${parameter} has ${value.length} characters. At most ${mostCharacters} are allowed.`)
  const words: string[] = []
  for (const { text, isPlain } of wordsIn(parameter, value)) {
    if (isPlain && operators.has(text))
      throw new InvalidInput(
        `${parameter} has a bare ${shownValue(text)}, which only a shell understands, and there is none here. Quote it, or run a shell: sh -c '… ${text} …'.`,
      )
    words.push(text)
  }
  return words
}

type Word = {
  text: string
  /** Nothing of it was quoted. */
  isPlain: boolean
}

function* wordsIn(parameter: string, value: string): Generator<Word> {
  let word: Word | undefined
  const add = (text: string, isPlain: boolean): void => {
    word = { text: (word?.text ?? '') + text, isPlain: (word?.isPlain ?? true) && isPlain }
  }
  for (let index = 0; index < value.length; index++) {
    const sign = value[index] ?? ''
    if (sign === "'" || sign === '"') {
      const quoted = sign === "'" ? singleQuoted(value, index) : doubleQuoted(value, index)
      if (quoted === undefined)
        throw new InvalidInput(`${parameter} is not a command: the quote ${sign} at character ${index + 1} has no end.`)
      add(quoted.text, false)
      index = quoted.end
    } else if (sign === '\\') {
      const next = value[++index]
      if (next === undefined) throw new InvalidInput(`${parameter} is not a command: it ends with a '\\'.`)
      requirePrintable(parameter, next)
      add(next, false)
    } else if (sign === ' ' || sign === '\t') {
      if (word !== undefined) yield word
      word = undefined
    } else {
      requirePrintable(parameter, sign)
      add(sign, true)
    }
  }
  if (word !== undefined) yield word
}

function requirePrintable(parameter: string, sign: string): void {
  if (!hasControlCharacter(sign)) return
  throw new InvalidInput(`${parameter} must not contain a newline or another control character outside of quotes.`)
}

type Quoted = { text: string /** Index of the closing quote. */; end: number }

function singleQuoted(value: string, start: number): Quoted | undefined {
  const end = value.indexOf("'", start + 1)
  return end === -1 ? undefined : { text: value.slice(start + 1, end), end }
}

/** Within double quotes a backslash keeps its meaning before these alone; before a newline both go. */
const escapable = new Set(['$', '`', '"', '\\', '\n'])

function doubleQuoted(value: string, start: number): Quoted | undefined {
  let text = ''
  for (let index = start + 1; index < value.length; index++) {
    const sign = value[index] ?? ''
    if (sign === '"') return { text, end: index }
    const next = value[index + 1] ?? ''
    if (sign === '\\' && escapable.has(next)) {
      text += next === '\n' ? '' : next
      index++
    } else text += sign
  }
  return undefined
}

/** The exact words of a command. */
export const exactWords: Reader<string[]> = {
  wire: { type: 'array', items: { type: 'string' } },
  read(parameter, value) {
    if (!Array.isArray(value) || !value.every((word) => typeof word === 'string'))
      throw new InvalidInput(`${parameter} must be a list of strings, got ${shownValue(value)}.`)
    const words: string[] = value
    if (words.length > mostWords)
      throw new InvalidInput(`${parameter} has ${words.length} words. At most ${mostWords} are allowed.`)
    const together = words.reduce((sum, word) => sum + word.length, 0)
    if (together > mostTogether)
      throw new InvalidInput(`${parameter} has ${together} characters. At most ${mostTogether} are allowed.`)
    if (words.some((word) => word.includes('\0'))) throw new InvalidInput(`${parameter} must not contain NUL.`)
    if (words[0] === '') throw new InvalidInput(`${parameter} must not begin with an empty word.`)
    return words
  },
}

/**
 * The words that are meant: `argv` exactly, where it is given; then `command` is empty or says the same. None where neither
 * is given.
 */
export function requireOneCommand(
  argv: readonly string[] | null,
  command: readonly string[] | null,
): readonly string[] {
  if (argv === null || argv.length === 0) return wordsOf(command)
  const isSame = command === null || command.length === 0 || isEqual(argv, command)
  if (!isSame) throw new InvalidInput('command and argv differ: leave command empty, or let it split into argv.')
  return argv
}

function wordsOf(command: readonly string[] | null): readonly string[] {
  if (command === null) return []
  if (command.length === 0) throw new InvalidInput('command must not be empty, unless argv is given.')
  if (command[0] === '') throw new InvalidInput('command must not begin with an empty word.')
  return command
}

function isEqual(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((word, index) => word === right[index])
}
