import type { Db } from '../db/database.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import { isSessionLive } from './authenticate.ts'

const LOOK_MS = 5000

/** Aborted when the caller's session is revoked or the access token of the request expires. */
export function whenSessionEnds({ db, signal }: { db: Db; signal: AbortSignal }) {
  return ({ user }: { user: AuthenticatedUser }): AbortSignal => {
    const ended = new AbortController()
    const look = setInterval(async () => {
      // A database that does not answer ends no stream: the token's own end does.
      const isLive = await isSessionLive(db, user.session_id).catch(() => true)
      if (!isLive) end()
    }, LOOK_MS)
    const expiry = setTimeout(() => end(), Math.max(0, user.access_expires_at.getTime() - Date.now()))
    const end = () => {
      clearInterval(look)
      clearTimeout(expiry)
      signal.removeEventListener('abort', end)
      ended.abort()
    }
    signal.addEventListener('abort', end, { once: true })
    return ended.signal
  }
}
