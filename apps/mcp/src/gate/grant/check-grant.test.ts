import type { GrantClaims } from '@fairlead/contract/call/grant'
import { finalArgsDigest } from '@fairlead/contract/json/digest'
import { generateKeyPair, SignJWT } from 'jose'
import { expect, it, test } from 'vitest'
import { createGrantChecker } from './check-grant.ts'
import type { Identity } from './identity.ts'
import type { PublicKeys } from './public-keys.ts'
import { StoreUnfit } from './store-unfit.ts'
import type { Spent, UsedGrants } from './used-grants.ts'

const NOW = 1_800_000_000
const args = { name: 'web', replicas: 3 }
const claims: GrantClaims = {
  jti: '0123456789abcdef',
  call_id: 'call-1',
  sub: 'ada@example.com',
  act: { sub: 'bob@example.com', groups: ['dev', 'ops'] },
  aud: 'mcp',
  iat: NOW,
  exp: NOW + 60,
  tool: 'k8s_scale',
  final_args_sha256: finalArgsDigest(args),
  effect_digest: 'e'.repeat(64),
  pins: {},
}
const [engine, other] = await Promise.all([generateKeyPair('EdDSA'), generateKeyPair('EdDSA')])

type Signing = { kid?: string; alg?: string; key?: Parameters<SignJWT['sign']>[0] }

function sign(payload: object, { kid = 'k1', alg = 'EdDSA', key = engine.privateKey }: Signing = {}): Promise<string> {
  return new SignJWT({ ...payload }).setProtectedHeader({ alg, kid }).sign(key)
}

/** A checker with the engine's key, and the ids that its store was asked to spend. */
function checkerOf({ spent = 'spent', since, fault }: { spent?: Spent; since?: number; fault?: Error } = {}) {
  const ids: [id: string, issuedAt: number][] = []
  const keys: PublicKeys = {
    find: async (kid) => (kid === 'k1' ? engine.publicKey : undefined),
    kids: () => ['k1'],
  }
  const used: UsedGrants = {
    kind: 'redis',
    ...(since !== undefined && { since }),
    async spend(id, issuedAt) {
      ids.push([id, issuedAt])
      if (fault) throw fault
      return spent
    },
    async close() {},
  }
  const check = createGrantChecker({ keys, used, audience: 'mcp', now: () => NOW * 1000 })
  const call = (grant: unknown, more: { tool?: string; args?: object; identity?: Identity } = {}) =>
    check({ grant, tool: 'k8s_scale', args, identity: undefined, ...more } as Parameters<typeof check>[0])
  return { call, ids, keys, used }
}

const refusal = (grant_error: string, message?: string) =>
  expect.objectContaining({ code: 'Refused', data: { grant_error }, ...(message !== undefined && { message }) })

test('a grant for exactly this call is spent, and its claims come back', async () => {
  const { call, ids } = checkerOf()
  expect(await call(await sign(claims))).toEqual(claims)
  expect(ids).toEqual([['0123456789abcdef', NOW]])
})

const malformed = 'the grant is not a compact JWS signed with EdDSA that holds every claim of a grant.'
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

it.each<[what: string, error: string, message: string, grant: () => unknown]>([
  [
    'none',
    'missing',
    'this server writes only what the engine has had approved, and the call carries no grant. For use without the engine see MCP_MODE.',
    () => undefined,
  ],
  ['no text', 'malformed', malformed, () => ({ toString: () => 'a.b.c' })],
  ['two parts', 'malformed', malformed, async () => (await sign(claims)).replace(/\.[^.]*$/, '')],
  ['a fourth part', 'malformed', malformed, async () => `${await sign(claims)}.x`],
  ['something in front', 'malformed', malformed, async () => ` ${await sign(claims)}`],
  ['something behind', 'malformed', malformed, async () => `${await sign(claims)} `],
  ['a header that is no JSON', 'malformed', malformed, () => `e30x.${encoded(claims)}.eA`],
  ['a payload that is no JSON', 'malformed', malformed, () => `${encoded({ alg: 'EdDSA', kid: 'k1' })}.x.eA`],
  ['a claim less', 'malformed', malformed, () => sign({ ...claims, call_id: undefined })],
  [
    'no key',
    'malformed',
    malformed,
    () => new SignJWT({ ...claims }).setProtectedHeader({ alg: 'EdDSA' }).sign(engine.privateKey),
  ],
  ['another algorithm', 'malformed', malformed, () => sign(claims, { alg: 'HS256', key: Buffer.alloc(32) })],
  ['no algorithm', 'malformed', malformed, () => `${encoded({ alg: 'none', kid: 'k1' })}.${encoded(claims)}.eA`],
  ['a life that is too long', 'malformed', malformed, () => sign({ ...claims, exp: NOW + 61 })],
  ['an end before its beginning', 'malformed', malformed, () => sign({ ...claims, exp: NOW - 1 })],
  [
    'an unknown key',
    'unknown_key',
    'the key that signed the grant is not among the keys of this server. It takes those of MCP_GRANT_PUBLIC_KEYS_FILE or MCP_GRANT_JWKS_URL; the engine serves its own at /.well-known/jwks.json.',
    () => sign(claims, { kid: 'k2' }),
  ],
  [
    'a forged signature',
    'bad_signature',
    'the signature of the grant is wrong.',
    () => sign(claims, { key: other.privateKey }),
  ],
  [
    'another server',
    'wrong_audience',
    'the grant is for another server: MCP_GRANT_AUDIENCE has to be the same for the engine and here.',
    () => sign({ ...claims, aud: 'mcp2' }),
  ],
  [
    'a time that is over',
    'expired',
    'the grant has expired. Ask the engine for a new approval.',
    () => sign({ ...claims, iat: NOW - 91, exp: NOW - 31 }),
  ],
  [
    'a time to come',
    'not_yet',
    'the grant is not valid yet: the clocks of engine and server differ by more than 30 s. Set them right (NTP), then try again.',
    () => sign({ ...claims, iat: NOW + 31, exp: NOW + 91 }),
  ],
  ['another tool', 'wrong_tool', 'the grant is for another tool.', () => sign({ ...claims, tool: 'k8s_delete' })],
  [
    'other arguments',
    'wrong_arguments',
    'the grant is for other arguments.',
    () => sign({ ...claims, final_args_sha256: finalArgsDigest({ ...args, replicas: 4 }) }),
  ],
])('a grant with %s is refused as %s, and none is spent', async (_, error, message, grant) => {
  const { call, ids } = checkerOf()
  await expect(call(await grant())).rejects.toEqual(refusal(error, message))
  expect(ids).toEqual([])
})

