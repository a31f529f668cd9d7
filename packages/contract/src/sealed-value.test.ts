import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isSealed, openSealedValue, sealValue } from './sealed-value.ts'

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

it('opens what another release sealed', () => {
  const sealed = 'sealed:v1:vQYkkSamCcs+UMHMgUly0auuLbfMFe7eTKpoho/VpVt5Rog='
  expect(openSealedValue(sealed, place, key)).toBe('hunter2')
  const outside = { cluster: '', kind: 'Namespace', name: 'db', path: '/data/password' }
  const other = 'sealed:v1:bW83KU3Mq605Cll1hEKy2+9HdsUlDJ7MNGVNxScUYaA5vDw='
  expect(openSealedValue(other, outside, key)).toBe('hunter2')
  expect(openSealedValue(other, { ...outside, namespace: '' }, key)).toBe('hunter2')
})

it('seals and opens a text without a character', () => {
  expect(openSealedValue(sealValue('', place, key), place, key)).toBe('')
})

it.each([
  [sealValue('x', place, key), true],
  ['sealed:v1:', true],
  ['is sealed:v1:', false],
  ['sealed:v2:AAAA', false],
  [undefined, false],
  [7, false],
])('%j is sealed: %s', (value, is) => {
  expect(isSealed(value)).toBe(is)
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
  expect(openSealedValue(sealed.slice(0, 46), place, key)).toBeUndefined()
})

it('never seals the same value to the same text', () => {
  expect(sealValue('hunter2', place, key)).not.toBe(sealValue('hunter2', place, key))
})
