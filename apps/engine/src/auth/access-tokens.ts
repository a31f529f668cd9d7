import { createSecretKey, randomUUID } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'

/** A constant of the wire. */
const AUDIENCE = 'fastapi-users:auth'

const claims = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.number() })

type Named = { userId: string; sessionId: string; expiresAt: Date }

/** As many as there are people at work at once, roughly. */
const MAX_KNOWN = 1000

export type AccessTokens = {
  sign(of: { userId: string; sessionId: string }): Promise<string>
  /** Undefined for whatever is not a valid token of ours. */
  verify(token: string): Promise<Named | undefined>
}

export function createAccessTokens(config: {
  JWT_SECRET: string
  JWT_ALGORITHM: 'HS256' | 'HS384' | 'HS512'
  JWT_ACCESS_TOKEN_EXPIRE_MINUTES: number
}): AccessTokens {
  const key = createSecretKey(Buffer.from(config.JWT_SECRET))
  /** Found valid before: a token comes with every request, and only time can change what it is worth. */
  const known = new Map<string, Named>()
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
      const before = known.get(token)
      if (before !== undefined && before.expiresAt.getTime() > Date.now()) return before
      known.delete(token)
      try {
        const options = { algorithms: [config.JWT_ALGORITHM], audience: AUDIENCE, requiredClaims: ['exp'] }
        const { payload } = await jwtVerify(token, key, options)
        const parsed = claims.safeParse(payload)
        if (!parsed.success) return undefined
        const { sub, sid, exp } = parsed.data
        const named = { userId: sub, sessionId: sid, expiresAt: new Date(exp * 1000) }
        for (const oldest of known.size < MAX_KNOWN ? [] : known.keys().take(1)) known.delete(oldest)
        known.set(token, named)
        return named
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
  }
}
