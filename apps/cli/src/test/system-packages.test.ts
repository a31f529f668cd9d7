import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { installSystemPackages } from './system-packages.ts'

let folder: string
let ran: string
const said: string[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-packages-'))
  ran = join(folder, 'ran')
  writeFileSync(ran, '')
  said.length = 0
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** An apt-get that only notes its arguments. It exits with `code`. */
function program(name: string, code = 0): void {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\necho "${name} $*" >>${ran}\nexit ${code}\n`)
  chmodSync(path, 0o755)
}

const install = (options: { install?: boolean; isRoot?: boolean } = {}) =>
  installSystemPackages({
    env: { PATH: folder },
    install: true,
    isRoot: true,
    // What was run by the time of each line stands beside it.
    say: (line) => said.push(`${readFileSync(ran, 'utf8').split('\n').length - 1} ${line}`),
    ...options,
  })

test('says what will be installed, and for which tests, before it installs', async () => {
  program('apt-get')
  program('initdb')
  await install()
  expect(said).toEqual([
    '0 About to install these Debian packages with apt-get (--no-install leaves the machine as it is):',
    '0   redis-server: tests of live events, limits and used grants on a real Redis',
    '0   chromium-headless-shell: tests of the page in a real browser',
  ])
  expect(readFileSync(ran, 'utf8').trim().split('\n')).toEqual([
    'apt-get -qq update',
    'apt-get -qq install -y --no-install-recommends redis-server chromium-headless-shell',
  ])
})

test('--no-install leaves the machine alone and names what is skipped', async () => {
  program('apt-get')
  program('initdb')
  await install({ install: false })
  expect(readFileSync(ran, 'utf8')).toBe('')
  expect(said.join('\n')).toMatch(/will be skipped:\n.*redis-server: .*\n.*chromium.*\n.*--no-install/)
})

test('who is not root installs nothing and reads what to install', async () => {
  program('apt-get')
  program('initdb')
  await install({ isRoot: false })
  expect(readFileSync(ran, 'utf8')).toBe('')
  expect(said.at(-1)).toBe('0 Install them to run everything.')
})

test('what could not be installed is said', async () => {
  program('apt-get', 100)
  program('initdb')
  program('redis-server')
  await install()
  expect(said.at(-1)).toContain('could not install chromium-headless-shell')
})

test('says nothing where all is there', async () => {
  for (const name of ['apt-get', 'initdb', 'redis-server', 'chromium']) program(name)
  await install()
  expect(said).toEqual([])
})
