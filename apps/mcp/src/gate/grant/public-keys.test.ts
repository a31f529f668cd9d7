import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createIdentityReader } from './identity.ts'
import { keysFromFile, keysFromUrl } from './public-keys.ts'

const jwk = (kid: string) => ({ ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid })
/** Another file under its name, as whoever rotates keys puts it there. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}
const setOf = (...keys: object[]) => JSON.stringify({ keys })

let folder: string
let server: Server | undefined
let now: number
let faults: string[]
const clock = () => now
const report = (fault: string) => void faults.push(fault)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-jwks-'))
  now = 1_000_000
  faults = []
})
afterEach(async () => {
  server?.close()
  await rm(folder, { recursive: true, force: true })
})

test('a file is looked at whenever a key is asked for; while it is wrong the last good keys stay', async () => {
  const path = join(folder, 'keys.json')
  const [one, two] = [jwk('one'), jwk('two')]
  await replace(path, setOf(one))
  const keys = await keysFromFile(path, report)
  expect(keys.kids()).toEqual(['one'])

  await replace(path, '')
  expect(await keys.find('one')).toBeDefined()
  expect(await keys.find('one')).toBeDefined()
  expect(faults).toHaveLength(1)
  await rm(path)
  expect(await keys.find('one')).toBeDefined()
  expect(faults).toHaveLength(2)

  // A rotation: both for a while, then the new one alone.
  await replace(path, setOf(one, two))
  expect([await keys.find('one'), await keys.find('two')]).toEqual([expect.anything(), expect.anything()])
  await replace(path, setOf(two))
  expect([await keys.find('one'), await keys.find('two')]).toEqual([undefined, expect.anything()])
  expect(keys.kids()).toEqual(['two'])
})

test('an identity that was good is none once the file has lost its key', async () => {
  const path = join(folder, 'keys.json')
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const own = { ...publicKey.export({ format: 'jwk' }), kid: 'own' }
  await replace(path, setOf(own, jwk('other')))
  const read = createIdentityReader({ keys: await keysFromFile(path, report), audience: 'us' })
  const iat = Math.floor(Date.now() / 1000)
  const token = await new SignJWT({ sub: 'ada', groups: [], aud: 'us', iat, exp: iat + 60 })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'own' })
    .sign(privateKey)
  expect(await read(token)).toMatchObject({ sub: 'ada' })
  expect(await read(token)).toMatchObject({ sub: 'ada' })
  await replace(path, setOf(jwk('other')))
  await expect(read(token)).rejects.toThrow('its key is not known')
  // Another key under its name.
  await replace(path, setOf(jwk('own')))
  await expect(read(token)).rejects.toThrow('its signature is wrong')
  await replace(path, setOf(own))
  expect(await read(token)).toMatchObject({ sub: 'ada' })
})

test('a URL is asked when first needed, and for an unknown kid at most every ten seconds', async () => {
  let requests = 0
  let status = 500
  let text = ''
  server = createServer((_, response) => {
    requests++
    response.writeHead(status).end(text)
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const keys = keysFromUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, report, clock)
  expect(requests).toBe(0)

  expect(await keys.find('one')).toBeUndefined()
  expect([requests, faults.length]).toEqual([1, 1])
  expect(await keys.find('one')).toBeUndefined()
  expect(requests).toBe(1)

  status = 200
  text = setOf(jwk('one'))
  now += 10_001
  expect(await keys.find('one')).toBeDefined()
  expect(requests).toBe(2)

  status = 500
  now += 60_001
  expect(await keys.find('one')).toBeDefined()
  expect(requests).toBe(3)

  // One that the engine serves no more, within a minute.
  status = 200
  text = setOf(jwk('two'))
  now += 60_001
  expect(await keys.find('one')).toBeUndefined()
})
