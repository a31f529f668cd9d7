import { expect, test } from 'vitest'
import { numberOf, times } from './quantity.ts'

test.each([
  ['500m', 0.5],
  ['2', 2],
  ['64Mi', 67_108_864],
  ['1.5Gi', 1_610_612_736],
  ['1k', 1000],
])('%s is %d', (quantity, number) => {
  expect(numberOf(quantity)).toBe(number)
})

test('what is no quantity is no number', () => {
  expect(numberOf('much')).toBeNaN()
})

test.each([
  ['64Mi', 2, '128Mi'],
  ['7800m', 0.25, '1950m'],
])('%s times %d is %s', (quantity, factor, product) => {
  expect(times(quantity, factor)).toBe(product)
})
