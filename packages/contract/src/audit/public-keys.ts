import { createPublicKey } from 'node:crypto'
import { z } from 'zod'

/** An Ed25519 key that may have signed heads. One without a name (PEM has none) is tried on every head. */
export type PublicKey = { kid?: string; x: string }

const publicKey = z
  .object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().min(1), kid: z.string().optional() })
  .transform(({ kid, x }): PublicKey => ({ kid, x }))
/** Keys as a record hands them out; one that is no Ed25519 key can have signed nothing. */
export function publicKeysIn(jwks: readonly unknown[]): PublicKey[] {
  return jwks.flatMap((jwk) => publicKey.safeParse(jwk).data ?? [])
}

const keySet = z.object({ keys: z.array(publicKey).min(1) }).transform(({ keys }) => keys)
const pemBlock = /-----BEGIN [A-Z ]{1,40}-----[\s\S]*?-----END [A-Z ]{1,40}-----/g

/** Reads a JWK Set, a JWK, or PEM. Throws a sentence that says what it may be. */
export function parsePublicKeys(text: string): PublicKey[] {
  const blocks = text.match(pemBlock)
  const keys = blocks?.map(ofPem) ?? ofJson(text)
  if (keys === undefined) throw new Error('It must hold Ed25519 public keys: a JWK Set, a JWK or PEM')
  return keys
}

function ofPem(block: string): PublicKey {
  const jwk: unknown = parsed(() => createPublicKey(block).export({ format: 'jwk' }))
  const key = publicKey.safeParse(jwk)
  if (!key.success) throw new Error('Its PEM is no Ed25519 public key')
  return key.data
}

function ofJson(text: string): PublicKey[] | undefined {
  const value = parsed(() => JSON.parse(text))
  return keySet.safeParse(value).data ?? publicKey.transform((key) => [key]).safeParse(value).data
}

function parsed(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** The 32 bytes of a key: how the record names it, whatever JSON is written around it. */
export function keyHex({ x }: PublicKey): string {
  return Buffer.from(x, 'base64url').toString('hex')
}
