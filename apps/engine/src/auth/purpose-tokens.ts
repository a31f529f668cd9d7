import { createSecretKey, hkdfSync } from 'node:crypto'
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { z } from 'zod'

/** Tokens for one purpose. Their key is derived for it alone: one that was made for something else never counts. */
export type PurposeTokens<Claims> = {
  sign(claims: Claims): Promise<string>
  /** Undefined for whatever is not a valid token of this purpose. */
  verify(token: string): Promise<Claims | undefined>
}

type Purpose<Claims> = { audience: string; lifeSeconds: number; claims: z.ZodType<Claims> }

const KEY_BYTES = 64

export function createPurposeTokens<Claims extends JWTPayload>(
  { JWT_SECRET: secret, JWT_ALGORITHM: alg }: { JWT_SECRET: string; JWT_ALGORITHM: 'HS256' | 'HS384' | 'HS512' },
  { audience, lifeSeconds, claims }: Purpose<Claims>,
): PurposeTokens<Claims> {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', audience, KEY_BYTES)))
  return {
    sign: (payload) => {
      const now = Math.floor(Date.now() / 1000)
      return new SignJWT({ ...payload, aud: audience, iat: now, exp: now + lifeSeconds })
        .setProtectedHeader({ alg, typ: 'JWT' })
        .sign(key)
    },
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: [alg], audience, requiredClaims: ['exp'] })
        return claims.safeParse(payload).data
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
  }
}
