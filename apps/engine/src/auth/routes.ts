import type { authEndpoints } from '@fairlead/contract/endpoints/auth'
import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import { Refusal } from '@fairlead/contract/errors'
import { eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { Answered, clearedCookies } from '../http/answered.ts'
import type { Handlers } from '../http/handlers.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import type { AccessTokens } from './access-tokens.ts'
import { changeUser } from './change-user.ts'
import { createKnownDevices } from './known-devices.ts'
import type { LoginLimits } from './login-limit.ts'
import type { RecordAuthEvent } from './record-auth-event.ts'
import { issueRefreshToken, revokeSession, revokeSessionOfToken, rotateRefreshToken } from './refresh-tokens.ts'
import { hasNoUsers, register } from './register.ts'
import { createSetupSecret } from './setup-secret.ts'
import { signIn } from './sign-in.ts'
import { users } from './user.table.ts'
import { userRead } from './user-read.ts'
import { createVerifyTokens, verifyAddress } from './verify-address.ts'

type AuthEndpoints = keyof typeof authEndpoints

export type AuthPorts = {
  db: Db
  tokens: AccessTokens
  recordAudit: RecordAuthEvent
  loginLimits: LoginLimits
  /** Of the first account: ten a minute, per address. */
  setupTries: RateLimit
  config: {
    ALLOW_SELF_REGISTRATION: boolean
    SETUP_SECRET?: string
    JWT_SECRET: string
    JWT_ALGORITHM: 'HS256' | 'HS384' | 'HS512'
    JWT_ACCESS_TOKEN_EXPIRE_MINUTES: number
    JWT_REFRESH_TOKEN_EXPIRE_DAYS: number
  }
}

export function authHandlers(ports: AuthPorts): Pick<Handlers<Endpoints>, AuthEndpoints> {
  const { db, tokens, config } = ports
  const days = config.JWT_REFRESH_TOKEN_EXPIRE_DAYS
  const refreshSeconds = days * 86_400
  const verifyTokens = createVerifyTokens(config)
  const devices = createKnownDevices(config)
  const setupSecret = createSetupSecret(config.SETUP_SECRET)
  return {
    login: async ({ input, address, cookies, userAgent }) => {
      const deviceMark = cookies.known_device
      const credentials = { email: input.username, password: input.password, address, deviceMark, userAgent }
      const session = await signIn({ ...ports, devices }, credentials)
      const device_token = await devices.mark(session.userId)
      return { access_token: await tokens.sign(session), token_type: 'bearer', device_token }
    },
    logoutToken: async ({ user }) => {
      await revokeSession(db, user.session_id)
      return undefined
    },
    register: ({ input, address }) =>
      register({ ...ports, setupSecret, isOpen: config.ALLOW_SELF_REGISTRATION }, { ...input, address }),
    // There is no way yet on which a token could reach the address: none is made, and nobody learns who is there.
    requestVerifyToken: async () => null,
    verify: ({ input, address }) => verifyAddress({ ...ports, verifyTokens }, { token: input.token, address }),
    isAdminUser: async () => ({ is_admin: await hasNoUsers(db) }),
    me: async ({ user }) => userRead(user),
    usersMe: async ({ user }) => userRead(user),
    changeUser: ({ input, params, user, address }) => changeUser(ports, { ...params, ...input, by: user, address }),
    issueRefresh: async ({ user }) => {
      const token = await issueRefreshToken(db, { userId: user.id, sessionId: user.session_id, days })
      return { refresh_token: token, expires_in: refreshSeconds }
    },
    refresh: async ({ cookies }) => {
      if (!cookies.refresh_token) throw new Refusal('refreshTokenMissing')
      const rotated = await rotateRefreshToken(db, { token: cookies.refresh_token, days })
      if (rotated === undefined) throw new Refusal('refreshTokenInvalid')
      const [user] = await db.select().from(users).where(eq(users.id, rotated.userId))
      if (user === undefined) throw new Refusal('refreshTokenInvalid')
      const access_token = await tokens.sign(rotated)
      const read = {
        ...userRead(user),
        created_at: offsetTime(user.created_at),
        updated_at: offsetTime(user.updated_at),
      }
      return new Answered(
        { access_token, token_type: 'bearer', user: { ...read, teams: [] } },
        {
          cookies: [
            { name: 'auth_token', value: access_token, maxAgeSeconds: config.JWT_ACCESS_TOKEN_EXPIRE_MINUTES * 60 },
            { name: 'refresh_token', value: rotated.refreshToken, maxAgeSeconds: refreshSeconds },
          ],
        },
      )
    },
    logout: async ({ cookies }) => {
      if (cookies.refresh_token) await revokeSessionOfToken(db, cookies.refresh_token)
      return new Answered({ success: true }, { cookies: clearedCookies })
    },
  }
}

/** The form of time that this part of the wire uses. */
function offsetTime(time: Date): string {
  return time.toISOString().replace('Z', '+00:00')
}
