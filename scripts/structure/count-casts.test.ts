import { expect, test } from 'vitest'
import { countCasts } from './count-casts.ts'
import { parseTexts } from './parse-texts.fixture.ts'

test('every `as` counts but `as const`', () => {
  const text = `import { a as b } from './a.ts'\nconst c = b as unknown as string\nconst d = [1] as const satisfies number[]`
  expect(countCasts(parseTexts({ 'a.ts': text }))).toBe(2)
})
