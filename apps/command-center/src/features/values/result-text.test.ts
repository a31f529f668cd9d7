import { expect, test } from 'vitest'
import { resultText } from './result-text.ts'

const text = (it: string) => ({ type: 'text', text: it })

test.each([
  [[text('a'), text('b')], 'a\nb'],
  [[text('{"a":{"b":1}}')], '{\n  "a": {\n    "b": 1\n  }\n}'],
  [[text('{"content":[{"type":"text","text":"inner"},{"text":"more"}]}')], 'inner\nmore'],
  [[text('{"content":[]}')], '{\n  "content": []\n}'],
  [[text('7')], '7'],
  [[text('{broken')], '{broken'],
  [[{ type: 'image' }], '[image]'],
  [undefined, ''],
])('%j reads %j', (result, expected) => {
  expect(resultText(result)).toBe(expected)
})

test('what is no block does no harm', () => {
  expect(resultText([null, 7, 'x'] as never)).toBe('')
})
