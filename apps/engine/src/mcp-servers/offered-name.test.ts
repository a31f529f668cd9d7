import { expect, test } from 'vitest'
import { offeredName } from './offered-name.ts'

test.each([
  ['metrics', 'query', 'metrics__query'],
  ['metrics', 'a-b_C9', 'metrics__a-b_C9'],
  ['m', 'x'.repeat(61), `m__${'x'.repeat(61)}`],
])('%s, %s', (server, tool, name) => {
  expect(offeredName(server, tool)).toBe(name)
})

test('what no provider takes is replaced, and names stay apart', () => {
  const names = ['a.b', 'a/b', 'a b', 'a_b', 'é', 'x'.repeat(62), `${'x'.repeat(62)}y`].map((tool) =>
    offeredName('metrics', tool),
  )
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^metrics__[A-Za-z0-9_-]{1,55}$/)
})
