import { generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { createIdentityReader } from './identity.ts'
import type { VerificationKey } from './public-keys.ts'

const NOW = 1_800_000_000
const claims = { sub: 'bob@example.com', groups: ['dev'], aud: 'mcp', iat: NOW, exp: NOW + 60 }
const [engine, other] = await Promise.all([generateKeyPair('EdDSA'), generateKeyPair('EdDSA')])
const sign = (payload: object, key = engine.privateKey) =>
  new SignJWT({ ...payload }).setProtectedHeader({ alg: 'EdDSA', kid: 'k1' }).sign(key)

/** A reader whose clock and keys may be changed, and how often a key was looked for. */
function readerOf(at: { seconds: number; key: VerificationKey | undefined }) {
  const seems = { count: 0 }
  const find = async (): Promise<VerificationKey | undefined> => {
    seems.count++
    return at.key
  }
  const keys = { find, kids: () => ['k1'] }
  return { read: createIdentityReader({ keys, audience: 'mcp', now: () => at.seconds * 1000 }), seems }
}

test('says who asks, as it was signed', async () => {
  const { read } = readerOf({ seconds: NOW, key: engine.publicKey })
  expect(await read(await sign(claims))).toEqual(claims)
})

test.each([
  ['it is malformed', { seconds: NOW, key: engine.publicKey }, async () => 'a.b'],
  ['it is malformed', { seconds: NOW, key: engine.publicKey }, async () => undefined],
  ['its key is not known', { seconds: NOW, key: undefined }, () => sign(claims)],
  ['its signature is wrong', { seconds: NOW, key: engine.publicKey }, () => sign(claims, other.privateKey)],
  ['it is for another server', { seconds: NOW, key: engine.publicKey }, () => sign({ ...claims, aud: 'x' })],
  ['it has expired', { seconds: NOW + 91, key: engine.publicKey }, () => sign(claims)],
  ['it is not valid yet', { seconds: NOW - 31, key: engine.publicKey }, () => sign(claims)],
])('is refused where %s', async (why, at, token) => {
  await expect(readerOf(at).read(await token())).rejects.toEqual(
    expect.objectContaining({ code: 'Refused', message: `the identity of the caller does not hold: ${why}.` }),
  )
})

test('is remembered while it lives, so the same claims come back', async () => {
  const at = { seconds: NOW, key: engine.publicKey as VerificationKey | undefined }
  const { read } = readerOf(at)
  const token = await sign(claims)
  const first = await read(token)
  at.seconds = NOW + 90
  expect(await read(token)).toBe(first)
})

test('is forgotten when it ends, and when its key goes or is another', async () => {
  const at = { seconds: NOW, key: engine.publicKey as VerificationKey | undefined }
  const { read } = readerOf(at)
  const token = await sign(claims)
  await read(token)
  at.seconds = NOW + 91
  await expect(read(token)).rejects.toThrow('it has expired')
  at.seconds = NOW
  at.key = undefined
  await expect(read(token)).rejects.toThrow('its key is not known')
  at.key = other.publicKey
  await expect(read(token)).rejects.toThrow('its signature is wrong')
})

test('of 500 that are remembered the next one takes the place of all', async () => {
  const { read } = readerOf({ seconds: NOW, key: engine.publicKey })
  const tokens = await Promise.all(Array.from({ length: 501 }, (_, at) => sign({ ...claims, sub: `user-${at}` })))
  const [first = ''] = tokens
  const known = await read(first)
  for (const token of tokens.slice(1, 500)) await read(token)
  expect(await read(first)).toBe(known)
  await read(tokens[500])
  expect(await read(first)).not.toBe(known)
})
