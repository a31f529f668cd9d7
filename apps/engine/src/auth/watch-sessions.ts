import { withTimeout } from '../db/with-timeout.ts'
import { type AuthenticatedUser, isAdmin } from '../http/authenticated-user.ts'

export type LiveSession = Pick<AuthenticatedUser, 'session_id' | 'role' | 'is_superuser' | 'view_only' | 'grants'>

/** Two checks take well under the 5 s that a stream may outlive its session. */
const CHECK_MS = 2000
/** Without a limit, a query on a dead connection may wait for a quarter of an hour. */
const MAX_CHECK_MS = 5000

/**
 * Ends streams whose session has ended: it was revoked, its account was deactivated, or it lost a right that it had when
 * the stream began. One query checks all open streams of this engine.
 */
export function watchSessions(
  readLive: (sessionIds: readonly string[]) => Promise<readonly LiveSession[]>,
): (user: LiveSession, onEnd: () => void) => () => void {
  const watched = new Map<symbol, { began: LiveSession; onEnd(): void }>()
  let timer: NodeJS.Timeout | undefined
  let isChecking = false

  const check = async () => {
    if (isChecking) return
    isChecking = true
    // A database that does not answer ends no stream: the next check follows soon.
    await withTimeout(endLost(), MAX_CHECK_MS).catch(() => undefined)
    isChecking = false
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
    timer ??= setInterval(() => void check(), CHECK_MS)
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
