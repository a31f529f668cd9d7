import { expect, it } from 'vitest'
import { textsIn } from './texts-in.ts'

it('finds every text of a value, and no key', () => {
  expect([...textsIn({ a: 'x', b: ['y', { c: 'z', d: 1, e: null }] })]).toEqual(['x', 'y', 'z'])
  expect([...textsIn(undefined)]).toEqual([])
})
