import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { hiddenMark, isHiddenMark } from './hidden-value.ts'

const key = Buffer.alloc(32, 3)

it('tells size and a keyed hash of a value, and no hash of a short one or without a key', () => {
  const value = Buffer.from('0123456789abcdef')
  const hash = createHmac('sha256', key).update(value).digest('hex').slice(0, 12)
  expect(hiddenMark(value, key)).toEqual({ mark: `***(16 bytes, ${hash})`, hash })
  expect(hiddenMark(value.subarray(1), key)).toEqual({ mark: '***' })
  expect(hiddenMark(value, undefined)).toEqual({ mark: '***' })
})

it.each(['***', '***(16 bytes, 0123456789ab)'])('%s is a mark', (mark) => {
  expect(isHiddenMark(mark)).toBe(true)
  expect(isHiddenMark(`${mark}x`)).toBe(false)
  expect(isHiddenMark(`x${mark}`)).toBe(false)
})

it.each([
  '',
  '**',
  '***()',
  '***(16 bytes)',
  '***(x bytes, 0123456789ab)',
  '***(16 bytes, 0123456789abc)',
  '***(1 bytes, x)',
])('%j is none', (text) => {
  expect(isHiddenMark(text)).toBe(false)
})
