import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { grantClaims, identityClaims } from '@fairlead/contract/call/grant'
import { createLocalJWKSet, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keysInFile, keysOfProcess } from './key-file.ts'
import { type Grants, openGrants, type Permit } from './open-grants.ts'
import { makeSigningKey, type PublicJwk } from './signing-keys.ts'

let dir: string
let file: string
let clock: number
let errors: string[]
let open: Grants[]
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-grants-'))
  file = join(dir, 'key.json')
  clock = Date.now()
  errors = []
  open = []
})
afterEach(async () => {
  for (const grants of open) grants.close()
  await rm(dir, { recursive: true })
})

async function grantsOf(
  source = keysInFile(file, { makeMissing: true }),
  onKeys?: (keys: readonly PublicJwk[]) => Promise<void>,
) {
  const log = { error: (_: object, message: string) => void errors.push(message) }
  const grants = await openGrants({ source: await source, log, onKeys, now: () => clock })
  open.push(grants)
  return grants
}

/** Another file under its name, as whoever rotates keys puts it there. */
async function replace(text: string): Promise<void> {
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}

const sha = 'a'.repeat(64)
const permit: Permit = {
  call_id: 'call_7',
  sub: 'ada@example.com',
  act: { sub: 'bob@example.com', groups: ['sre'] },
  aud: 'fairlead-mcp',
  tool: 'k8s_scale',
  final_args_sha256: sha,
  effect_digest: sha,
  pins: { cluster_uid: 'u' },
}
const requester = { user: 'bob@example.com', groups: ['sre'], audience: 'fairlead-mcp' }
const verify = async (grants: Grants, token: string) =>
  jwtVerify(token, createLocalJWKSet(await grants.jwks()), {
    audience: 'fairlead-mcp',
    algorithms: ['EdDSA'],
    currentDate: new Date(clock),
  })

describe('a grant', () => {
  test('verifies with the served keys and permits what was approved, for a minute', async () => {
    const grants = await grantsOf()
    const { token, kid, claims } = await grants.signGrant(permit)
    const { payload, protectedHeader } = await verify(grants, token)
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid })
    expect(grantClaims.parse(payload)).toEqual(claims)
    expect(payload).toEqual({
      ...permit,
      jti: claims.jti,
      iat: Math.floor(clock / 1000),
      exp: Math.floor(clock / 1000) + 60,
    })
  })

  test('has an id of its own each time', async () => {
    const grants = await grantsOf()
    const [one, two] = await Promise.all([grants.signGrant(permit), grants.signGrant(permit)])
    expect(one.claims.jti).not.toBe(two.claims.jti)
  })

  test('is void once its minute is over', async () => {
    const grants = await grantsOf()
    const { token } = await grants.signGrant(permit)
    clock += 61_000
    await expect(verify(grants, token)).rejects.toThrow(/exp/)
  })

  test('that permits nothing in particular is not signed', async () => {
    const grants = await grantsOf()
    await expect(grants.signGrant({ ...permit, effect_digest: 'none' })).rejects.toThrow()
    await expect(grants.signGrant({ ...permit, tool: '' })).rejects.toThrow()
  })

  test('of another installation does not verify', async () => {
    const grants = await grantsOf()
    const other = await grantsOf(keysOfProcess())
    const { token } = await other.signGrant(permit)
    await expect(verify(grants, token)).rejects.toThrow(/no applicable key/)
  })
})

describe('an identity', () => {
  test('names user and groups, and is signed afresh well before it ends', async () => {
    const grants = await grantsOf()
    const token = await grants.signIdentity(requester)
    const { payload } = await verify(grants, token)
    expect(identityClaims.parse(payload)).toMatchObject({
      sub: 'bob@example.com',
      groups: ['sre'],
      aud: 'fairlead-mcp',
    })
    clock += 10_000
    expect(await grants.signIdentity(requester)).toBe(token)
    clock += 10_000
    const fresh = await grants.signIdentity(requester)
    expect(fresh).not.toBe(token)
    await expect(verify(grants, fresh)).resolves.toBeDefined()
  })

  test.each([
    ['another user', { user: 'eve@example.com' }],
    ['other groups', { groups: ['sre', 'admin'] }],
    ['another server', { audience: 'other-mcp' }],
  ])('of %s is another token', async (_, other) => {
    const grants = await grantsOf()
    expect(await grants.signIdentity({ ...requester, ...other })).not.toBe(await grants.signIdentity(requester))
  })
})

