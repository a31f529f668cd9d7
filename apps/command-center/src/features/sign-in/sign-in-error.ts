import { ApiError } from '@fairlead/contract/client/api-error'

/** Why nobody was signed in, without telling which of the two was wrong. */
export function signInError(reason: unknown): string {
  if (!(reason instanceof ApiError)) return 'Signing in failed. Try again.'
  if (reason.status === 429) return `Too many attempts. ${waitText(reason.retryAfter)}`
  if (reason.status === 400 || reason.status === 401) return 'The e-mail address or the password is wrong.'
  if (reason.status === 0 || reason.status === 502 || reason.status === 504)
    return 'The engine cannot be reached, so nobody can sign in. Try again in a moment.'
  return withRequest(reason)
}

/** A server's failure is told with the id that its log knows. */
export function withRequest(reason: ApiError): string {
  const isServers = reason.status >= 500 && reason.requestId !== undefined
  return isServers ? `${reason.message} (request ${reason.requestId})` : reason.message
}

function waitText(seconds: number | undefined): string {
  if (seconds === undefined) return 'Wait a moment, then try again.'
  return seconds < 90 ? `Try again in ${seconds} s.` : `Try again in ${Math.ceil(seconds / 60)} min.`
}
