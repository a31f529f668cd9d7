import { expect, test } from 'vitest'
import { checkPieces } from './check-pieces.ts'

test.each([
  { what: 'whole', came: ['0@10 ', '1@11 ', '2@12 '], faults: 0 },
  { what: 'whole, joined', came: ['0@10 1@11 ', '2@12 '], faults: 0 },
  { what: 'one lost', came: ['0@10 ', '2@12 '], faults: 2 },
  { what: 'the last one lost', came: ['0@10 ', '1@11 '], faults: 1 },
  { what: 'one doubled', came: ['0@10 ', '1@11 1@11 ', '2@12 '], faults: 2 },
  { what: 'two that changed places', came: ['0@10 ', '2@12 1@11 '], faults: 2 },
  { what: 'nothing', came: [], faults: 3 },
])('an answer of three pieces, $what: $faults not in place', ({ came, faults }) => {
  const check = checkPieces(3)
  for (const text of came) check.take(text)
  expect(check.faults()).toBe(faults)
})

test('each piece tells when it was sent', () => {
  expect(checkPieces(2).take('0@1700000000000.125 1@1700000000001.500 ')).toEqual([1700000000000.125, 1700000000001.5])
})
