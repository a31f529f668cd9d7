import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { CodeBlock } from '../code/code-block.tsx'
import { definitionsFor, findDefinitions } from './definitions.ts'
import { MarkdownBlock } from './markdown-block.tsx'
import { markdownPieces } from './markdown-pieces.fixture.ts'
import { type Block, growBlocks, splitBlocks } from './split-blocks.ts'

const isFull = process.env.FAIRLEAD_FULL === '1'
const texts = (markdown: string) => splitBlocks(markdown).map(({ text }) => text)

function drawn(markdown: string): string {
  const blocks = splitBlocks(markdown)
  const definitions = findDefinitions(blocks)
  return blocks.map((block) => renderToStaticMarkup(element(block, definitionsFor(block, definitions)))).join('')
}
function element(block: Block, definitions: string) {
  if (block.kind === 'code') return createElement(CodeBlock, { code: block.code, language: block.language })
  return createElement(MarkdownBlock, { text: `${block.text}\n\n${definitions}` })
}
const drawnWhole = (markdown: string) => renderToStaticMarkup(createElement(MarkdownBlock, { text: markdown }))
const squeezed = (html: string) => html.replace(/>\s+</g, '><').trim()

describe('splitBlocks', () => {
  it('cuts at paragraphs, headings and fences', () => {
    expect(texts('One\ntwo\n\n# Head\nthree\n```sh\nls\n\npwd\n```\nfour')).toEqual([
      'One\ntwo',
      '# Head',
      'three',
      '```sh\nls\n\npwd\n```',
      'four',
    ])
  })

  it('keeps a loose list, its fences and its paragraphs together', () => {
    const list = '1. One\n\n   ```yaml\n   a: 1\n\n   b: 2\n   ```\n\n2. Two\n\n   more'
    expect(texts(`${list}\n\nAfter`)).toEqual([list, 'After'])
  })

  it('reads a fence without parsing it, and knows that it is open', () => {
    expect(splitBlocks('```yaml\nkind: Pod\n\n# not a heading')).toMatchObject([
      { kind: 'code', language: 'yaml', code: 'kind: Pod\n\n# not a heading', isOpen: true },
    ])
    expect(splitBlocks('~~~\n```\n~~~')).toMatchObject([{ code: '```', isOpen: false }])
  })

  it('ends the fence of a list item where the item ends', () => {
    expect(texts('- a\n  ```\n  code\n\nAfter\n\nMore')).toEqual(['- a\n  ```\n  code', 'After', 'More'])
  })

  it('keeps indented code together over blank lines', () => {
    expect(texts('    one\n\n    two\n\nthree')).toEqual(['    one\n\n    two', 'three'])
  })

  it('cuts a very long list between items, so that its end stays small', () => {
    const items = Array.from({ length: 400 }, (_, index) => `- item ${index} ${'x'.repeat(40)}`)
    const blocks = texts(items.join('\n'))
    expect(blocks.length).toBeGreaterThan(3)
    expect(blocks.join('\n')).toBe(items.join('\n'))
    expect(Math.max(...blocks.map((block) => block.length))).toBeLessThan(4_200)
  })

  it('draws block by block what the whole text would draw', { timeout: 60_000 }, () => {
    const pick = dice(7)
    for (let round = 0; round < (isFull ? 300 : 100); round++) {
      const pieces = Array.from({ length: 1 + pick(5) }, () => markdownPieces[pick(markdownPieces.length)] ?? '')
      const markdown = pieces.reduce((text, piece) => `${text}${pick(3) === 0 ? '\n' : '\n\n'}${piece}`)
      expect(squeezed(drawn(markdown)), markdown).toBe(squeezed(drawnWhole(markdown)))
    }
  })
})

describe('growBlocks', () => {
  it('finds the same blocks piece by piece as at once, and keeps those that stand', { timeout: 60_000 }, () => {
    const pick = dice(11)
    for (let round = 0; round < (isFull ? 60 : 20); round++) {
      const text = Array.from({ length: 6 }, () => markdownPieces[pick(markdownPieces.length)] ?? '').join('\n\n')
      let grown = { text: '', blocks: splitBlocks('') }
      for (let end = 0; end <= text.length; end += 1 + pick(4)) {
        const next = { text: text.slice(0, end), blocks: growBlocks(grown, text.slice(0, end)) }
        expect(next.blocks).toEqual(splitBlocks(next.text))
        const standing = Math.max(0, grown.blocks.length - 2)
        if (grown.blocks.length > 2) expect(next.blocks.slice(0, standing)).toEqual(grown.blocks.slice(0, standing))
        grown = next
      }
    }
  })

  it('starts anew when the text was replaced', () => {
    const before = { text: 'a\n\nb\n\nc\n\nd', blocks: splitBlocks('a\n\nb\n\nc\n\nd') }
    expect(growBlocks(before, 'x\n\ny')).toEqual(splitBlocks('x\n\ny'))
  })
})

/** The same throws each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * sides)
  }
}
