import { Refusal } from '@fairlead/contract/errors'
import type { FastifyRequest } from 'fastify'

export type OriginRules = {
  allowedOrigins: readonly string[]
  /** Of the request as the browser sees it: scheme and host, behind a trusted proxy too. */
  publicOrigin(request: FastifyRequest): string
}

/**
 * The access token: of the header, else of the cookie. A browser sends the cookie along with requests that other sites
 * make it send; for those that change something it counts only when they come from one of the own sites.
 */
export function presentedToken(request: FastifyRequest, rules: OriginRules): string | undefined {
  const { authorization } = request.headers
  if (authorization !== undefined) return /^bearer +(\S+) *$/i.exec(authorization)?.[1]
  const cookie = request.cookies.auth_token
  if (!cookie) return undefined
  if (request.method !== 'GET' && !isOwnSite(request, rules)) throw new Refusal('crossOrigin')
  return cookie
}

function isOwnSite(request: FastifyRequest, { allowedOrigins, publicOrigin }: OriginRules): boolean {
  const { origin } = request.headers
  if (origin !== undefined) return allowedOrigins.includes(origin) || origin === publicOrigin(request)
  const site = request.headers['sec-fetch-site']
  return site === 'same-origin' || site === 'none'
}
