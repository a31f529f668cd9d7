import { expect, test } from 'vitest'
import { pointerOf, tokensOf, valueAlong, valueAt } from './json-pointer.ts'

test.each([
  ['', []],
  ['/', ['']],
  ['/a/b', ['a', 'b']],
  ['/a~1b/~0~01', ['a/b', '~~1']],
  ['/~01~1~1~0~0/', ['~1//~~', '']],
])('%j is the way %j, and back', (pointer, tokens) => {
  expect(tokensOf(pointer)).toEqual(tokens)
  expect(pointerOf(tokens)).toBe(pointer)
})

const root = { spec: { ports: [{ port: 80 }], '': 'empty' }, none: null, text: 'abc' }
test.each([
  ['', root],
  ['/spec/ports/0/port', 80],
  ['/spec/', 'empty'],
  ['/none', null],
  ['/none/x', undefined],
  ['/spec/ports/1', undefined],
  ['/spec/ports/1/port', undefined],
  // A text has a length, but no parts.
  ['/text/length', undefined],
  ['/constructor', undefined],
  ['/spec/toString', undefined],
])('at %j stands %j', (pointer, value) => {
  expect(valueAt(root, pointer)).toEqual(value)
  expect(valueAlong(root, tokensOf(pointer))).toEqual(value)
})
