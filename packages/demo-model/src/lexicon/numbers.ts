import type { Token } from './tokens.ts'

const numerals: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  dozen: 12,
  twenty: 20,
  single: 1,
}

/** The numbers of a question, in digits, in words, or behind an equals sign. */
export function numbersOf(tokens: readonly Token[]): number[] {
  return tokens.flatMap(({ text }) => numberIn(text) ?? [])
}

export function numberIn(text: string): number | undefined {
  const digits = /^(?:[a-z-]+=)?(\d+)x?$/.exec(text)?.[1]
  return digits === undefined ? numerals[text] : Number.parseInt(digits, 10)
}
