import type { EngineAnswer } from '../engine/call-engine.ts'
import { callerHeaders } from '../engine/engine-headers.ts'
import { refusalOf } from '../engine/engine-refusal.ts'
import type { BrowserRequest } from '../guard/browser-request.ts'
import { BffRefusal, sessionExpired } from '../refusal.ts'
import { clearedCookies, sessionCookies } from './cookies.ts'
import type { RefreshSession } from './refresh-session.ts'
import { tokenSecondsLeft } from './token-seconds.ts'

/** A token that would expire on the way is renewed before. */
const RENEW_SECONDS = 60

export type WithSession = (
  request: BrowserRequest,
  send: (authorization: string) => Promise<EngineAnswer>,
) => Promise<{ answer: EngineAnswer; cookies: readonly string[] }>

/**
 * Makes a call as the person whose cookies came with the request: renewed before it when it is time, and once after a
 * 401, so that `send` may be called twice. A 401 that stays is a BffRefusal, never an answer. `cookies` belong on the
 * answer, whatever it is.
 */
export function createWithSession(refreshSession: RefreshSession): WithSession {
  return async (request, send) => {
    const { access, refresh } = sessionCookies(request.headers.cookie)
    const ended = () => sessionExpired(clearedCookies(request.scheme === 'https'))
    const renew = (token: string) => refreshSession.renew({ refresh: token, access }, callerHeaders(request))
    if (access === undefined && refresh === undefined) {
      throw new BffRefusal(401, 'not_signed_in', 'Nobody is signed in here.')
    }
    let current = access
    let cookies: readonly string[] = []
    let isRenewed = false

    const left = access === undefined ? 0 : (tokenSecondsLeft(access, Date.now()) ?? Number.POSITIVE_INFINITY)
    if (left < RENEW_SECONDS) {
      const renewal = refresh === undefined ? undefined : await renew(refresh).catch(orWhileValid(left))
      if (renewal?.kind === 'ended' || (refresh === undefined && left <= 0)) throw ended()
      if (renewal?.kind === 'renewed') {
        isRenewed = true
        current = renewal.access
        cookies = renewal.cookies
      }
    }
    if (current === undefined) throw ended()

    const first = await withCookies(cookies, () => send(`Bearer ${current}`))
    if (first.status !== 401) return { answer: first, cookies }
    await first.body.dump()
    if (isRenewed || refresh === undefined) throw ended()
    const renewal = await renew(refresh)
    if (renewal.kind === 'ended') throw ended()
    const [next, lines] = renewal.kind === 'renewed' ? [renewal.access, renewal.cookies] : [current, cookies]
    const second = await withCookies(lines, () => send(`Bearer ${next}`))
    if (second.status !== 401) return { answer: second, cookies: lines }
    await second.body.dump()
    throw ended()
  }
}

/** A token that still counts for a few seconds is better than none. */
function orWhileValid(left: number) {
  return (error: unknown): undefined => {
    if (left <= 0) throw error
  }
}

/** A used refresh token is worth nothing: its successor reaches the browser even where the call itself fails. */
async function withCookies<T>(cookies: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (cookies.length === 0) throw error
    throw refusalOf(error)?.withCookies(cookies) ?? error
  }
}
