import type { Clock } from '@fairlead/client/time/clock'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { UserRead } from '@fairlead/contract/endpoints/auth'
import type { Tabs } from '../../browser/tab-channel.ts'
import { oneAtATime } from '../../one-at-a-time.ts'
import type { SessionRoutes } from './session-routes.ts'

export type SessionMessage = { kind: 'ended' } | { kind: 'signed-out' } | { kind: 'refreshed'; at: number }

export type SessionLocks = {
  request(name: string, options: { signal: AbortSignal }, hold: () => Promise<void>): Promise<void>
}

type RenewalPorts = {
  routes: SessionRoutes
  clock: Clock
  locks: SessionLocks | undefined
  tabs: Tabs<SessionMessage>
}

type RenewalOptions = {
  signal(): AbortSignal
  isOver(): boolean
  onUser(user: UserRead): void
  onEnded(): void
}

/** Access tokens last 15 min: a page that slept for longer renews first. */
const SLEPT_MS = 13 * 60_000

/** Renews the session of a page that slept for too long: one renewal a browser, whichever tab makes it. */
export function createRenewal({ routes, clock, locks, tabs }: RenewalPorts, options: RenewalOptions) {
  let lastSuccess = clock.now()
  const renewOnce = async () => {
    if (clock.now() - lastSuccess < SLEPT_MS) return
    try {
      const { user } = await routes.refresh(options.signal())
      lastSuccess = clock.now()
      tabs.post({ kind: 'refreshed', at: lastSuccess })
      if (user !== undefined && !options.isOver()) options.onUser(user)
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) options.onEnded()
    }
  }
  const renew = oneAtATime(async () => {
    if (locks === undefined) return await renewOnce()
    await locks.request('session-refresh', { signal: options.signal() }, renewOnce).catch(() => {}) // called off with the page
  })
  return {
    /** The engine has answered at that time: the session lives. */
    noteSuccess: (at: number): void => {
      lastSuccess = at
    },
    /** Another tab has renewed it. */
    noteRenewal: (at: number): void => {
      lastSuccess = Math.max(lastSuccess, at)
    },
    wake: (): void => {
      if (!options.isOver() && clock.now() - lastSuccess >= SLEPT_MS) void renew()
    },
  }
}
