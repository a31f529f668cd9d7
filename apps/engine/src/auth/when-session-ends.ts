import type { Db } from '../db/database.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import { isSessionLive } from './authenticate.ts'

const LOOK_MS = 5000

/**
 * Aborted when the user's session is revoked, when the access token that opened the stream expires, or when the engine
 * stops. Nothing is watched any more once the client has gone.
 */
export function whenSessionEnds({ db, signal: stopping }: { db: Db; signal: AbortSignal }) {
  return (user: Pick<AuthenticatedUser, 'session_id' | 'access_expires_at'>, gone: AbortSignal): AbortSignal => {
    const ended = new AbortController()
    const until = AbortSignal.any([gone, stopping, ended.signal])
    const look = setInterval(async () => {
      // A database that does not answer ends no stream: the token's own end does.
      if (!(await isSessionLive(db, user.session_id).catch(() => true))) ended.abort()
    }, LOOK_MS)
    const expiry = setTimeout(() => ended.abort(), Math.max(0, user.access_expires_at.getTime() - Date.now()))
    const rest = () => {
      clearInterval(look)
      clearTimeout(expiry)
    }
    if (until.aborted) rest()
    until.addEventListener('abort', rest, { once: true })
    return AbortSignal.any([ended.signal, stopping])
  }
}
