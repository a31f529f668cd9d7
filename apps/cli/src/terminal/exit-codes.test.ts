import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { exitCodes } from './exit-codes.ts'

test('the README lists each exit code, and no other', async () => {
  const readme = await readFile(resolve(import.meta.dirname, '../../../../README.md'), 'utf8')
  const [, table = ''] = /\| exit code [^\n]*\n\| --- \| --- \|\n((?:\|[^\n]*\n)+)/.exec(readme) ?? []
  const listed = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code))
  expect(listed).toEqual(Object.values(exitCodes))
})
