import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import { expect, it } from 'vitest'
import type { PublicKey } from './public-keys.ts'
import { headChecker, readHead } from './signed-head.ts'

const head = { seq: 7, hash: 'a'.repeat(64), at: '2026-11-24T10:00:00.000Z' }

async function signed(header: { alg: string; kid?: string }): Promise<{ jws: string; key: PublicKey }> {
  const { publicKey, privateKey } = await generateKeyPair('Ed25519', { extractable: true })
  const { x = '' } = await exportJWK(publicKey)
  const payload = new TextEncoder().encode(JSON.stringify(head))
  return { jws: await new CompactSign(payload).setProtectedHeader(header).sign(privateKey), key: { x } }
}

it('a head says what was signed, and by which key', async () => {
  const { jws } = await signed({ alg: 'EdDSA', kid: 'one' })
  expect(readHead(jws)).toEqual({ ...head, kid: 'one' })
  expect(readHead('no.head.at.all')).toBeUndefined()
})

it('a head that names no key is one of the key without a name', async () => {
  const { jws, key } = await signed({ alg: 'EdDSA' })
  expect(readHead(jws)).toEqual({ ...head, kid: '' })
  expect(await headChecker([key])(jws)).toEqual({ ok: true, key })
  expect(await headChecker([{ ...key, kid: 'one' }])(jws)).toEqual({ ok: false, reason: 'unknown_key' })
})

it('only a signature that calls itself EdDSA is one', async () => {
  const { jws, key } = await signed({ alg: 'Ed25519', kid: 'one' })
  expect(await headChecker([{ ...key, kid: 'one' }])(jws)).toEqual({ ok: false, reason: 'signature' })
})
