import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isDeep, TEXT_LEVEL, withoutDepths } from './deep-parts.ts'

const within = (levels: number, value: unknown): unknown => {
  let whole = value
  for (let level = 0; level < levels; level++) whole = level % 2 === 0 ? [whole] : { 'a"b': whole }
  return whole
}
const inside = (whole: unknown, levels: number): unknown => {
  let value = whole
  for (let level = 0; level < levels; level++) value = Object.values(value as object)[0]
  return value
}

test('what is nested too deeply stands there as its JSON text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = inside(withoutDepths(within(TEXT_LEVEL, value)), TEXT_LEVEL)
      expect(text).toBe(JSON.stringify(value))
    }),
  )
})

test('two objects are equal without it exactly when they are equal', () => {
  const leaf = fc.constantFrom<unknown>(1, '1', '"1"', '[1]', [1], ['1'], '["1"]', {}, '{}', null, 'null')
  const levels = fc.integer({ min: TEXT_LEVEL - 2, max: TEXT_LEVEL + 2 })
  fc.assert(
    fc.property(leaf, leaf, levels, (one, other, level) => {
      const [left, right] = [one, other].map((each) => within(level, each))
      const areEqual = JSON.stringify(left) === JSON.stringify(right)
      expect(JSON.stringify(withoutDepths(left)) === JSON.stringify(withoutDepths(right))).toBe(areEqual)
    }),
    { numRuns: 300 },
  )
})

test('an object of fewer levels is left as it is', () => {
  const object = within(TEXT_LEVEL - 1, 'x')
  expect(isDeep(object)).toBe(false)
  expect(withoutDepths(object)).toBe(object)
})

test('neither the levels below it nor what stands side by side there are too many', () => {
  const wide = Array.from({ length: 200_000 }, (_, index) => index)
  const deepest = within(10_000, wide)
  const text = inside(withoutDepths(deepest), TEXT_LEVEL) as string
  expect(JSON.parse(text.slice(text.indexOf('[0,'), text.indexOf(']') + 1))).toEqual(wide)
})
