import { cp, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { missingMigrations } from './check-migrations.ts'

const migrations = resolve(import.meta.dirname, '../apps/engine/migrations')

type Snapshot = { tables: Record<string, { columns: Record<string, unknown> }> }

test('a column that no migration makes is found, and the folder is left alone', { timeout: 60_000 }, async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'fairlead-drift-'))
  await cp(migrations, folder.path, { recursive: true })
  expect(await missingMigrations(folder.path)).toEqual([])
  const journal = JSON.parse(await readFile(join(folder.path, 'meta/_journal.json'), 'utf8')) as { entries: unknown[] }
  const newest = String(journal.entries.length - 1).padStart(4, '0')
  const file = join(folder.path, `meta/${newest}_snapshot.json`)
  const snapshot = JSON.parse(await readFile(file, 'utf8')) as Snapshot
  delete snapshot.tables['public.conversations']?.columns.title
  await writeFile(file, JSON.stringify(snapshot))
  expect(await missingMigrations(folder.path)).toEqual([expect.stringMatching(/^\d{4}_.*\.sql$/)])
  expect(JSON.parse(await readFile(join(folder.path, 'meta/_journal.json'), 'utf8'))).toEqual(journal)
})
