import { expect, test } from 'vitest'
import { hasMoved, type ScreenPlace } from './has-moved.ts'

const here: ScreenPlace = { left: 100, top: 500, scrollTop: 200, scrollHeight: 2_000, isAtEnd: false }

test.each<[string, Partial<ScreenPlace>, boolean, boolean]>([
  ['stood still', {}, false, false],
  ['stood still while what is below grew', { scrollHeight: 2_400 }, false, false],
  ['stood still because the page scrolled with what is above', { scrollTop: 260, scrollHeight: 2_060 }, true, false],
  ['was scrolled by its reader', { top: 440, scrollTop: 260 }, false, false],
  ['was scrolled by its reader, to the end', { top: 440, scrollTop: 260, isAtEnd: true }, false, false],
  [
    'was scrolled by its reader while what is below grew',
    { top: 440, scrollTop: 260, scrollHeight: 2_400 },
    false,
    false,
  ],
  ['was scrolled by the page, which follows the end', { top: 440, scrollTop: 260, isAtEnd: true }, true, true],
  ['moved up with what is above', { top: 440, scrollHeight: 1_940 }, false, true],
  ['moved aside', { left: 300 }, false, true],
  ['was scrolled by its reader, and moved besides', { top: 380, scrollTop: 260, scrollHeight: 1_940 }, false, true],
  [
    'came down because less was left to scroll',
    { top: 560, scrollTop: 140, scrollHeight: 1_940, isAtEnd: true },
    false,
    true,
  ],
])('%s', (_, to, isUnasked, moved) => {
  expect(hasMoved(here, { ...here, ...to }, isUnasked)).toBe(moved)
})
