'use client'

import { realClock } from '@fairlead/client/time/clock'
import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { type Action, may } from '@fairlead/contract/may'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { api, ownFetch, watchAnswers } from '../../api.ts'
import { browserPage } from '../../browser/browser-page.ts'
import { tabChannel } from '../../browser/tab-channel.ts'
import { toast } from '../../ui/toast/toast.ts'
import { createSession, type Session, type SessionPorts, type SessionState } from './session.ts'
import type { SessionLocks } from './session-renewal.ts'
import { createSessionRoutes } from './session-routes.ts'

const Context = createContext<Session | undefined>(undefined)

type SessionProviderProps = {
  /** As the page came with it; undefined while the engine could not say who it is. */
  user: UserRead | undefined
  children: ReactNode
}

/** Holds who is signed in, and leaves the page when the session is over, whichever tab hears of it. */
export function SessionProvider({ user, children }: SessionProviderProps) {
  const [session] = useState(() => createSession(sessionPorts(), user))
  useEffect(() => session.begin(), [session])
  useEffect(
    () =>
      session.store.subscribe(({ logoutError }, before) => {
        if (logoutError !== undefined && logoutError !== before.logoutError) tellOfLogout(session, logoutError)
      }),
    [session],
  )
  return <Context value={session}>{children}</Context>
}

function tellOfLogout(session: Session, why: string): void {
  toast({
    tone: 'error',
    text: `You are signed out here, but the server was not told: ${why}. The session may still be valid there.`,
    action: { label: 'Log out again', onSelect: () => void session.logout() },
    isSticky: true,
  })
}

function sessionPorts(): SessionPorts {
  return {
    api,
    routes: createSessionRoutes(ownFetch),
    clock: realClock,
    page: browserPage,
    get locks() {
      // Absent without a secure context: then each tab renews for itself.
      return typeof navigator === 'object' ? (navigator.locks as SessionLocks | undefined) : undefined
    },
    tabs: tabChannel('session'),
    watchAnswers,
    here: () => `${location.pathname}${location.search}`,
    leaveFor: (path) => location.assign(path),
  }
}

/** Part of the session; draws again only when that part is another one. */
export function useSession<Part>(select: (state: SessionState) => Part): Part {
  return useStore(useProvided(), select)
}

export function useUser(): UserRead | undefined {
  return useSession(({ user }) => user)
}

/** What is shown at all; the engine decides on each single call. */
export function useMay(action: Action): boolean {
  return useSession(({ user }) => user !== undefined && may(user, action))
}

export type SessionActions = Pick<Session, 'login' | 'register' | 'logout' | 'readAgain'>

/** Where nobody is signed in there is no session yet: login and register work there too. */
export function useSessionActions(): SessionActions {
  const session = useContext(Context)
  const [alone] = useState(() => (session === undefined ? createSession(sessionPorts(), undefined) : undefined))
  return session ?? (alone as Session)
}

function useProvided(): Session['store'] {
  const session = useContext(Context)
  if (session === undefined) throw new Error('The session is used outside of its provider')
  return session.store
}
