import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { AuditHead } from './run-heads.ts'
import type { ChainKeys } from './verify-chain.ts'

export type HeadKey = {
  kid: string
  jwk: { kty: string; crv: string; x: string; kid: string }
  sign(head: AuditHead): Promise<string>
  /** As an engine has them whose key this is. */
  chainKeys: ChainKeys
}

/** A real key for heads. */
export async function headKey(kid = 'k1'): Promise<HeadKey> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const { x = '' } = await exportJWK(publicKey)
  return {
    kid,
    jwk: { kty: 'OKP', crv: 'Ed25519', x, kid },
    sign: (head) => new SignJWT({ ...head }).setProtectedHeader({ alg: 'EdDSA', kid }).sign(privateKey),
    chainKeys: { own: [{ kid, x }], trusted: [{ kid, x }], handedOut: [{ kid, x }] },
  }
}
