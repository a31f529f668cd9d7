import { expect, test } from 'vitest'
import { questionSentences } from './question-sentences.ts'

test.each([
  ['web is slow. Any idea?', 'Any idea?'],
  ['web is slow. what is wrong', 'what is wrong'],
  ['web is slow\nis it down', 'is it down'],
  ['Hi, does web run as root', 'Hi, does web run as root'],
  ['restart web, ok？', 'restart web, ok？'],
  ['I wonder. It fails; nobody knows why.', ''],
])('of "%s" it is "%s" that asks', (message, expected) => {
  expect(questionSentences(message)).toBe(expected)
})
