import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureBuilt } from '@fairlead/command-center/build/ensure-built'
import { expect, test } from 'vitest'
import { newFolder, spawnUp, startUp } from './start-up.fixture.ts'
import { until } from './until.fixture.ts'

const minutes = 60_000

test(
  'Ctrl-C ends a start wherever it is, says nothing and leaves nothing, and the next start goes on from there',
  async () => {
    await ensureBuilt()
    await using folder = await newFolder()
    const args = ['--port', '0', '--state', 'state']
    // Every process of it inherits this one, and nobody else has it.
    const env = { TMPDIR: folder.path }
    const options = { args, env, cwd: folder.path }
    const isThere = async (name: string) => existsSync(join(folder.path, 'state', name))
    const stages: Record<string, () => Promise<boolean>> = {
      'its sandbox is being made': () => isThere('sandbox'),
      'its database is being made': () => isThere('database'),
      'its page is being started': async () => (await processesIn(folder.path)).length > 1,
    }
    for (const [stage, isReached] of Object.entries(stages)) {
      const { child, exit } = spawnUp({ ...options, leadsGroup: true })
      await until(isReached, (is) => is)
      process.kill(-(child.pid ?? Number.NaN), 'SIGINT')
      expect(await exit, stage).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
      await until(
        () => processesIn(folder.path),
        (left) => left.length === 0,
      )
    }
    const up = await startUp(options)
    expect(up).toMatchObject({ sandbox: true, model: 'demo/guided' })
    expect(await up.stop('SIGINT')).toMatchObject({ code: 0 })
    expect(await processesIn(folder.path)).toEqual([])
  },
  3 * minutes,
)

/** Ids of the processes whose folder for temporary files is that one. */
async function processesIn(folder: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    ids.map(async (id) => {
      const settings = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '')
      return settings.split('\0').includes(`TMPDIR=${folder}`) ? [id] : []
    }),
  )
  return found.flat()
}
