import { expect, it } from 'vitest'
import { objectOf, seenOf } from './highlights-of.fixture.ts'

it.each([
  ['wide', () => Array.from({ length: 340_000 }, () => ({}))],
  ['deep', () => Array.from({ length: 400 }, () => nest(390))],
])('takes no square of time for an object that is %s', { timeout: 30_000 }, (_, items) => {
  const before = performance.now()
  seenOf(undefined, objectOf('example.com/v1', 'Thing', { spec: { items: items() } }))
  // Well under a second; by the square it was a minute.
  expect(performance.now() - before).toBeLessThan(10_000)
})

function nest(levels: number): unknown {
  return Array.from({ length: levels }).reduce<unknown>((inner) => ({ a: inner }), {})
}
