import { waitToTryAgain } from '@fairlead/client/time/back-off'
import type { Clock } from '@fairlead/client/time/clock'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { Api } from '@fairlead/contract/client/create-api'
import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { AnswerListener } from '../../api.ts'
import type { PageLife } from '../../browser/page-life.ts'
import type { Tabs } from '../../browser/tab-channel.ts'
import { oneAtATime } from '../../one-at-a-time.ts'
import { createRenewal, type SessionLocks, type SessionMessage } from './session-renewal.ts'
import type { SessionRoutes } from './session-routes.ts'

export type SessionState = {
  user: UserRead | undefined
  /** `unreachable`: there is a session, and the engine cannot say now whose. `ended`: the page is being left. */
  state: 'signed-in' | 'unreachable' | 'ended' | 'signed-out'
  isSigningOut: boolean
  /** The server was not told: the session may go on there. */
  logoutError: string | undefined
}

export type SessionPorts = {
  api: Api
  routes: SessionRoutes
  clock: Clock
  page: PageLife
  locks: SessionLocks | undefined
  tabs: Tabs<SessionMessage>
  watchAnswers(listener: AnswerListener): () => void
  /** The address that is shown, without its origin. */
  here(): string
  /** Leaves the page for another one of ours; nothing of this one stays in memory. */
  leaveFor(path: string): void
  random?: () => number
}

export type Session = {
  readonly store: StoreApi<SessionState>
  login(email: string, password: string): Promise<void>
  /** The first account, or one's own, and then the login. Rejects with an ApiError; `isMade` tells how far it came. */
  register(account: { full_name: string; email: string; password: string; setup_secret?: string }): Promise<void>
  logout(): Promise<void>
  /** Reads again who is signed in and what they may do. */
  readAgain(): Promise<void>
  begin(): () => void
}

/** An account was made, and signing in with it failed. */
export class LoginAfterRegisterError extends Error {
  override readonly name = 'LoginAfterRegisterError'
}

const BETWEEN_READS_MS = 5000

/** Who is signed in, and the one end of a session for all tabs of a browser. */
export function createSession(ports: SessionPorts, user: UserRead | undefined): Session {
  const { api, routes, clock, tabs } = ports
  const store = createStore<SessionState>(() => ({
    user,
    state: user === undefined ? 'unreachable' : 'signed-in',
    isSigningOut: false,
    logoutError: undefined,
  }))
  const { getState: get, setState: set } = store
  let closing = new AbortController()
  let readAt = 0

  const isOver = () => get().state === 'ended' || get().state === 'signed-out'

  /** Drafts and queued texts stay with the tab; everything else is left behind. */
  const end = ({ isFromOtherTab = false } = {}) => {
    if (isOver()) return
    set({ state: 'ended' })
    if (!isFromOtherTab) tabs.post({ kind: 'ended' })
    const here = ports.here()
    ports.leaveFor(here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`)
  }

  const readAgain = oneAtATime(async () => {
    readAt = clock.now()
    try {
      const me = await api.call('GET /auth/me', { signal: closing.signal })
      if (!isOver()) set({ user: me, state: 'signed-in' })
    } catch (error) {
      // A 401 ends the session where it is heard; everything else leaves the person signed in.
      if (!(error instanceof ApiError) && !closing.signal.aborted) throw error
    }
  })

  async function readUntilKnown(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted && get().state === 'unreachable'; attempt++) {
      await waitToTryAgain(ports, { attempt, signal })
      if (!signal.aborted) await readAgain()
    }
  }

  const renewal = createRenewal(ports, {
    signal: () => closing.signal,
    isOver,
    onUser: (me) => set({ user: me, state: 'signed-in' }),
    onEnded: () => end(),
  })

  return {
    store,
    login: async (email, password) => {
      const { user: me } = await routes.login({ email, password })
      set({ user: me, state: 'signed-in' })
    },
    register: async (account) => {
      await api.call('POST /auth/register/register', { body: account })
      try {
        const { user: me } = await routes.login({ email: account.email, password: account.password })
        set({ user: me, state: 'signed-in' })
      } catch (cause) {
        throw new LoginAfterRegisterError('The account was made, but signing in failed', { cause })
      }
    },
    logout: async () => {
      set({ isSigningOut: true, logoutError: undefined })
      closing.abort()
      try {
        await routes.logout()
      } catch (error) {
        const text = error instanceof ApiError ? error.message : 'The server was not told.'
        return set({ user: undefined, state: 'signed-out', isSigningOut: false, logoutError: text })
      }
      set({ user: undefined, state: 'signed-out', isSigningOut: false })
      tabs.post({ kind: 'signed-out' })
      ports.leaveFor('/login')
    },
    readAgain,
    begin: () => {
      closing = new AbortController()
      const { signal } = closing
      const callOff = [
        ports.watchAnswers({
          onSuccess: renewal.noteSuccess,
          onUnauthorized: () => {
            if (!get().isSigningOut) end()
          },
          onForbidden: () => {
            if (!isOver() && clock.now() - readAt > BETWEEN_READS_MS) void readAgain()
          },
        }),
        tabs.onMessage((message) => {
          if (message.kind === 'refreshed') renewal.noteRenewal(message.at)
          else if (message.kind === 'ended') end({ isFromOtherTab: true })
          else if (!isOver()) {
            set({ user: undefined, state: 'signed-out' })
            ports.leaveFor('/login')
          }
        }),
        ports.page.onShown(renewal.wake),
        ports.page.onOnline(renewal.wake),
      ]
      if (get().state === 'unreachable') void readUntilKnown(signal)
      return () => {
        closing.abort()
        for (const stop of callOff) stop()
      }
    },
  }
}
