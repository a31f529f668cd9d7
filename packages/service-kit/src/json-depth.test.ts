import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTooDeep, MAX_JSON_DEPTH as most } from './json-depth.ts'

const lists = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

test.each([lists, objects])('as deep as that is read, one deeper is not', (nested) => {
  expect([isTooDeep(nested(most)), isTooDeep(nested(most + 1)), isTooDeep(nested(200_000))]).toEqual([
    false,
    true,
    true,
  ])
})

test('what stands in a text is no depth, however it is written, and what is not closed is one all the same', () => {
  const texts = ['['.repeat(5000), `\\"${'['.repeat(5000)}`, '\\', '\\\\', '"', `"],${'{'.repeat(999)}`]
  for (const text of texts) expect(isTooDeep(JSON.stringify([text, { [text]: text }]))).toBe(false)
  expect(isTooDeep('['.repeat(most + 1))).toBe(true)
  expect(isTooDeep(`"\\\\"${'['.repeat(most + 1)}`)).toBe(true)
})

test('many beside each other are not deep', () => {
  expect(isTooDeep(`[${'[[]],'.repeat(100_000)}{}]`)).toBe(false)
})

test('it finds the depth that the parsed value has', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(most + 4), (value, around) => {
      const json = `${'['.repeat(around)}${JSON.stringify(value)}${']'.repeat(around)}`
      expect(isTooDeep(json)).toBe(around + depthOf(value) > most)
    }),
  )
})
