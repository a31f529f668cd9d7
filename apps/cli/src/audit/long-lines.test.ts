import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SealedEvent } from '@fairlead/contract/audit/sealed-event'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { headOf, keyRow, linesOf, newKey, sealedRows, tenRows } from './export-text.fixture.ts'
import { verifyPath } from './verify-path.fixture.ts'

const key = newKey('k1')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-long-lines-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a large body and a last line with the heads of months are read', { timeout: 60_000 }, async () => {
  const body = '{"":[]}'.repeat(8 * 2 ** 20)
  const rows = sealedRows([keyRow(key), { body }])
  const heads = Array<string>(250_000).fill(headOf(rows[1] as SealedEvent, key))
  const lines = linesOf(rows, { heads, keys: [key], bodies: [body] })
  expect(lines.filter(({ length }) => length > 64 * 2 ** 20)).toHaveLength(2)

  const file = join(folder, 'large.jsonl')
  await writeFile(file, `${lines.join('\n')}\n`)
  const { code, said } = await verifyPath(file)
  expect([code, said]).toMatchObject([0, { ok: true, checked: 2, bodies: 1, heads: 1 }])
})

const { lines: good } = tenRows(key)
const endless = '\0'.repeat(449 * 2 ** 20)
test.each([
  ['a line that never ends', [endless, ...good], 'Line 1 is longer than 448 MiB'],
  ['a file that never ends', [...good.slice(0, -1), endless], 'The last line is longer than 448 MiB'],
])('%s is named', { timeout: 60_000 }, async (name, lines, detail) => {
  const file = join(folder, name)
  for (const line of lines) await appendFile(file, `${line}\n`)
  const { code, said } = await verifyPath(file)
  expect([code, said.detail]).toEqual([1, expect.stringContaining(detail)])
})
