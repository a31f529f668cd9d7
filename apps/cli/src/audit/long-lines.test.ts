import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { SealedEvent } from '@fairlead/contract/audit/sealed-event'
import { expect, test } from 'vitest'
import { createTerminal } from '../terminal/terminal.ts'
import { headOf, keyRow, linesOf, newKey, sealedRows } from './export-text.fixture.ts'
import { verifyFile } from './verify-file.ts'

test('a large body and a last line with the heads of months are read', { timeout: 60_000 }, async () => {
  const key = newKey('k1')
  const body = '{"":[]}'.repeat(8 * 2 ** 20)
  const rows = sealedRows([keyRow(key), { body }])
  const heads = Array<string>(250_000).fill(headOf(rows[1] as SealedEvent, key))
  const lines = linesOf(rows, { heads, keys: [key], bodies: [body] })
  expect(lines.filter(({ length }) => length > 64 * 2 ** 20)).toHaveLength(2)

  const folder = await mkdtemp(join(tmpdir(), 'fairlead-long-lines-'))
  try {
    const file = join(folder, 'export.jsonl')
    await writeFile(file, `${lines.join('\n')}\n`)
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const terminal = createTerminal({ stdin, stdout, stderr } as unknown as Parameters<typeof createTerminal>[0], {})
    expect(await verifyFile(file, { json: true }, terminal)).toBe(0)
    expect(JSON.parse(String(stdout.read()))).toMatchObject({ ok: true, checked: 2, bodies: 1, heads: 1 })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
