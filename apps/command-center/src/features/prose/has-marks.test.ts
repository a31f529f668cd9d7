import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it, test } from 'vitest'
import { hasMarks } from './has-marks.ts'
import { MarkdownBlock } from './markdown-block.tsx'
import { splitBlocks } from './split-blocks.ts'

const squeezed = (html: string) => html.replace(/\s+/g, ' ').replace(/ ?(<\/?p>) ?/g, '$1')
const parsed = (text: string) => squeezed(renderToStaticMarkup(createElement(MarkdownBlock, { text })))
const asWords = (text: string) => squeezed(renderToStaticMarkup(createElement('p', undefined, text)))

test.each([
  'I will scale it to 3.',
  'The pods of checkout restart (14 times), since 10.41 or so; the last one said "not set"!\nI will look at its log.',
  'Done: 3 of 4 are ready -- the 4th is not. It costs $5, 20% less, "wie früher".',
])('%j is words', (text) => {
  expect(hasMarks(text)).toBe(false)
  expect(parsed(text)).toBe(asWords(text))
})

it('never takes for words what the parser makes more of', { timeout: 60_000 }, () => {
  const parts = [
    'one',
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    '-',
    '+',
    '=',
    ':',
    '|',
    '#',
    '1.',
    '2)',
    '!',
    '(',
    ')',
    '[',
    ']',
  ]
  parts.push('*', '_', '`', '~', '<b>', '>', '&amp;', '\\', 'http:', '//', 'www.', 'a@b.c', '.test', '    ', '"', '\0')
  const words = ['one', 'two', ' ', ' ', ' ', ' ', '\n', '.', ',', '3', '(', ')']
  let plain = 0
  for (let round = 0, seed = 1; round < 800; round++) {
    const next = (sides: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * sides)
    }
    // Mostly words, so that many texts are on the edge.
    const text = Array.from({ length: 2 + next(9) }, () =>
      next(8) === 0 ? parts[next(parts.length)] : words[next(words.length)],
    ).join('')
    for (const block of splitBlocks(text)) {
      if (block.kind === 'code' || hasMarks(block.text)) continue
      plain++
      expect(parsed(block.text), JSON.stringify(block.text)).toBe(asWords(block.text))
    }
  }
  expect(plain).toBeGreaterThan(150)
})
