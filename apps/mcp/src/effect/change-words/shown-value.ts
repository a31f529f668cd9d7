import type { Change } from '@fairlead/contract/effect/effect'

const MAX_CHARS = 80
const plain = /^[\p{L}\p{N}_./:@%+,~*^=()-]+$/u

/** A value in a sentence: on one line, short, and in quotes unless it is a plain word. */
export function shownValue(value: unknown): string {
  if (typeof value !== 'string') return shortened(value === undefined ? 'nothing' : JSON.stringify(value))
  return quoted(value)
}

export function quoted(word: string): string {
  return shortened(plain.test(word) ? word : JSON.stringify(word))
}

/** ` to 5, from 3`; what is not there is not said. */
export function fromTo({ before, after }: Pick<Change, 'before' | 'after'>): string {
  if (after === undefined) return `: take away ${shownValue(before)}`
  return ` to ${shownValue(after)}${before === undefined ? '' : `, from ${shownValue(before)}`}`
}

function shortened(text: string): string {
  return text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS)}…`
}
