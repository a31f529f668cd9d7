import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { linesWith } from './lines-with.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-lines-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function fileOf(text: string): Promise<string> {
  const file = join(folder, 'log')
  await writeFile(file, text)
  return file
}

test('gives whole lines that carry the mark, and none that is still being written', async () => {
  const file = await fileOf('one a\ntwo\nthree a\nfour a')
  expect(linesWith(file, 'a')).toEqual(['one a', 'three a'])
  expect(linesWith(file, 'a', 'one a\n'.length)).toEqual(['three a'])
  expect(linesWith(file, 'a', 1_000)).toEqual([])
})

test('a line that lies across two pieces is found whole', async () => {
  const long = `${'é'.repeat(9 * 1024 * 1024)} a`
  const file = await fileOf(`${long}\nb\n${long}\n`)
  expect(linesWith(file, ' a').map((line) => line === long)).toEqual([true, true])
})
