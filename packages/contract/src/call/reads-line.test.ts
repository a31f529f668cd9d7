import { expect, test } from 'vitest'
import { readsLine } from './reads-line.ts'

const spans = (...all: [number, number][]) => all.map(([start, end]) => ({ start, end }))

test.each([
  [spans([0, 100], [200, 500]), '2 reads, 0.4 s'],
  // What ran at once took its time once.
  [spans([0, 400], [100, 300], [50, 450]), '3 reads, 0.5 s'],
  [spans([0, 400], [50, 450], [100, 300]), '3 reads, 0.5 s'],
  [spans([200, 300], [0, 250]), '2 reads, 0.3 s'],
  [spans([0, 9_940]), '1 read, 9.9 s'],
  [spans([0, 12_400]), '1 read, 12 s'],
  [spans([0, 59_400]), '1 read, 59 s'],
  [spans([0, 59_700]), '1 read, 1 min 0 s'],
  [spans([0, 119_700]), '1 read, 2 min 0 s'],
  [spans([0, 65_000]), '1 read, 1 min 5 s'],
  [[{ start: undefined, end: 5 }, ...spans([0, 1_000])], '2 reads, 1 s'],
  [[{ start: 5, end: undefined }, ...spans([0, 1_000])], '2 reads, 1 s'],
  [[{ start: undefined, end: undefined }], '1 read'],
])('%j: %s', (calls, line) => {
  expect(readsLine(calls)).toBe(line)
})
