import { expect, it } from 'vitest'
import { lengthNote } from './message-length.ts'

it('counts near the limit, and refuses beyond it', () => {
  expect(lengthNote('x'.repeat(20_000))).toBeUndefined()
  expect(lengthNote('x'.repeat(32_000))).toEqual({ text: '32,000 of 32,000 characters', isTooLong: false })
  expect(lengthNote(`  ${'x'.repeat(32_000)}\n`)?.isTooLong).toBe(false)
  expect(lengthNote('x'.repeat(32_001))).toEqual({
    text: '32,001 of 32,000 characters: 1 too many to send',
    isTooLong: true,
  })
})
