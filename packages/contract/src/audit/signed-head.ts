import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK } from 'jose'
import { z } from 'zod'
import { isoTime, sha256Hex } from '../ids.ts'
import type { PublicKey } from './public-keys.ts'

/** The end of the chain at a moment, as the engine signed it. */
const auditHead = z.object({ seq: z.int().min(1), hash: sha256Hex, at: isoTime })
export type AuditHead = z.infer<typeof auditHead>

/** What a compact JWS says of itself, before anybody has checked it. Undefined: it is no head. */
export type ClaimedHead = AuditHead & { kid: string }

export function readHead(jws: string): ClaimedHead | undefined {
  try {
    const { kid } = decodeProtectedHeader(jws)
    return { ...auditHead.parse(decodeJwt(jws)), kid: kid ?? '' }
  } catch {
    return undefined
  }
}

export type HeadCheck = { ok: true; key: PublicKey } | { ok: false; reason: 'signature' | 'unknown_key' }

/** Checks signatures against these keys and no others. */
export function headChecker(keys: readonly PublicKey[]): (jws: string) => Promise<HeadCheck> {
  return async (jws) => {
    const { kid } = decodeProtectedHeader(jws)
    const candidates = keys.filter((key) => key.kid === undefined || key.kid === kid)
    for (const key of candidates) if (await isSignedBy(jws, key)) return { ok: true, key }
    return { ok: false, reason: candidates.length === 0 ? 'unknown_key' : 'signature' }
  }
}

async function isSignedBy(jws: string, { x }: PublicKey): Promise<boolean> {
  try {
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x }, 'EdDSA')
    await compactVerify(jws, key, { algorithms: ['EdDSA'] })
    return true
  } catch {
    return false
  }
}
