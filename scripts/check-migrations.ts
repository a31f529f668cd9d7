import { execFile } from 'node:child_process'
import { cp, mkdtempDisposable, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'

const engine = resolve(import.meta.dirname, '../apps/engine')
const drizzleKit = resolve(import.meta.dirname, '../node_modules/drizzle-kit/bin.cjs')

/**
 * What `drizzle-kit generate` would add to these migrations for the tables as the sources declare them: names of files,
 * none when tables and migrations say the same. The folder is left as it is, and no database is needed.
 */
export async function missingMigrations(migrations: string): Promise<string[]> {
  await using copy = await mkdtempDisposable(join(tmpdir(), 'fairlead-migrations-'))
  await cp(migrations, copy.path, { recursive: true })
  // It takes no absolute path.
  const out = relative(engine, copy.path)
  const tables = ['--dialect=postgresql', '--schema=./src/**/*.table.ts', `--out=${out}`]
  const generating = promisify(execFile)(process.execPath, [drizzleKit, 'generate', ...tables], { cwd: engine })
  // It asks whether a column was renamed. Without an answer it fails, which is right here.
  generating.child.stdin?.end()
  const { stdout } = await generating
  const before = new Set(await readdir(migrations))
  const added = (await readdir(copy.path)).filter((file) => !before.has(file))
  if (added.length === 0 && !stdout.includes('No schema changes')) throw new Error(stdout)
  return added
}

if (import.meta.main) {
  const missing = await missingMigrations(join(engine, 'migrations'))
  for (const file of missing) console.error(`the tables have changed: npm run migration:new NAME would write ${file}`)
  process.exitCode = missing.length > 0 ? 1 : 0
}
