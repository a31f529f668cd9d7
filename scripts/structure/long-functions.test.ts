import { expect, test } from 'vitest'
import { functionLengths, longFunctions } from './long-functions.ts'
import { parseTexts } from './parse-texts.fixture.ts'

const body = (lines: number) => `{\n${'step()\n'.repeat(lines - 2)}}`

test.each([
  ['a function', `export function make() ${body(61)}`, 'make'],
  ['an arrow function', `const make = async () => ${body(61)}`, 'make'],
  ['a method', `class Maker { make() ${body(61)} }`, 'make'],
  ['a private method', `class Maker { #make() ${body(61)} }`, 'make'],
  ['a property', `export const maker = { make: () => ${body(61)} }`, 'make'],
  ['a callback', `each(() => ${body(61)})`, 'a function'],
])('%s of 61 lines is found', (_, text, name) => {
  const lengths = functionLengths(parseTexts({ 'a.ts': text }))
  expect(longFunctions(lengths, 60)).toEqual([{ path: 'a.ts', line: 1, what: `${name} has 61 lines, 60 at most` }])
  expect(longFunctions(lengths, 61)).toEqual([])
})

test('what stands in a test file is no function of the product', () => {
  const text = `test('one', () => ${body(200)})`
  expect(functionLengths(parseTexts({ 'a.test.ts': text, 'a.fixture.ts': text, 'tests/wire/a.ts': text }))).toEqual([])
})
