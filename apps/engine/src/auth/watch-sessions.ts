import { inTime } from '../db/in-time.ts'
import { type AuthenticatedUser, isAdmin } from '../http/authenticated-user.ts'

export type LiveSession = Pick<AuthenticatedUser, 'session_id' | 'role' | 'is_superuser' | 'view_only' | 'grants'>

/** Two looks and what they take, well within the 5 s that a stream may outlive its session. */
const LOOK_MS = 2000
/** On a connection that has died without a word, an answer may be waited for a quarter of an hour. */
const LONGEST_LOOK_MS = 5000

/**
 * Tells streams of the end of their session: revoked, its person deactivated, or a right gone that was there when the
 * stream began. One look is for all that are open, on this engine; each engine looks for its own.
 */
export function watchSessions(
  readLive: (sessionIds: readonly string[]) => Promise<readonly LiveSession[]>,
): (user: LiveSession, onEnd: () => void) => () => void {
  const watched = new Map<symbol, { began: LiveSession; onEnd(): void }>()
  let timer: NodeJS.Timeout | undefined
  let isLooking = false

  const look = async () => {
    if (isLooking) return
    isLooking = true
    // A database that does not answer ends no stream: it is asked again soon.
    await inTime(endLost(), LONGEST_LOOK_MS).catch(() => undefined)
    isLooking = false
  }

  const endLost = async () => {
    const open = [...watched]
    const live = await readLive([...new Set(open.map(([, { began }]) => began.session_id))])
    const now = new Map(live.map((session) => [session.session_id, session]))
    for (const [key, { began, onEnd }] of open) {
      if (watched.has(key) && hasLost(began, now.get(began.session_id))) onEnd()
    }
  }

  return (user, onEnd) => {
    const key = Symbol()
    watched.set(key, { began: user, onEnd })
    timer ??= setInterval(() => void look(), LOOK_MS)
    return () => {
      watched.delete(key)
      if (watched.size > 0) return
      clearInterval(timer)
      timer = undefined
    }
  }
}

function hasLost(began: LiveSession, now: LiveSession | undefined): boolean {
  if (now === undefined) return true
  const hasFewerRights = (isAdmin(began) && !isAdmin(now)) || (began.is_superuser && !now.is_superuser)
  return (
    hasFewerRights || (now.view_only && !began.view_only) || began.grants.some((grant) => !now.grants.includes(grant))
  )
}
