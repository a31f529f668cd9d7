import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import type { FastifyBaseLogger } from 'fastify'
import type { AuthenticatedUser } from './authenticated-user.ts'
import type { Handlers } from './handlers.ts'
import type { RateLimit } from './rate-limit.ts'

/** Calls `onEnd`, once or more, when the caller's session has ended. Returns the function that stops watching. */
export type WatchSession = (user: AuthenticatedUser, onEnd: () => void) => () => void

export type ServerOptions<Endpoints extends Readonly<Record<string, EndpointShape>>> = {
  config: {
    API_V1_STR: string
    DEBUG: boolean
    CORS_ALLOWED_ORIGINS: readonly string[]
    ALLOWED_HOSTS: readonly string[]
    TRUSTED_PROXIES: readonly string[]
    PUBLIC_URL: string
  }
  endpoints: Endpoints
  handlers: Handlers<Endpoints>
  /** The user whose access token this is, by the current rows; undefined for any other text. */
  authenticate(token: string): Promise<AuthenticatedUser | undefined>
  /** Every stream, and every download in pieces, ends with the session that opened it. */
  watchSession: WatchSession
  /** Counts requests per client and path; none where limiting is off. */
  limit?: RateLimit
  log: FastifyBaseLogger
}
