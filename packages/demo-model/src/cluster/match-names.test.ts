import { expect, test } from 'vitest'
import { tokensOf } from '../lexicon/tokens.ts'
import { bestMatches, wordsAndPairs } from './match-names.ts'

const names = ['checkout', 'payments-api', 'order-history', 'search', 'web']
const best = (text: string, known?: ReadonlySet<string>) =>
  bestMatches(wordsAndPairs(tokensOf(text)), names, { nameOf: (name) => name, known })[0]?.thing

test.each([
  ['checkout', 'checkout'],
  ['chekcout', 'checkout'],
  ['check out', 'checkout'],
  ['shop/web', 'web'],
  ['payment', 'payments-api'],
  ['orderhistory', 'order-history'],
  ['orders', 'order-history'],
  ['wen', undefined],
  ['cheese', undefined],
])('"%s" means %s', (text, name) => {
  expect(best(text)).toBe(name)
})

test('a word that means something by itself is a name only letter by letter', () => {
  expect(best('searched', new Set(['searched']))).toBe('search')
  expect(best('chekcout', new Set(['chekcout']))).toBeUndefined()
})
