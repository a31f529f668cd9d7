import { isDeepStrictEqual } from 'node:util'
import { valueAt } from '@fairlead/contract/json/json-pointer'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dangerousObject, dangerousObjects, dangerousRuns } from './dangerous-object.ts'

const runs = dangerousRuns({ FAIRLEAD_SEED: process.env.FAIRLEAD_SEED })

it('has its dangerous thing at the place it says, and nowhere before', () => {
  fc.assert(
    fc.property(dangerousObject, ({ object, before, kind, dangerous: { text, whole, place } }) => {
      expect(object.kind).toBe(kind)
      expect(valueAt(object, place)).toBeDefined()
      expect(isDeepStrictEqual(valueAt(object, place), valueAt(before, place))).toBe(false)
      expect(whole).toContain(text)
      expect(JSON.stringify(before)).not.toContain(JSON.stringify(text).slice(1, -1))
      if (whole !== text) expect(valueAt(object, place)).toBe(whole)
    }),
    { ...runs, numRuns: 500 },
  )
})

it('hides things in every way, and makes objects of every kind', () => {
  const objects = dangerousObjects({ ...runs, numRuns: 2_000 })
  const behind = new Set(objects.map(({ dangerous }) => dangerous.behind))
  expect(behind.size).toBe(10)
  expect(new Set(objects.map(({ kind }) => kind)).size).toBe(23)
  expect(objects.some(({ object }) => Object.keys(object.metadata.annotations ?? {}).length > 400)).toBe(true)
})

it('makes the same objects for the same seed, others for another', () => {
  const some = dangerousObjects({ numRuns: 20, seed: 5 })
  expect(dangerousObjects({ numRuns: 20, seed: 5 })).toEqual(some)
  expect(dangerousObjects({ numRuns: 20, seed: 6 })).not.toEqual(some)
})
