import { expect, test } from 'vitest'
import { mergedSpans, replaceSpans } from './span.ts'

test('spans that touch or overlap are one, in order', () => {
  expect(
    mergedSpans([
      { start: 8, end: 9 },
      { start: 0, end: 5 },
      { start: 2, end: 3 },
      { start: 5, end: 7 },
    ]),
  ).toEqual([
    { start: 0, end: 7 },
    { start: 8, end: 9 },
  ])
  expect(mergedSpans([])).toEqual([])
})

test('each span is replaced, and all around it stays', () => {
  const spans = [
    { start: 0, end: 1 },
    { start: 3, end: 5 },
  ]
  expect(replaceSpans('abcdefg', spans, (hidden) => `<${hidden}>`)).toBe('<a>bc<de>fg')
  expect(replaceSpans('abc', [], () => '*')).toBe('abc')
  expect(replaceSpans('abc', [{ start: 1, end: 3 }], () => '*')).toBe('a*')
})
