import { CLOCK_SKEW_SECONDS, GRANT_LIFE_SECONDS } from '@fairlead/contract/call/grant'
import { compactVerify, decodeProtectedHeader } from 'jose'
import { z } from 'zod'
import type { PublicKeys, VerificationKey } from './public-keys.ts'

export type TokenFault = 'malformed' | 'unknown_key' | 'bad_signature' | 'wrong_audience' | 'expired' | 'not_yet'

type Lifetime = { aud: string; iat: number; exp: number }

const compact = /^[\w-]+\.([\w-]+)\.[\w-]+$/
const header = z.object({ alg: z.literal('EdDSA'), kid: z.string() })

/**
 * Reads a compact JWS that the engine signed: form first, then key and signature, then audience and time. The first
 * fault ends it.
 */
export async function readSignedToken<Claims extends Lifetime>(
  token: unknown,
  { claims, keys, audience, now }: { claims: z.ZodType<Claims>; keys: PublicKeys; audience: string; now: () => number },
): Promise<{ claims: Claims; kid: string; key: VerificationKey } | { fault: TokenFault }> {
  if (typeof token !== 'string') return { fault: 'malformed' }
  const body = compact.exec(token)?.[1]
  if (body === undefined) return { fault: 'malformed' }
  const protectedHeader = header.safeParse(quietly(() => decodeProtectedHeader(token)))
  const payload = claims.safeParse(quietly(() => JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))))
  if (!protectedHeader.success || !payload.success) return { fault: 'malformed' }
  const { aud, iat, exp } = payload.data
  if (exp - iat > GRANT_LIFE_SECONDS || exp < iat) return { fault: 'malformed' }
  const { kid } = protectedHeader.data
  const key = await keys.find(kid)
  if (key === undefined) return { fault: 'unknown_key' }
  try {
    await compactVerify(token, key, { algorithms: ['EdDSA'] })
  } catch {
    return { fault: 'bad_signature' }
  }
  if (aud !== audience) return { fault: 'wrong_audience' }
  const seconds = now() / 1000
  if (seconds > exp + CLOCK_SKEW_SECONDS) return { fault: 'expired' }
  if (seconds < iat - CLOCK_SKEW_SECONDS) return { fault: 'not_yet' }
  return { claims: payload.data, kid, key }
}

/** What does not decode is malformed, and nothing more is to be known about it. */
function quietly(decode: () => unknown): unknown {
  try {
    return decode()
  } catch {
    return undefined
  }
}
