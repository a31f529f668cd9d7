import { expect, it } from 'vitest'
import { compareOutput } from './same-output.ts'

it.each([
  ['the same, escapes and trailing blanks aside', ['\x1b[32mok\x1b[0m  \r\n', 'done\n'], 'ok\ndone', { kind: 'same' }],
  ['the same, and more', ['one\n', 'two\n'], 'one\ntwo\nthree\nfour\n', { kind: 'more', rest: 'three\nfour' }],
  ['somewhere in it', ['two\n'], 'one\ntwo\nthree', { kind: 'contains' }],
  ['half a line only', ['tw'], 'two', { kind: 'contains' }],
  ['something else', ['progress\n'], '{"items":[]}', { kind: 'other' }],
  ['nothing was shown', [''], 'text', { kind: 'other' }],
])('%s', (_, live, result, relation) => expect(compareOutput(live, result, false)).toEqual(relation))

it('looks at both ends of what is very long', () => {
  const lines = Array.from({ length: 40_000 }, (_, i) => `line ${i}\n`)
  const text = lines.join('')
  expect(compareOutput(lines, text, false)).toEqual({ kind: 'same' })
  const cut = `${text.slice(0, 40_000)}\n[… 9 characters left out; narrow the query to see them …]\n${text.slice(-30_000)}`
  expect(compareOutput(lines, cut, true)).toEqual({ kind: 'same' })
  expect(compareOutput(lines, text.replaceAll('line', 'row'), false)).toEqual({ kind: 'other' })
})
