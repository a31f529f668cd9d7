import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { keyHex, parsePublicKeys, publicKeysIn } from './public-keys.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const { x = '' } = publicKey.export({ format: 'jwk' })
const jwk = { kty: 'OKP', crv: 'Ed25519', x, kid: 'k1' }
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey

test.each<[string, string, object[]]>([
  [
    'a JWK Set',
    JSON.stringify({ keys: [jwk, { ...jwk, kid: 'k2', use: 'sig' }] }),
    [
      { kid: 'k1', x },
      { kid: 'k2', x },
    ],
  ],
  ['a JWK', JSON.stringify(jwk), [{ kid: 'k1', x }]],
  ['a JWK without a name', JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x }), [{ x }]],
  ['PEM', `a comment\n${pem}`, [{ x }]],
  ['PEM of two', pem + pem, [{ x }, { x }]],
  [
    'a private key, of which the public part counts',
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    [{ x }],
  ],
])('%s is read', (_, text, keys) => expect(parsePublicKeys(text)).toEqual(keys))

test.each<[string, string, string]>([
  ['no JSON', 'k1', 'It must hold Ed25519 public keys: a JWK Set, a JWK or PEM'],
  ['nothing', '', 'It must hold'],
  ['an empty set', '{"keys":[]}', 'It must hold'],
  ['a set with another key', JSON.stringify({ keys: [jwk, { kty: 'oct', k: 'a' }] }), 'It must hold'],
  ['a key of another kind', JSON.stringify(p256.export({ format: 'jwk' })), 'It must hold'],
  ['a key without its bytes', JSON.stringify({ ...jwk, x: '' }), 'It must hold'],
  ['PEM of another kind', p256.export({ type: 'spki', format: 'pem' }).toString(), 'Its PEM is no Ed25519 public key'],
  ['torn PEM', pem.replace('MC', 'xx'), 'Its PEM is no Ed25519 public key'],
])('%s is refused', (_, text, sentence) => expect(() => parsePublicKeys(text)).toThrow(sentence))

test('of what a record hands out, Ed25519 keys are taken', () => {
  expect(publicKeysIn([jwk, null, {}, { ...jwk, kty: 'EC' }, { ...jwk, crv: 'X25519' }])).toEqual([{ kid: 'k1', x }])
})

test('a key is named by its bytes', () => {
  expect(keyHex({ x: Buffer.from('00ff', 'hex').toString('base64url') })).toBe('00ff')
})
