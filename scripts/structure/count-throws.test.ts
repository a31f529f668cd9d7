import { expect, test } from 'vitest'
import { countThrows } from './count-throws.ts'
import { parseTexts } from './parse-texts.fixture.ts'

test('errors of the language and of declared classes are counted apart, rethrown errors are not counted', () => {
  const text = `function f() { throw new Error('a') }
function g() { throw new RangeError('a') }
function h() { try { f() } catch (error) { throw error } throw new Refusal('a') }`
  expect(countThrows(parseTexts({ 'a.ts': text }))).toEqual({ typed: 1, plain: 2 })
})
