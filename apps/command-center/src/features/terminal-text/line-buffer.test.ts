import { describe, expect, it } from 'vitest'
import { LineBuffer } from './line-buffer.ts'

const lines = (buffer: LineBuffer) => buffer.lines.map(({ text }) => text)
const written = (...pieces: string[]) => {
  const buffer = new LineBuffer()
  for (const piece of pieces) buffer.write(piece)
  return buffer
}

describe('lines', () => {
  it.each([
    ['LF', ['a\nb\n'], ['a', 'b']],
    ['CRLF', ['a\r\nb\r\n'], ['a', 'b']],
    ['CRLF split between pieces', ['a\r', '\nb'], ['a', 'b']],
    ['empty lines', ['\n\na\n'], ['', '', 'a']],
    ['a line over several pieces', ['a', 'b', 'c\nd'], ['abc', 'd']],
    ['CR alone, which starts the line again', ['10%\r20%\r30%\n'], ['30%']],
    ['CR alone split between pieces', ['10%\r', '20%\r', '\r30%\ndone'], ['30%', 'done']],
    ['a last CR, which keeps what is shown', ['50%\r'], ['50%']],
    ['tabs, as they came', ['a\tb\n'], ['a\tb']],
  ])('%s', (_, pieces, expected) => expect(lines(written(...pieces))).toEqual(expected))

  it('numbers lines, and counts cells with tab stops of 8', () => {
    const { lines: made } = written('ab\tc\n\u202e\n日本\n')
    expect(made.map(({ number, cells }) => [number, cells])).toEqual([
      [1, 9],
      [2, 6],
      [3, 4],
    ])
  })

  it('keeps the streams apart, each with its own open line', () => {
    const buffer = new LineBuffer()
    buffer.append({ seq: 1, stream: 'stdout', text: 'out ' })
    buffer.append({ seq: 2, stream: 'stderr', text: 'warning\n' })
    buffer.append({ seq: 3, stream: 'stdout', text: 'goes on\n' })
    expect(buffer.lines.map(({ stream, text }) => `${stream}: ${text}`)).toEqual([
      'stdout: out goes on',
      'stderr: warning',
    ])
    expect(buffer.hasStderr).toBe(true)
  })
})

describe('pieces', () => {
  it('drops one that was there, and says how many are missing', () => {
    const buffer = new LineBuffer()
    for (const seq of [1, 2, 2, 1, 3, 6, 8]) buffer.append({ seq, stream: 'stdout', text: `${seq}\n` })
    expect(lines(buffer)).toEqual(['1', '2', '3', '2 pieces missing', '6', '1 piece missing', '8'])
    expect(buffer.lines.map(({ number }) => number)).toEqual([1, 2, 3, undefined, 4, undefined, 5])
  })

  it('believes who counted the missing ones', () => {
    const buffer = new LineBuffer()
    buffer.append({ seq: 1, stream: 'stdout', text: 'a\n', missing: 0 })
    buffer.append({ seq: 3, stream: 'stdout', text: 'b\n', missing: 0 })
    buffer.append({ seq: 4, stream: 'stdout', text: 'c\n', missing: 2 })
    expect(lines(buffer)).toEqual(['a', 'b', '2 pieces missing', 'c'])
  })
})

describe('styles', () => {
  const styled = (buffer: LineBuffer) =>
    buffer.lines.map(({ text, spans }) => spans.map(({ from, to, style }) => [text.slice(from, to), style.codes]))

  it('are carried over lines and pieces, until they are reset', () => {
    expect(styled(written('\x1b[1;31mred\nstill', ' red\x1b[0m plain\n'))).toEqual([
      [['red', '1;38;5;1']],
      [['still red', '1;38;5;1']],
    ])
  })

  it('are found in sequences split at any character', () => {
    const text = 'a\x1b[38;2;10;20;30mb\x1b]8;;https://x.test\x1b\\c\x1b[mD\x1b(B\n'
    const whole = styled(written(text))
    for (let at = 1; at < text.length; at++) {
      const buffer = written(text.slice(0, at), text.slice(at))
      expect(lines(buffer)).toEqual(['abcD'])
      expect(styled(buffer)).toEqual(whole)
    }
  })

  it('belong to their stream', () => {
    const buffer = new LineBuffer()
    buffer.append({ seq: 1, stream: 'stderr', text: '\x1b[31m' })
    buffer.append({ seq: 2, stream: 'stdout', text: 'plain\n' })
    expect(styled(buffer)).toEqual([[]])
  })
})

describe('everything else', () => {
  it.each([
    ['cursor and erase sequences', 'a\x1b[2K\x1b[1;1Hb\x1b[?25l'],
    ['a title', 'a\x1b]0;title\x07b'],
    ['a device string', 'a\x1bPq#0\x1b\\b'],
    ['eight-bit sequences', 'a\x9b31mb'],
    ['character sets', 'a\x1b(0b'],
  ])('%s are removed', (_, text) => expect(lines(written(text))).toEqual(['ab']))

  it('keeps concealed text, and control characters', () => {
    expect(lines(written('\x1b[8mhidden\x1b[28m\x07\b'))).toEqual(['hidden\x07\b'])
  })

  it('does not wait for ever for the end of a sequence', () => {
    const buffer = written(`a\x1b]0;${'x'.repeat(5_000)}`, 'shown\n')
    expect(lines(buffer)).toEqual(['ashown'])
  })
})

it('lets the oldest go, exactly as many as are too many', () => {
  const buffer = new LineBuffer(100)
  for (let i = 1; i <= 250; i++) {
    buffer.write(`${i}\n`)
    if (i % 40 === 0) buffer.trim()
  }
  buffer.trim()
  expect(buffer.lines.length).toBe(100)
  expect(buffer.dropped).toBe(150)
  expect(buffer.lines[0]).toMatchObject({ number: 151, text: '151' })
})
