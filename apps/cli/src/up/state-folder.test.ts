import { spawnSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStateFolder } from './state-folder.ts'

let parent: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'fairlead-state-'))
})
afterEach(() => rm(parent, { recursive: true }))

test('secrets are made once, and only their owner reads them', async () => {
  const first = await openStateFolder(join(parent, 'deep/state'))
  expect(await openStateFolder(first.path)).toEqual(first)
  expect(Buffer.from(first.redactionKey, 'base64')).toHaveLength(32)
  expect(Buffer.from(first.setupSecret, 'base64url')).toHaveLength(32)
  expect(Buffer.from(first.jwtSecret).length).toBeGreaterThanOrEqual(32)
  expect((await stat(first.path)).mode & 0o777).toBe(0o700)
  for (const name of await readdir(first.path)) {
    expect((await stat(join(first.path, name))).mode & 0o777, name).toBe(0o600)
  }
})

test('two installations share no secret', async () => {
  const [one, other] = await Promise.all([openStateFolder(join(parent, 'a')), openStateFolder(join(parent, 'b'))])
  const secretsOf = ({ jwtSecret, mcpAuthToken, setupSecret }: typeof one) => [jwtSecret, mcpAuthToken, setupSecret]
  expect(new Set([...secretsOf(one), ...secretsOf(other)]).size).toBe(6)
})

test('two first starts at once agree', async () => {
  const [one, other] = await Promise.all([openStateFolder(parent), openStateFolder(parent)])
  expect(one).toEqual(other)
})

test('the public half verifies what the private key signs, and holds nothing private', async () => {
  const { grantKeyFile, grantPublicKeysFile } = await openStateFolder(parent)
  const key = JSON.parse(await readFile(grantKeyFile, 'utf8'))
  const { keys } = JSON.parse(await readFile(grantPublicKeysFile, 'utf8'))
  expect(keys).toHaveLength(1)
  expect(keys[0]).toMatchObject({ kid: key.kid, kty: 'OKP', crv: 'Ed25519' })
  expect(keys[0]).not.toHaveProperty('d')
  const signature = sign(null, Buffer.from('grant'), createPrivateKey({ key, format: 'jwk' }))
  const open = createPublicKey({ key: keys[0], format: 'jwk' })
  expect(verify(null, Buffer.from('grant'), open, signature)).toBe(true)
})

test('a secret that was emptied stops the start and is named', async () => {
  await openStateFolder(parent)
  await writeFile(join(parent, 'jwt-secret'), '')
  await expect(openStateFolder(parent)).rejects.toThrow(/jwt-secret is empty/)
})

/** Whether this machine lets anybody mount a file system of their own. */
const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

test.skipIf(!canMount)('a read-only file system is called what it is, however deep the folder', async () => {
  const program = `
    const { openStateFolder } = await import(${JSON.stringify(import.meta.resolve('./state-folder.ts'))})
    for (const name of ['state', 'a/b/state'])
      console.log((await openStateFolder('/mnt/' + name).catch(({ code, path }) => [code, path])).join(' '))
  `
  const script = 'mount -t tmpfs -o ro none /mnt && exec "$0" --input-type=module -e "$1"'
  const { stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', script, process.execPath, program])
  expect(stderr.toString()).toBe('')
  expect(stdout.toString()).toBe('EROFS /mnt/state\nEROFS /mnt/a\n')
})
