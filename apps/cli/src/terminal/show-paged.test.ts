import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { showPaged } from './show-paged.ts'
import { createTerminal, type TerminalStreams } from './terminal.ts'

const ways = { n: 'deny', l: 'later' }

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`)

/** What a person sees of these lines on a screen who presses these keys. */
async function paged(lines: readonly string[], keys: readonly string[], size: object = { rows: 12, columns: 80 }) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  for (const stream of [stdin, stderr]) Object.assign(stream, { isTTY: true, ...size })
  const terminal = createTerminal({ stdin, stdout, stderr } as unknown as TerminalStreams, {})
  const shown = showPaged(terminal, lines, ways)
  for (const key of keys) {
    await new Promise((next) => setTimeout(next, 5))
    stdin.write(key)
  }
  const way = await shown
  stderr.end()
  const text = stripVTControlCharacters(await readAll(stderr))
  return { way, seen: [...text.matchAll(/^\r?line (\d+)$/gm)].map(([, line]) => Number(line)), text }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

test.each([
  ['what fits on the screen stands there at once', 10, [], 'end', 10],
  ['one line more does not', 11, ['l'], 'l', 10],
  ['many come by the page, to the last', 35, ['\r', '\r', '\r'], 'end', 35],
  ['all at once where that is asked for', 420, ['a'], 'end', 420],
  ['a page, then all', 420, [' ', 'a'], 'end', 420],
  ['who leaves has not seen the end', 35, ['\r', 'l'], 'l', 20],
  ['it can be denied before', 35, ['n'], 'n', 10],
  ['a key that means nothing shows nothing', 35, ['y', 'x', 'l'], 'l', 10],
  ['keys that were typed ahead count once', 35, ['\r\r\r\r', 'l'], 'l', 20],
] as const)('%s', async (_, count, keys, way, last) => {
  const { seen, ...paging } = await paged(numbered(count), keys)
  expect(paging.way).toBe(way)
  expect(seen).toEqual(upTo(last))
})

test('Ctrl-C leaves, and what is left is said', async () => {
  const { way, text } = await paged(numbered(35), ['\u0003'])
  expect(way).toBeUndefined()
  expect(text).toContain('10 of 35 rows: Enter shows more, a all, n deny, l later')
})

test.each([
  ['a single line', ['Stands out: privileged', 'z'.repeat(200_000), 'end'], 'z', 200_000],
  ['wide letters', ['Stands out: privileged', '語'.repeat(20_000), 'end'], '語', 20_000],
  ['words', ['Stands out: privileged', 'no '.repeat(20_000), 'end'], 'no', 20_000],
])('what is long in columns is paged as what is long in lines: %s', async (_, lines, word, count) => {
  const size = { rows: 24, columns: 80 }
  const first = await paged(lines, ['l'], size)
  expect(first.way).toBe('l')
  expect(first.text).toContain('Stands out: privileged')
  expect(first.text.split('\n').length).toBeLessThanOrEqual(24)
  expect(first.text).not.toContain('end')
  const whole = await paged(lines, ['a'], size)
  expect(whole.way).toBe('end')
  expect(whole.text.split(word).length - 1).toBe(count)
})

test('a screen that tells no size, or nearly none, is paged all the same', async () => {
  expect((await paged(numbered(30), ['l'], { rows: 0, columns: 0 })).seen).toEqual(upTo(22))
  const { seen, text } = await paged(numbered(5), ['l'], { rows: 3, columns: 30 })
  expect(seen).toEqual([1])
  expect(text).toContain('1 of 5 rows')
})
