import { Refusal, SchemaRefusal } from '@fairlead/contract/errors'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { type Cookie, clearedCookies } from './answered.ts'
import { clientGone } from './client-gone.ts'
import { TooManyRequests } from './rate-limit.ts'

/**
 * Turns what was thrown into an answer. Only what we promise is told; a bug is logged once, here, and its text stays
 * with us. `setCookie` clears the cookies with a 401.
 */
export function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  setCookie?: (cookie: Cookie) => void,
): FastifyReply {
  if (error instanceof SchemaRefusal) return sendJson(reply, 422, { detail: error.faults })
  const refusal = error instanceof Refusal ? error : ofServer(error)
  if (refusal.refusal === 'internal' && error !== clientGone) request.log.error({ err: error }, 'request failed')
  if (refusal instanceof TooManyRequests) reply.header('retry-after', String(refusal.retryAfterSeconds))
  if (refusal.status === 401 && setCookie) clearedCookies.forEach(setCookie)
  return sendJson(reply, refusal.status, refusal.body)
}

function sendJson(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply.status(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body))
}

/** What the HTTP server itself refuses; the rest is a bug. */
function ofServer(error: unknown): Refusal {
  const { code } = error as FastifyError
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Refusal('bodyTooLarge')
  return new Refusal('internal', { cause: error })
}
