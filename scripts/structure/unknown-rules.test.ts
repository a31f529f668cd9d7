import { expect, test } from 'vitest'
import { parseTexts } from './parse-texts.fixture.ts'
import { findUnknownRules } from './unknown-rules.ts'

test('a comment that names a rule by its number is found, in code it may be a name', () => {
  const text = `const V7 = '$(V1)'\n// By V7: no flags.\n/** One word (V10). */\n// the V in TV7s`
  expect(findUnknownRules(parseTexts({ 'a.ts': text }))).toEqual([
    { path: 'a.ts', line: 2, what: 'no file defines V7' },
    { path: 'a.ts', line: 3, what: 'no file defines V10' },
  ])
})
