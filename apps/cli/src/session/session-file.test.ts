import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sessionFile } from './session-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-session-'))
})
afterEach(() => rm(folder, { recursive: true }))

const tokens = { email: 'ada@example.com', access: 'a', refresh: 'r' }

test('a session is read by its server alone, and by nobody but its owner', async () => {
  const file = sessionFile({ XDG_STATE_HOME: folder })
  expect(await file.read('http://one/api/v1')).toBeUndefined()
  await file.write('http://one/api/v1', tokens)
  await file.write('http://two/api/v1', { ...tokens, access: 'b' })
  expect(await file.read('http://one/api/v1')).toEqual(tokens)
  expect(await file.read('http://three/api/v1')).toBeUndefined()
  expect(await file.read('constructor')).toBeUndefined()
  const path = join(folder, 'fairlead')
  expect((await stat(path)).mode & 0o777).toBe(0o700)
  expect(await readdir(path)).toEqual(['sessions.json'])
  expect((await stat(join(path, 'sessions.json'))).mode & 0o777).toBe(0o600)
  await file.write('http://one/api/v1', undefined)
  expect(await file.read('http://one/api/v1')).toBeUndefined()
  expect(await file.read('http://two/api/v1')).toMatchObject({ access: 'b' })
})

test('without XDG_STATE_HOME, or with one that is no path, it lies where XDG says', async () => {
  await sessionFile({ HOME: folder, XDG_STATE_HOME: 'state' }).write('http://one/api/v1', tokens)
  expect(await readdir(join(folder, '.local/state/fairlead'))).toEqual(['sessions.json'])
})

test.each(['', '{"http://one/api/v1":', '[]', 'null', '{"http://one/api/v1":{"email":"a"}}'])(
  'what is no session (%j) is none',
  async (text) => {
    const file = sessionFile({ XDG_STATE_HOME: folder })
    await file.write('http://one/api/v1', tokens)
    await writeFile(join(folder, 'fairlead/sessions.json'), text)
    expect(await file.read('http://one/api/v1')).toBeUndefined()
  },
)
