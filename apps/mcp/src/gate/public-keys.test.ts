import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keysFromFile, keysFromUrl } from './public-keys.ts'

const jwks = (...kids: string[]) =>
  JSON.stringify({
    keys: kids.map((kid) => ({ ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid })),
  })

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

test('a file is read again when it has changed; while it is wrong the last good keys stay', async () => {
  const path = join(folder, 'keys.json')
  await writeFile(path, jwks('one'))
  const keys = await keysFromFile(path, report, clock)
  expect(keys.kids()).toEqual(['one'])

  await writeFile(path, '')
  now += 31_000
  expect(await keys.find('one')).toBeDefined()
  expect(faults).toHaveLength(1)

  await writeFile(path, jwks('one', 'two'))
  expect(await keys.find('two')).toBeUndefined()
  now += 31_000
  expect(await keys.find('two')).toBeDefined()
  expect(keys.kids()).toEqual(['one', 'two'])
})

test('a URL is asked when first needed, and for an unknown kid at most every ten seconds', async () => {
  let asked = 0
  let status = 500
  let text = ''
  server = createServer((_, response) => {
    asked++
    response.writeHead(status).end(text)
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const keys = keysFromUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, report, clock)
  expect(asked).toBe(0)

  expect(await keys.find('one')).toBeUndefined()
  expect([asked, faults.length]).toEqual([1, 1])
  expect(await keys.find('one')).toBeUndefined()
  expect(asked).toBe(1)

  status = 200
  text = jwks('one')
  now += 10_001
  expect(await keys.find('one')).toBeDefined()
  expect(asked).toBe(2)

  status = 500
  now += 5 * 60_000 + 1
  expect(await keys.find('one')).toBeDefined()
  expect(asked).toBe(3)
})
