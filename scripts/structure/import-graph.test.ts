import { expect, test } from 'vitest'
import { findCycles, importChains, importGraph } from './import-graph.ts'
import { parseTexts } from './parse-texts.fixture.ts'

const packages = { '@fairlead/two': 'packages/two/src' }
const graphOf = (texts: Record<string, string>) => importGraph(parseTexts(texts), packages)

test.each([
  ['by value', `import { b } from './b.ts'`],
  ['for its types alone', `import type { B } from './b.ts'`],
  ['as a named type', `import { type B } from './b.ts'`],
  ['lazily', `const b = await import('./b.ts')`],
  ['in a type', `export type A = import('./b.ts').B`],
  ['to export it again', `export { b } from './b.ts'`],
])('a circle of files is found that closes %s', (_, text) => {
  expect(findCycles(graphOf({ 'a/a.ts': text, 'a/b.ts': `import type { A } from './a.ts'` }))).toMatchObject([
    { what: expect.stringMatching(/imports itself through a\/[ab]\.ts/) },
  ])
})

test('a circle across packages is found', () => {
  const texts = {
    'packages/one/src/a.ts': `import { b } from '@fairlead/two/deep/b'`,
    'packages/two/src/deep/b.ts': `import { a } from '../../../one/src/a.ts'`,
  }
  expect(findCycles(graphOf(texts))).toHaveLength(1)
})

test('files below each other are no circle', () => {
  const texts = {
    'a/a.ts': `import { b } from './b.ts'\nimport { c } from './c.ts'`,
    'a/b.ts': `import { c } from './c.ts'`,
    'a/c.ts': `import fs from 'node:fs'`,
  }
  expect(findCycles(graphOf(texts))).toEqual([])
  expect(importChains(graphOf(texts))).toEqual({ longest: 3, mean: 2 })
})
