import { expect, test } from 'vitest'
import { canonicalQuantity } from './quantity.ts'

test.each([
  ['1000m', '1'],
  ['1500m', '1500m'],
  ['0.5', '500m'],
  ['1.5Gi', '1536Mi'],
  ['1024Mi', '1Gi'],
  ['1000Ki', '1000Ki'],
  ['128974848', '128974848'],
  ['1e3', '1e3'],
  ['1000k', '1M'],
  ['0', '0'],
  ['-1', '-1'],
  ['100u', '100u'],
  ['', undefined],
  ['1.5.5', undefined],
  ['1Xi', undefined],
  ['one', undefined],
])('%s is written %s', (text, canonical) => {
  expect(canonicalQuantity(text)).toBe(canonical)
})
