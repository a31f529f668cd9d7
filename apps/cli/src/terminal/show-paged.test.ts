import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { showPaged } from './show-paged.ts'
import { createTerminal, type TerminalStreams } from './terminal.ts'

const ways = { n: 'deny', l: 'later' }

/** What a person sees of these lines on a screen of 12 rows who presses these keys. */
async function paged(count: number, ...keys: string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  for (const stream of [stdin, stderr]) Object.assign(stream, { isTTY: true, rows: 12 })
  const terminal = createTerminal({ stdin, stdout, stderr } as unknown as TerminalStreams, {})
  const lines = Array.from({ length: count }, (_, index) => `line ${index + 1}`)
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
  ['a few lines stand there at once', 20, [], 'end', 20],
  ['many come by the page, to the last', 35, ['\r', '\r', '\r'], 'end', 35],
  ['all at once where that is asked for', 420, ['a'], 'end', 420],
  ['a page, then all', 420, [' ', 'a'], 'end', 420],
  ['who leaves has not seen the end', 35, ['\r', 'l'], 'l', 20],
  ['it can be denied before', 35, ['n'], 'n', 10],
  ['a key that means nothing shows nothing', 35, ['y', 'x', 'l'], 'l', 10],
  ['keys that were typed ahead count once', 35, ['\r\r\r\r', 'l'], 'l', 20],
] as const)('%s', async (_, count, keys, way, last) => {
  const { seen, ...paging } = await paged(count, ...keys)
  expect(paging.way).toBe(way)
  expect(seen).toEqual(upTo(last))
})

test('Ctrl-C leaves, and what is left is said', async () => {
  const { way, text } = await paged(35, '\u0003')
  expect(way).toBeUndefined()
  expect(text).toContain('10 of 35 lines: Enter shows more, a all, n deny, l later')
})
