import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { Refusal } from '@fairlead/contract/errors'
import type { FastifyRequest } from 'fastify'
import { type AuthenticatedUser, isAdmin } from './authenticated-user.ts'
import { type OriginRules, presentedToken } from './credential.ts'
import type { RateLimit } from './rate-limit.ts'

type Options = {
  authenticate(token: string): Promise<AuthenticatedUser | undefined>
  limit?: RateLimit
  origins: OriginRules
}

/** The hook of an endpoint that checks who calls, and how often, before a byte of the body is read. Throws `Refusal`. */
export function createAdmission({ authenticate, limit, origins }: Options) {
  return ({ access, unlimited, path }: EndpointShape) =>
    async (request: FastifyRequest): Promise<void> => {
      const isOpen = access === 'none' || access === 'refresh-cookie'
      const token = isOpen ? undefined : presentedToken(request, origins)
      request.caller = token === undefined ? undefined : await authenticate(token)
      if (!unlimited) await limit?.count(`${request.caller?.id ?? request.address} ${path}`)
      if (isOpen) return
      if (request.caller === undefined) throw new Refusal('unauthorized')
      if (access === 'admin' && !isAdmin(request.caller)) throw new Refusal('adminOnly')
    }
}
