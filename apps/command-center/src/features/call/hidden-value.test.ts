import { expect, test } from 'vitest'
import { compareHidden, hiddenIn } from './hidden-value.ts'

test('hidden values are told from text', () => {
  expect(hiddenIn('***')).toEqual({ shown: undefined, hidden: { bytes: undefined, hash: undefined } })
  expect(hiddenIn('***(24 bytes)')?.hidden).toEqual({ bytes: 24, hash: undefined })
  expect(hiddenIn('***(24 bytes, 0123456789ab)')?.hidden).toEqual({ bytes: 24, hash: '0123456789ab' })
  expect(hiddenIn('[redacted]')).toBeDefined()
  expect(hiddenIn('postgres://***@db/shop ***(40 bytes, 0123456789ab)')).toEqual({
    shown: 'postgres://***@db/shop',
    hidden: { bytes: 40, hash: '0123456789ab' },
  })
  for (const text of ['plain', '**bold**', '***starred***', '', 7, undefined]) expect(hiddenIn(text)).toBeUndefined()
})

test('equal hashes are the same value, others another; without a hash nothing is said', () => {
  expect(compareHidden('***(24 bytes, 0123456789ab)', '***(24 bytes, 0123456789ab)')).toBe('same value')
  expect(compareHidden('***(24 bytes, 0123456789ab)', '***(24 bytes, ba9876543210)')).toBe('another value')
  expect(compareHidden('***', '***')).toBeUndefined()
  expect(compareHidden('plain', '***(24 bytes, 0123456789ab)')).toBeUndefined()
})
