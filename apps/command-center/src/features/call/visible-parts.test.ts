import { expect, test } from 'vitest'
import { visibleParts } from './visible-parts.ts'

const shown = (text: string) =>
  visibleParts(text)
    .map((part) => (part.isMark ? `<${part.text}>` : part.text))
    .join('')

test.each([
  ['plain text\nwith\ttabs', 'plain text\nwith\ttabs'],
  ['', ''],
  ['a\u202eb', 'a<U+202E>b'],
  ['\u001b[31mred', '<U+001B>[31mred'],
  ['rm\u200b -rf', 'rm<U+200B> -rf'],
  ['over\rwritten', 'over<U+000D>written'],
  ['line\r\nline', 'line\nline'],
  ['x\u{e0041}y', 'x<U+E0041>y'],
  ['\u0000', '<U+0000>'],
  ['Grüße, 世界', 'Grüße, 世界'],
])('%j is shown as %j', (text, expected) => {
  expect(shown(text)).toBe(expected)
})
