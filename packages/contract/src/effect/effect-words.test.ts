import { expect, test } from 'vitest'
import {
  basisWords,
  elementsOf,
  hidesWhatRuns,
  hidesWritten,
  highlightsMissing,
  masksMissing,
  masksWords,
  showWritten,
  unmaskFirst,
} from './effect-words.ts'

const written = { side: 'after', executable: false, bytes: 9 } as const
const running = { ...written, executable: true }
const there = { ...running, side: 'before' } as const

test.each([
  [[], undefined],
  [[written], '1 text that would be written is hidden'],
  [[running], '1 text that would be written is hidden; it would run'],
  [[written, running], '2 texts that would be written are hidden; 1 of them would run'],
  [[running, running], '2 texts that would be written are hidden; all of them would run'],
  // What is in the cluster already runs already.
  [[there], '1 text that is in the cluster already is hidden'],
  [
    [there, written, there],
    '1 text that would be written is hidden; 2 texts that are in the cluster already are hidden',
  ],
])('masks %j: %s', (masks, words) => {
  expect(masksWords(masks)).toBe(words)
})

test.each([
  [undefined, false, false],
  [[], false, false],
  [[there], false, false],
  [[there, written], true, false],
  [[there, running], true, true],
])('of masks %j, text to be written is hidden: %s, and would run: %s', (masks, isWritten, runs) => {
  expect(hidesWritten(masks)).toBe(isWritten)
  expect(hidesWhatRuns(masks)).toBe(runs)
})

test('each basis says whether anything was tried out', () => {
  expect(basisWords.server).toMatch(/dry run/)
  expect(basisWords.computed).toMatch(/not tried out/)
  expect(basisWords.external).toMatch(/no dry run/)
  expect(basisWords.unknown).toMatch(/no preview/)
})

test('what is missing, and what can be done about it, is said', () => {
  expect(highlightsMissing).toMatch(/does not point out/)
  expect(masksMissing).toMatch(/does not say what it hides/)
  expect(showWritten).toMatch(/^Show/)
  expect(unmaskFirst).toMatch(/can be approved once it was shown/)
})

test('names of list elements are those of the object that is asked about', () => {
  const elements = { '/spec/containers/0': { name: 'web' } }
  const objects = [{}, { elements }] as Parameters<typeof elementsOf>[0]['objects']
  expect(elementsOf({ objects }, 1)).toEqual(elements)
  expect(elementsOf({ objects }, 0)).toEqual({})
  expect(elementsOf({ objects }, 2)).toEqual({})
})
