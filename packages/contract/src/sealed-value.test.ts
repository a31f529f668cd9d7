import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openSealedValue, sealValue } from './sealed-value.ts'

const key = Buffer.alloc(32, 7)
const place = { cluster: 'default', kind: 'Secret', namespace: 'shop', name: 'db', path: '/data/password' }

it('opens at its place what was sealed there', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const sealed = sealValue(value, place, key)
      expect(sealed).toMatch(/^sealed:v1:[A-Za-z0-9+/]+=*$/)
      expect(openSealedValue(sealed, place, key)).toBe(value)
    }),
  )
})

it.each([
  ['cluster', { ...place, cluster: 'other' }],
  ['kind', { ...place, kind: 'ConfigMap' }],
  ['namespace', { ...place, namespace: 'shop2' }],
  ['absent namespace', { ...place, namespace: undefined }],
  ['name', { ...place, name: 'db2' }],
  ['path', { ...place, path: '/data/user' }],
])('does not open at another %s', (_, elsewhere) => {
  expect(openSealedValue(sealValue('hunter2', place, key), elsewhere, key)).toBeUndefined()
})

it('does not open under another key, changed, or cut', () => {
  const sealed = sealValue('hunter2', place, key)
  expect(openSealedValue(sealed, place, Buffer.alloc(32, 8))).toBeUndefined()
  expect(openSealedValue(sealed.replace(/.{4}$/, 'AAA='), place, key)).toBeUndefined()
  expect(openSealedValue(sealed.slice(0, 30), place, key)).toBeUndefined()
})

it('never seals the same value to the same text', () => {
  expect(sealValue('hunter2', place, key)).not.toBe(sealValue('hunter2', place, key))
})
