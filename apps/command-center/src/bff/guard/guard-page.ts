import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { may } from '@fairlead/contract/may'
import type { Engine } from '../engine/call-engine.ts'
import { callerHeaders } from '../engine/engine-headers.ts'
import { refusalOf } from '../engine/engine-refusal.ts'
import { sessionCookies } from '../session/cookies.ts'
import type { CurrentUser } from '../session/session-state.ts'
import type { WithSession } from '../session/with-session.ts'
import type { BrowserRequest } from './browser-request.ts'
import { pageKind } from './pages.ts'

/** What becomes of a request for a page, before any of it is rendered. `cookies` go with it either way. */
export type PageVerdict = { cookies: readonly string[] } & (
  | { show: 'page' }
  | { show: 'redirect'; to: string }
  | { show: 'forbidden' }
)

type Found = { session: CurrentUser; cookies: readonly string[] }

/** A person waits for the page: it comes without its content rather than late. */
const LIMIT_MS = 5000
/** A session that was read so recently is not read again: a link may fetch several parts of a page at once. */
const RECENT_MS = 5000

export function createGuard({ engine, withSession }: { engine: Engine; withSession: WithSession }) {
  let hasSeenUser = false
  const recent = new Map<string, { at: number; found: Promise<Found> }>()

  /** Undefined when the engine does not say. */
  const isFirstRun = async (request: BrowserRequest): Promise<boolean | undefined> => {
    if (hasSeenUser) return false
    try {
      const headers = callerHeaders(request)
      const { body } = await engine.ask({ method: 'GET', path: '/auth/is_admin_user', headers, limitMs: LIMIT_MS })
      const { is_admin: isEmpty } = (body ?? {}) as { is_admin?: unknown }
      if (typeof isEmpty !== 'boolean') return undefined
      hasSeenUser = !isEmpty
      return isEmpty
    } catch {
      return undefined
    }
  }

  const findSession = async (request: BrowserRequest): Promise<Found> => {
    const { access, refresh } = sessionCookies(request.headers.cookie)
    if (access === undefined && refresh === undefined) return { session: { state: 'nobody' }, cookies: [] }
    try {
      const headers = callerHeaders(request)
      const { answer, cookies } = await withSession(request, (authorization) =>
        engine.call({ method: 'GET', path: '/auth/me', headers: { ...headers, authorization }, limitMs: LIMIT_MS }),
      )
      if (answer.status !== 200) {
        await answer.body.dump()
        return { session: { state: 'unreachable' }, cookies }
      }
      return { session: { state: 'user', user: (await answer.body.json()) as UserRead }, cookies }
    } catch (error) {
      const refusal = refusalOf(error)
      const cookies = (refusal?.headers ?? []).flatMap(([name, value]) => (name === 'set-cookie' ? [value] : []))
      return { session: { state: refusal?.status === 401 ? 'nobody' : 'unreachable' }, cookies }
    }
  }

  const sessionOf = (request: BrowserRequest): Promise<Found> => {
    const { access = '', refresh = '' } = sessionCookies(request.headers.cookie)
    const key = `${access} ${refresh}`
    const now = Date.now()
    const known = recent.get(key)
    // A whole page is as fresh as its address says; parts of one come many at a time.
    if (known && request.headers.rsc === '1' && now - known.at < RECENT_MS) return known.found
    for (const [other, { at }] of recent) if (now - at >= RECENT_MS) recent.delete(other)
    const found = findSession(request)
    recent.set(key, { at: now, found })
    void found.then(({ session }) => {
      if (session.state !== 'user' && recent.get(key)?.found === found) recent.delete(key)
    })
    return found
  }

  return async (request: BrowserRequest): Promise<PageVerdict> => {
    const kind = pageKind(request.path)
    const isEmpty = await isFirstRun(request)
    if (isEmpty) {
      request.session = { state: 'nobody' }
      return kind.access === 'first-run' ? page([]) : redirect('/welcome', [])
    }
    const { session, cookies } = await sessionOf(request)
    request.session = session
    switch (kind.access) {
      case 'first-run':
        return redirect(session.state === 'user' ? '/' : '/login', cookies)
      case 'sign-in':
        return session.state === 'user' ? redirect('/', cookies) : page(cookies)
      case 'everybody':
        return page(cookies)
      case 'signed-in': {
        if (session.state === 'nobody') return redirect(`/login?next=${encodeURIComponent(wanted(request))}`, cookies)
        const { right } = kind
        const isMissing = right !== undefined && session.state === 'user' && !may(session.user, right)
        return isMissing ? { show: 'forbidden', cookies } : page(cookies)
      }
    }
  }
}

const page = (cookies: readonly string[]): PageVerdict => ({ show: 'page', cookies })
const redirect = (to: string, cookies: readonly string[]): PageVerdict => ({ show: 'redirect', to, cookies })

/** The address as the person had it, without what the framework adds to fetch a part of a page. */
function wanted({ path, search }: BrowserRequest): string {
  const query = new URLSearchParams(search)
  query.delete('_rsc')
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}
