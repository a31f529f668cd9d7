import { expect, test } from 'vitest'
import { countThrows } from './count-throws.ts'
import { parseTexts } from './parse-texts.fixture.ts'

test('errors of the language and of classes of our own are told apart, what is thrown on is not counted', () => {
  const text = `function f() { throw new Error('a') }
function g() { throw new RangeError('a') }
function h() { try { f() } catch (error) { throw error } throw new Refusal('a') }`
  expect(countThrows(parseTexts({ 'a.ts': text }))).toEqual({ typed: 1, plain: 2 })
})
