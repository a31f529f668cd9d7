import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { screenRows } from './screen-rows.ts'

/** Columns that a terminal takes for it at most: nothing here is wider than two. */
const widthOf = (row: string) =>
  [...stripVTControlCharacters(row)].reduce((sum, character) => sum + (/[\u0020-\u007e│↪]/.test(character) ? 1 : 2), 0)

test.each([
  ['what fits', 'four', 4, ['four']],
  ['nothing', '', 4, ['']],
  ['a word too long', '0123456789', 6, ['0123', '↪ 4567', '↪ 89']],
  ['words', 'one two three', 9, ['one two', '↪  three']],
  ['a line with a margin', '│   one two three four', 16, ['│   one two ', '│   ↪ three four']],
  ['wide letters', '日本語日本語', 8, ['日本語', '↪ 日本語']],
  ['emoji', '🙂🙂🙂🙂🙂', 8, ['🙂🙂🙂', '↪ 🙂🙂']],
  ['emoji that not every terminal joins', '👍🏽👍🏽👍🏽👍🏽', 12, ['👍🏽', '↪ 👍🏽', '↪ 👍🏽', '↪ 👍🏽']],
  ['a margin that leaves no room', `${' '.repeat(12)}x y`, 12, [' '.repeat(10), '↪   x y']],
])('%s takes its rows', (_, line, columns, rows) => {
  expect(screenRows(line, columns)).toEqual(rows)
})

test('a colour that goes on is begun again in each row, and ended at its end', () => {
  expect(screenRows('\u001b[32m+ 0123456789\u001b[39m', 8)).toEqual([
    '\u001b[32m+ 0123\u001b[39m',
    '↪ \u001b[32m456789\u001b[39m',
  ])
})

test('no row is wider than the screen, and no letter is lost', () => {
  const piece = fc.constantFrom('a', ' ', 'longer words', '日本', '🙂', '👍🏽', '🇩🇪', 'é', '→', '│', '  ', '<U+200B>')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 12, max: 90 }), (pieces, columns) => {
      const line = pieces.join('')
      const rows = screenRows(line, columns)
      for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(columns * (/[é→]/.test(row) ? 2 : 1))
      const letters = (text: string) => text.replace(/[↪│ ]/g, '')
      expect(letters(rows.join(''))).toBe(letters(line))
    }),
  )
})

test('a very long line takes no square of its length', () => {
  const started = performance.now()
  expect(screenRows('y'.repeat(200_000), 80)).toHaveLength(Math.ceil(200_000 / 78))
  expect(screenRows('a b '.repeat(50_000), 80).length).toBeGreaterThan(2_500)
  expect(performance.now() - started).toBeLessThan(10_000)
})