it.each([
  ['ends 30 seconds ago', NOW - 90, NOW - 30],
  ['begins in 30 seconds', NOW + 30, NOW + 90],
  ['lives no time at all', NOW, NOW],
])('a grant that %s is good: clocks differ', async (_, iat, exp) => {
  expect(await checkerOf().call(await sign({ ...claims, iat, exp }))).toMatchObject({ iat, exp })
})

it.each<[whose: string, identity: Identity, isGood: boolean]>([
  ['the one it was issued for', { sub: 'bob@example.com', groups: ['ops', 'dev', 'ops'] }, true],
  ['somebody else', { sub: 'eve@example.com', groups: ['dev', 'ops'] }, false],
  ['one with a group less', { sub: 'bob@example.com', groups: ['dev'] }, false],
  ['one with a group more', { sub: 'bob@example.com', groups: ['dev', 'ops', 'admin'] }, false],
  ['one with another group', { sub: 'bob@example.com', groups: ['dev', 'admin'] }, false],
])('a call of %s', async (_, identity, isGood) => {
  const { call, ids } = checkerOf()
  const answer = call(await sign(claims), { identity })
  if (isGood) expect(await answer).toEqual(claims)
  else {
    await expect(answer).rejects.toEqual(refusal('wrong_identity', 'the grant was issued on behalf of somebody else.'))
  }
  expect(ids).toHaveLength(isGood ? 1 : 0)
})

it.each<[Spent, object]>([
  ['used', { data: { grant_error: 'used' }, message: 'the grant has been used already.' }],
  [{ refused: 'expired' }, { data: { grant_error: 'expired' } }],
  [{ refused: 'not_yet' }, { data: { grant_error: 'not_yet' } }],
  [
    { refused: 'before_start', retryAt: NOW + 1 },
    {
      data: { grant_error: 'before_start', retry_at: NOW + 1 },
      message:
        'the grant was issued before this server began to remember used grants. Nothing was written. Send a new grant that is issued at 2027-01-15T08:00:01.000Z or later.',
    },
  ],
])('what the store says of it decides: %j', async (spent, refused) => {
  await expect(checkerOf({ spent }).call(await sign(claims))).rejects.toEqual(
    expect.objectContaining({ code: 'Refused', ...refused }),
  )
})

test('a grant of before the store began is refused, and one of the very next second is good', async () => {
  const { call, ids } = checkerOf({ since: NOW * 1000 })
  await expect(call(await sign(claims))).rejects.toEqual(
    expect.objectContaining({ data: { grant_error: 'before_start', retry_at: NOW + 1 } }),
  )
  expect(ids).toEqual([])
  const next = { ...claims, iat: NOW + 1, exp: NOW + 61 }
  expect(await call(await sign(next))).toEqual(next)
})

it.each([
  [
    new Error('ECONNRESET'),
    'the store of used grants (MCP_GRANT_STORE) does not answer, so nothing was written. Try again when it does.',
  ],
  [
    new StoreUnfit('it forgets keys.'),
    'the store of used grants is not fit for it, so nothing was written: it forgets keys.',
  ],
])('without a store nothing is permitted: %s', async (fault, message) => {
  await expect(checkerOf({ fault }).call(await sign(claims))).rejects.toEqual(
    expect.objectContaining({ code: 'Unavailable', data: { grant_error: 'store' }, message, cause: fault }),
  )
})

test('without keys nothing is permitted, and a grant is not even read', async () => {
  const { used, ids } = checkerOf()
  const check = createGrantChecker({ keys: undefined, used, audience: 'mcp' })
  const message = 'no grant keys are configured, so this server runs no write.'
  for (const [grant, error] of [
    [undefined, 'missing'],
    [await sign(claims), 'unknown_key'],
  ] as const) {
    await expect(check({ grant, tool: 'k8s_scale', args, identity: undefined })).rejects.toEqual(
      refusal(error, message),
    )
  }
  expect(ids).toEqual([])
})

test('by the clock of the machine, unless it is told another', async () => {
  const { keys, used } = checkerOf()
  const check = createGrantChecker({ keys, used, audience: 'mcp' })
  const iat = Math.floor(Date.now() / 1000)
  const grant = await sign({ ...claims, iat, exp: iat + 60 })
  expect(await check({ grant, tool: 'k8s_scale', args, identity: undefined })).toMatchObject({ iat })
})
