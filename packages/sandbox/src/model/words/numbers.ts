import type { Token } from './tokens.ts'

/** A change of number that is told by what is there: twice as many, or three more. */
export type NumberChange = { by: 'times' | 'plus'; factor: number }

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
  none: 0,
}

/** The numbers of a question, in digits, in words, or behind an equals sign. */
export function numbersOf(tokens: readonly Token[]): number[] {
  return tokens.flatMap(({ text }) => numberIn(text) ?? [])
}

export function numberIn(text: string): number | undefined {
  const digits = /^(?:[a-z-]+=)?(\d+)x?$/.exec(text)?.[1]
  return digits === undefined ? numerals[text] : Number.parseInt(digits, 10)
}

export function changeOf(question: string, tokens: readonly Token[]): NumberChange | undefined {
  if (/\bdouble|\btwice/i.test(question)) return { by: 'times', factor: 2 }
  if (/\btriple/i.test(question)) return { by: 'times', factor: 3 }
  if (/\bhalve|\bhalf\b/i.test(question)) return { by: 'times', factor: 0.5 }
  const by = /\bby (\w+)\b/i.exec(question)?.[1]?.toLowerCase() ?? /\b(\w+) more\b/i.exec(question)?.[1]?.toLowerCase()
  const amount = by === undefined ? undefined : numbersOf(tokens.filter(({ text }) => text === by))[0]
  const isLess = /\b(?:down|decrease|reduce|lower|fewer|less|remove|shrink)\b/i.test(question)
  if (amount !== undefined) return { by: 'plus', factor: isLess ? -amount : amount }
  if (/\b(?:one|an?) (?:more|another|extra|additional)\b|\banother (?:one|replica|instance|copy)\b/i.test(question))
    return { by: 'plus', factor: 1 }
  return undefined
}
