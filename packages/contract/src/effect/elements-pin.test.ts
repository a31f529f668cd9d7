import { expect, test } from 'vitest'
import { isElementsPin } from './elements-pin.ts'

const digest = `${'0a'.repeat(31)}9f`

test.each<[name: string, value: unknown, is: boolean]>([
  ['list_elements', digest, true],
  ['chart', digest, false],
  ['list_elements', [digest], false],
  ['list_elements', 7, false],
  ['list_elements', digest.slice(1), false],
  ['list_elements', `${digest}0`, false],
  ['list_elements', `x${digest}`, false],
  ['list_elements', `${digest.slice(1)}g`, false],
])('%s: %s is the digest of list elements: %s', (name, value, is) => {
  expect(isElementsPin(name, value)).toBe(is)
})
