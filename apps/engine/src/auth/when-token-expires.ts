import type { AuthenticatedUser } from '../http/authenticated-user.ts'

/**
 * Aborted when the access token that opened a stream expires, or when the engine stops. Nothing is watched any more once
 * the client has gone.
 */
export function whenTokenExpires(stopping: AbortSignal) {
  return (user: Pick<AuthenticatedUser, 'access_expires_at'>, gone: AbortSignal): AbortSignal => {
    const ended = new AbortController()
    const until = AbortSignal.any([gone, stopping, ended.signal])
    const expiry = setTimeout(() => ended.abort(), Math.max(0, user.access_expires_at.getTime() - Date.now()))
    const rest = () => clearTimeout(expiry)
    if (until.aborted) rest()
    until.addEventListener('abort', rest, { once: true })
    return AbortSignal.any([ended.signal, stopping])
  }
}
