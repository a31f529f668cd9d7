import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openPglite } from './open-pglite.ts'

const program = `import(${JSON.stringify(new URL('./open-pglite.ts', import.meta.url).href)})
  .then(({ openPglite }) => openPglite(process.argv[1]))`

test('a folder whose filling was killed, though it looks like a database, is filled anew', {
  timeout: 60_000,
}, async () => {
  const parent = await mkdtemp(join(tmpdir(), 'fairlead-pglite-'))
  const dir = join(parent, 'database')
  const child = spawn(process.execPath, ['-e', program, dir], { stdio: 'inherit' })
  const ended = once(child, 'exit')
  while (!existsSync(join(dir, 'PG_VERSION')) && child.exitCode === null) await turn()
  child.kill('SIGKILL')
  expect(await ended).toEqual([null, 'SIGKILL'])

  const database = await openPglite(dir)
  await database.query('create table kept (word text)')
  await database.query("insert into kept values ('whole')")
  await database.close()
  const again = await openPglite(dir)
  expect(await again.query('select word from kept')).toMatchObject({ rows: [{ word: 'whole' }] })
  await again.close()
  await rm(parent, { recursive: true })
})
