import { expect, test } from 'vitest'
import { partLine, totalIn } from './part.ts'

test.each([
  ['[truncated: showing 3 of 90 rows; narrow with namespace]', { count: 90, isMore: false }],
  ['[truncated: showing 3 of more than 500 items; narrow with namespace]', { count: 500, isMore: true }],
  ['NAME\nweb', undefined],
])('"%s" tells how many there are', (text, total) => {
  expect(totalIn(text)).toEqual(total)
})

test('what was not looked at is said in one sentence, with what leads closer', () => {
  const parts = [
    { kind: 'pods', read: 12, all: { count: 90, isMore: false } },
    { kind: 'services', read: 60, all: { count: 500, isMore: true } },
  ]
  expect(partLine(parts, 'all')).toMatch(/12 of 90 pods, 60 of more than 500 services.*Name a namespace/)
  expect(partLine(parts, 'shop')).toMatch(/Name an object/)
  expect(partLine([], 'all')).toBe('')
})