describe('the served keys', () => {
  test('hold no private part', async () => {
    const grants = await grantsOf()
    const { d } = JSON.parse(await readFile(file, 'utf8'))
    expect(await grants.jwks()).toEqual({
      keys: [{ kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: expect.any(String), alg: 'EdDSA', use: 'sig' }],
    })
    expect(JSON.stringify(await grants.jwks())).not.toContain(d)
  })

  test('are those of the file, the first one signing, through a whole rotation', async () => {
    const [old, next] = await Promise.all([makeSigningKey(), makeSigningKey()])
    const kidOf = (text: string) => JSON.parse(text).kid
    const setOf = (...texts: string[]) => JSON.stringify({ keys: texts.map((text) => JSON.parse(text)) })
    await replace(setOf(old, next))
    const published: string[][] = []
    const grants = await grantsOf(keysInFile(file), async (keys) => void published.push(keys.map(({ kid }) => kid)))
    const served = async () => (await grants.jwks()).keys.map(({ kid }) => kid)
    const signing = async () => decodeProtectedHeader((await grants.signGrant(permit)).token).kid
    expect([await signing(), await served()]).toEqual([kidOf(old), [kidOf(old), kidOf(next)]])

    const before = await grants.signGrant(permit)
    const identity = await grants.signIdentity(requester)
    await replace(setOf(next, old))
    expect([await signing(), await served()]).toEqual([kidOf(next), [kidOf(next), kidOf(old)]])
    await expect(verify(grants, before.token)).resolves.toBeDefined()
    expect(await grants.signIdentity(requester)).not.toBe(identity)

    await replace(setOf(next))
    expect(await served()).toEqual([kidOf(next)])
    await expect(verify(grants, before.token)).rejects.toThrow(/no applicable key/)
    expect(published).toEqual([[kidOf(old), kidOf(next)], [kidOf(next), kidOf(old)], [kidOf(next)]])
  })

  test('one that the file has lost signs nothing from the next grant on', async () => {
    const [old, next] = await Promise.all([makeSigningKey(), makeSigningKey()])
    await replace(old)
    const grants = await grantsOf(keysInFile(file))
    const identity = await grants.signIdentity(requester)
    await replace(next)
    const { token } = await grants.signGrant(permit)
    expect(decodeProtectedHeader(token).kid).toBe(JSON.parse(next).kid)
    expect(await grants.signIdentity(requester)).not.toBe(identity)
  })

  test('stay when the file becomes unreadable, and that is said', async () => {
    const grants = await grantsOf()
    const served = await grants.jwks()
    await replace('not a key')
    expect(await grants.jwks()).toEqual(served)
    expect(await grants.jwks()).toEqual(served)
    expect(errors).toHaveLength(1)
    await rm(file)
    expect(await grants.jwks()).toEqual(served)
    await replace(await makeSigningKey())
    expect((await grants.jwks()).keys).not.toEqual(served.keys)
  })

  test('do not change before the new ones are on record', async () => {
    let isDown = false
    const grants = await grantsOf(keysInFile(file, { makeMissing: true }), async () => {
      if (isDown) throw new Error('database is away')
    })
    const served = await grants.jwks()
    isDown = true
    await replace(await makeSigningKey())
    expect(await grants.jwks()).toEqual(served)
    isDown = false
    expect((await grants.jwks()).keys).not.toEqual(served.keys)
  })
})

describe('a key file', () => {
  test('is made at the first start, for its owner alone, and used by every later one', async () => {
    const [one, two] = await Promise.all([grantsOf(), grantsOf()])
    const later = await grantsOf()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const [first, second, third] = await Promise.all([one, two, later].map((grants) => grants.jwks()))
    expect([second, third]).toEqual([first, first])
  })

  test('may leave the name of its key to us', async () => {
    const { kid, ...nameless } = JSON.parse(await makeSigningKey())
    await writeFile(file, JSON.stringify(nameless))
    expect((await (await grantsOf(keysInFile(file))).jwks()).keys).toMatchObject([{ kid }])
  })

  test.each<[string, () => Promise<string>]>([
    ['is not JSON', async () => 'PEM'],
    ['is empty', async () => '{"keys":[]}'],
    ['has a public key first', async () => JSON.stringify({ ...JSON.parse(await makeSigningKey()), d: undefined })],
    [
      'has a key of another kind',
      async () => JSON.stringify(await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey)),
    ],
    ['has a broken key', async () => JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'AAAA', d: 'secret-part' })],
    [
      'names two keys alike',
      async () => {
        const key = JSON.parse(await makeSigningKey())
        return JSON.stringify({ keys: [key, key] })
      },
    ],
  ])('that %s stops the start without showing what it holds', async (_, text) => {
    await writeFile(file, await text())
    const failure = grantsOf(keysInFile(file))
    await expect(failure).rejects.toThrow(/^The signing key file .*key\.json cannot be used\. [^{}]+$/)
    await expect(failure).rejects.not.toThrow(/secret-part/)
  })

  test('that is not there stops the start', async () => {
    await expect(grantsOf(keysInFile(file))).rejects.toThrow(/ENOENT/)
  })
})
