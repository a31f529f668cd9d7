import { expect, test } from 'vitest'
import { findBannedNames } from './banned-names.ts'
import { parseTexts } from './parse-texts.fixture.ts'

const found = (path: string, text: string) => findBannedNames(parseTexts({ [path]: text })).map(({ what }) => what)

test.each([
  ['const told = 1', 'told'],
  ['const askedAgain = 1', 'asked'],
  ['type PlannedLook = { a: 1 }', 'look'],
  ['class A { #isUntold = 1 }', 'untold'],
  ['const { a: onlyLooks } = b', 'looks'],
  ['function f(frontDoor: string) {}', 'door'],
  ['const a = { demand_lines: 1 }', 'demand'],
  ['const a = <Room />', 'room'],
])('%s is a banned name', (text, word) => {
  expect(found('a.tsx', text)).toEqual([expect.stringContaining(`not "${word}" but `)])
})

test.each(['const MOST_LINES = 1'])('%s says MAX', (text) => {
  expect(found('a.ts', text)).toEqual(['MOST_LINES: say MAX_LINES'])
})

test.each([
  'const lookup = Math.floor(1)',
  'const mostly = momentum',
  'const flooring = "told, asked"',
  'item.asked_at = 1',
])('%s is not', (text) => {
  expect(found('a.ts', text)).toEqual([])
})

test('a file may not be called so either', () => {
  expect(found('apps/a/src/ask-anew.test.ts', '')).toEqual([expect.stringContaining('file name: ask-anew')])
})

test('the demo model alone is asked questions', () => {
  expect(found('packages/demo-model/src/question.ts', 'const question = 1')).toEqual([])
  expect(found('packages/agent/src/question.ts', 'const question = 1')).toHaveLength(2)
})
