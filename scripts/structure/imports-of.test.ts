import { expect, test } from 'vitest'
import { importsOf } from './imports-of.ts'
import { parseTexts } from './parse-texts.fixture.ts'

test.each([
  [`import { a } from './a.ts'`, false],
  [`import a, { type B } from './a.ts'`, false],
  [`import './a.ts'`, false],
  [`import type { A } from './a.ts'`, true],
  [`export { a } from './a.ts'`, false],
  [`export type { A } from './a.ts'`, true],
  [`export * as a from './a.ts'`, false],
  [`const a = await import('./a.ts')`, false],
  [`type A = import('./a.ts').A`, true],
])('%s', (text, isType) => {
  expect(parseTexts({ 'b.ts': text }).flatMap(importsOf)).toEqual([{ specifier: './a.ts', isType }])
})

test('what only reads like an import is none', () => {
  const text = 'const text = `import { a } from "./a.ts"` // import { b } from "./b.ts"'
  expect(parseTexts({ 'b.ts': text }).flatMap(importsOf)).toEqual([])
})
