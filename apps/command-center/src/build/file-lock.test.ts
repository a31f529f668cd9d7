import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withFileLock } from './file-lock.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-lock-'))
  file = join(folder, 'below', 'lock')
})
afterEach(() => rm(folder, { recursive: true }))

test('of several one works at a time, and nothing is left behind', async () => {
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await sleep(20)
    inside--
  }
  await Promise.all(Array.from({ length: 5 }, () => withFileLock(file, undefined, work)))
  expect([most, await readdir(join(folder, 'below'))]).toEqual([1, []])
})

test('what fails lets go', async () => {
  const failing = withFileLock(file, undefined, () => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  await withFileLock(file, undefined, async () => {})
})

test('a lock whose holder has gone is taken over, one whose holder lives is waited for', async () => {
  await withFileLock(file, undefined, async () => {})
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  await writeFile(file, String(pid))
  let hasWorked = false
  await withFileLock(file, undefined, async () => {
    hasWorked = true
  })
  expect(hasWorked).toBe(true)
  await writeFile(file, String(process.pid))
  await expect(withFileLock(file, AbortSignal.timeout(250), async () => {})).rejects.toThrow('abort')
})
