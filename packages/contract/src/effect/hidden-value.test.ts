import { expect, test } from 'vitest'
import { compareHidden, hiddenIn } from './hidden-value.ts'

test('hidden values are told from text', () => {
  expect(hiddenIn('***')).toEqual({ bytes: undefined, hash: undefined })
  expect(hiddenIn('***(24 bytes)')).toEqual({ bytes: 24, hash: undefined })
  expect(hiddenIn('***(24 bytes, 0123456789ab)')).toEqual({ bytes: 24, hash: '0123456789ab' })
  expect(hiddenIn('[redacted]')).toStrictEqual({ bytes: undefined, hash: undefined })
  const texts = [
    'plain',
    '**bold**',
    '***starred***',
    '',
    7,
    undefined,
    ['***'],
    'postgres://***@db',
    'x ***',
    '***(24 bytes) x',
  ]
  for (const text of texts) expect(hiddenIn(text)).toBeUndefined()
})

test('equal hashes are the same value, others another; without a hash nothing is said', () => {
  expect(compareHidden('***(24 bytes, 0123456789ab)', '***(24 bytes, 0123456789ab)')).toBe('same value')
  expect(compareHidden('***(24 bytes, 0123456789ab)', '***(24 bytes, ba9876543210)')).toBe('another value')
  expect(compareHidden('***', '***')).toBeUndefined()
  expect(compareHidden('***(24 bytes, 0123456789ab)', '***')).toBeUndefined()
  expect(compareHidden('***(24 bytes, 0123456789ab)', 'plain')).toBeUndefined()
  expect(compareHidden('plain', '***(24 bytes, 0123456789ab)')).toBeUndefined()
})
