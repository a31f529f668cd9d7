import type { trustedProxies } from '@fairlead/service-kit/client-address'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Cookie } from './answered.ts'
import type { OriginRules } from './credential.ts'

export type PublicOrigins = OriginRules & {
  setCookie(request: FastifyRequest, reply: FastifyReply, cookie: Cookie): void
}

type Config = { DEBUG: boolean; CORS_ALLOWED_ORIGINS: readonly string[]; PUBLIC_URL: string }

/** What the server is called from outside, behind trusted proxies too. */
export function publicOrigins(config: Config, proxies: ReturnType<typeof trustedProxies>): PublicOrigins {
  const forwarded = (request: FastifyRequest, name: 'x-forwarded-proto' | 'x-forwarded-host') =>
    proxies.isTrusted(request.socket.remoteAddress)
      ? [request.headers[name]].flat()[0]?.split(',')[0]?.trim()
      : undefined
  return {
    allowedOrigins: [...config.CORS_ALLOWED_ORIGINS, new URL(config.PUBLIC_URL).origin],
    publicOrigin: (request) => {
      const scheme = forwarded(request, 'x-forwarded-proto') ?? request.protocol
      return `${scheme}://${forwarded(request, 'x-forwarded-host') ?? request.host}`
    },
    setCookie: (request, reply, { name, value, maxAgeSeconds }) => {
      reply.setCookie(name, value, {
        path: '/',
        httpOnly: true,
        sameSite: 'lax',
        secure: !config.DEBUG && forwarded(request, 'x-forwarded-proto') !== 'http',
        maxAge: maxAgeSeconds,
      })
    },
  }
}
