import { leakedPiece, secretShapes } from '@fairlead/service-kit/redaction/secret-shapes.fixture'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { longestLine, maskedLines } from './masked-lines.ts'

async function* inPieces(text: string, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const size = sizes[piece % sizes.length] ?? bytes.length
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function shownOf(text: string, sizes: readonly number[], isCut = false): Promise<string[]> {
  const lines: string[] = []
  for await (const line of maskedLines(inPieces(text, sizes), { isCut: () => isCut })) lines.push(line)
  return lines
}

const sizes = fc.array(fc.integer({ min: 50, max: 40_000 }), { minLength: 1, maxLength: 5 })
const filler = fc.constantFrom('x', 'word ', '{"a":"b"},', 'é ')

describe.each(secretShapes())('$shape', (secret) => {
  const { text } = secret

  test('leaves no piece of it where a line is cut', async () => {
    const lies = fc.integer({ min: -text.length - 10, max: 10 })
    await fc.assert(
      fc.asyncProperty(lies, filler, sizes, async (offset, word, pieces) => {
        const before = word.repeat(longestLine).slice(0, longestLine + offset - 1)
        const lines = await shownOf(`${before} ${text} and more ${word.repeat(5_000)}\nafter\n`, pieces)
        expect(lines.at(-1)).toBe('after')
        expect(leakedPiece(lines.join('\n'), secret)).toBeUndefined()
      }),
      { numRuns: 12 },
    )
  })

  test('leaves no piece of it where the following ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.length }), sizes, async (end, pieces) => {
        const lines = await shownOf(`before\nsaid ${text.slice(0, end)}`, pieces, true)
        expect(lines[0]).toBe('before')
        expect(leakedPiece(lines.join('\n'), secret)).toBeUndefined()
      }),
      { numRuns: 20 },
    )
  })

  test('is not to be found in it', async () => {
    const lines = await shownOf(`before\n${text}\nafter`, [7, 60])
    expect(lines.join('\n')).toMatch(/^before\n[\s\S]*\*\*\*[\s\S]*\nafter$/)
    expect(leakedPiece(lines.join('\n'), secret)).toBeUndefined()
  })
})

test('a line that is too long says how long it was, however it came', async () => {
  const line = 'word '.repeat(40_000).trimEnd()
  await fc.assert(
    fc.asyncProperty(sizes, async (pieces) => {
      const [shown = '', ...others] = await shownOf(`${line}\nafter\n`, pieces)
      expect(shown).toMatch(/^(word ){10000,}… \(199999 characters\)$/)
      expect(others).toEqual(['after'])
    }),
    { numRuns: 5 },
  )
})

test('what only looks like the beginning of a key holds nothing back for long', async () => {
  const lines = Array.from({ length: 5_000 }, (_, n) => `all is well, says line ${n}`)
  const begin = 'expected -----BEGIN PRIVATE KEY----- in the file'
  const shown: string[] = []
  const stream = inPieces([begin, ...lines].join('\n'), [1_000])
  for await (const line of maskedLines(stream, { isCut: () => false })) {
    shown.push(line)
    if (shown.length === 2) break
  }
  expect(shown).toEqual([begin, 'all is well, says line 0'])
})
