import { createSecretKey, randomUUID } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'

/** A constant of the wire. */
const AUDIENCE = 'fastapi-users:auth'

const claims = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.number() })

export type AccessTokens = {
  sign(of: { userId: string; sessionId: string }): Promise<string>
  /** Undefined for whatever is not a valid token of ours. */
  verify(token: string): Promise<{ userId: string; sessionId: string; expiresAt: Date } | undefined>
}

export function createAccessTokens(config: {
  JWT_SECRET: string
  JWT_ALGORITHM: 'HS256' | 'HS384' | 'HS512'
  JWT_ACCESS_TOKEN_EXPIRE_MINUTES: number
}): AccessTokens {
  const key = createSecretKey(Buffer.from(config.JWT_SECRET))
  return {
    sign: ({ userId, sessionId }) =>
      new SignJWT({ sid: sessionId, aud: [AUDIENCE] })
        .setProtectedHeader({ alg: config.JWT_ALGORITHM, typ: 'JWT' })
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime(`${config.JWT_ACCESS_TOKEN_EXPIRE_MINUTES}m`)
        .sign(key),
    verify: async (token) => {
      try {
        const options = { algorithms: [config.JWT_ALGORITHM], audience: AUDIENCE, requiredClaims: ['exp'] }
        const { payload } = await jwtVerify(token, key, options)
        const parsed = claims.safeParse(payload)
        if (!parsed.success) return undefined
        const { sub, sid, exp } = parsed.data
        return { userId: sub, sessionId: sid, expiresAt: new Date(exp * 1000) }
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
  }
}
