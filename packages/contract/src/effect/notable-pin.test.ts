import { expect, test } from 'vitest'
import { isNotablePin } from './notable-pin.ts'

test.each([
  ['chart', true],
  ['restartedAt', true],
  ['restartAt', true],
  ['cluster_uid', false],
  ['', false],
])('of what is fixed, %s is a choice that a person would want to know: %s', (name, isTelling) => {
  expect(isNotablePin(name)).toBe(isTelling)
})
