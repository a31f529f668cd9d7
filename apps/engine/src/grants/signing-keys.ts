import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'
import { z } from 'zod'

/** A public key as `/.well-known/jwks.json` serves it. */
export type PublicJwk = { kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string; alg: 'EdDSA'; use: 'sig' }

/** What a key file holds: the first key signs, the public parts of all are served. */
export type SigningKeys = { kid: string; privateKey: CryptoKey; published: readonly PublicJwk[] }

const ed25519 = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().min(1),
  d: z.string().min(1).optional(),
  kid: z.string().min(1).optional(),
})
const keyFile = z.union([z.looseObject({ keys: z.array(ed25519).min(1) }), ed25519])

/** Reads a JWK, or a JWK Set. Throws a sentence that names no part of a key. */
export async function parseSigningKeys(text: string): Promise<SigningKeys> {
  const parsed = keyFile.safeParse(parseJson(text))
  if (!parsed.success) throw new Error('It must hold an Ed25519 key as JWK, or a JWK Set of such keys')
  const keys =
    'keys' in parsed.data ? (parsed.data.keys as z.output<typeof ed25519>[]) : [parsed.data as z.output<typeof ed25519>]
  const [first] = keys
  if (first?.d === undefined) throw new Error('Its first key must be a private one: that is the one that signs')
  const published = await Promise.all(keys.map(publicPart))
  const kids = new Set(published.map(({ kid }) => kid))
  if (kids.size < published.length) throw new Error('Two of its keys have the same kid')
  const { kty, crv, x, d } = first
  const privateKey = await importJWK({ kty, crv, x, d }, 'EdDSA').catch((cause: unknown) => {
    throw new Error('Its first key is no valid Ed25519 key', { cause })
  })
  const kid = published[0]?.kid
  if (privateKey instanceof Uint8Array || kid === undefined) throw new Error('Its first key is no valid Ed25519 key')
  return { kid, privateKey, published }
}

/** A new private key as the text of a key file. */
export async function makeSigningKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const jwk = await exportJWK(privateKey)
  const { kid } = await publicPart({ kty: 'OKP', crv: 'Ed25519', x: jwk.x ?? '' })
  return `${JSON.stringify({ ...jwk, kid, alg: 'EdDSA', use: 'sig' })}\n`
}

/** A key without a name of its own is named by its thumbprint (RFC 7638). */
async function publicPart({ kty, crv, x, kid }: z.output<typeof ed25519>): Promise<PublicJwk> {
  return { kty, crv, x, kid: kid ?? (await calculateJwkThumbprint({ kty, crv, x })), alg: 'EdDSA', use: 'sig' }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
