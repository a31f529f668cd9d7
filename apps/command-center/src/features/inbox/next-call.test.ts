import { expect, test } from 'vitest'
import { neighbour, nextCall } from './next-call.ts'

test.each([
  [['a', 'b', 'c'], 'b', ['a', 'c'], 'c'],
  [['a', 'b', 'c'], 'c', ['a', 'b'], 'b'],
  [['a', 'b', 'c'], 'b', ['a', 'new'], 'a'],
  [['a'], 'a', [], undefined],
  [['a'], 'a', ['new'], 'new'],
  [['a', 'b'], 'x', ['a', 'b'], 'a'],
])('of %j, %s gone, %j left: %s is next', (before, gone, now, next) => {
  expect(nextCall(before, gone, now)).toBe(next)
})

test('j and k stay in the list', () => {
  expect(neighbour(['a', 'b'], undefined, 1)).toBe('a')
  expect(neighbour(['a', 'b'], undefined, -1)).toBe('b')
  expect(neighbour(['a', 'b'], 'a', 1)).toBe('b')
  expect(neighbour(['a', 'b'], 'b', 1)).toBe('b')
  expect(neighbour(['a', 'b'], 'a', -1)).toBe('a')
  expect(neighbour([], 'a', 1)).toBeUndefined()
})
