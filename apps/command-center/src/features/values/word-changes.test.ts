import { expect, test } from 'vitest'
import { type WordPart, wordChanges } from './word-changes.ts'

const marked = (parts: readonly WordPart[]) =>
  parts.map(({ text, isChanged }) => (isChanged ? `[${text}]` : text)).join('')

test.each([
  [
    'registry.io/shop/web:1.2.3',
    'registry.io/shop/web:1.2.4',
    'registry.io/shop/web:1.2.[3]',
    'registry.io/shop/web:1.2.[4]',
  ],
  ['-Xmx512m -server', '-Xmx768m -server', '-[Xmx512m] -server', '-[Xmx768m] -server'],
  ['a b c', 'a c', 'a [b ]c', 'a c'],
  ['same words', 'same words', 'same words', 'same words'],
  ['', 'new', '', '[new]'],
  ['one two three', 'zero one three four', 'one [two ]three', '[zero ]one three[ four]'],
])('%j to %j', (before, after, left, right) => {
  const changes = wordChanges(before, after)
  expect(marked(changes.before)).toBe(left)
  expect(marked(changes.after)).toBe(right)
})

test('nothing of either text is lost, and what is not marked is the same on both sides', () => {
  const words = ['alpha', 'beta', ' ', ',', '\n', 'γ', '7']
  const text = () => Array.from({ length: 30 }, () => words[Math.floor(Math.random() * words.length)]).join('')
  for (let round = 0; round < 200; round++) {
    const [before, after] = [text(), text()]
    const changes = wordChanges(before, after)
    const all = (parts: readonly WordPart[]) => parts.map((part) => part.text).join('')
    const same = (parts: readonly WordPart[]) => all(parts.filter(({ isChanged }) => !isChanged))
    expect(all(changes.before)).toBe(before)
    expect(all(changes.after)).toBe(after)
    expect(same(changes.before)).toBe(same(changes.after))
  }
})

test('texts that share too little are marked as wholes, in no time', () => {
  const long = (word: string) => Array.from({ length: 4_000 }, (_, index) => `${word}${index}`).join(' ')
  const changes = wordChanges(long('a'), long('b'))
  expect(changes.after.some(({ isChanged }) => isChanged)).toBe(true)
})
