import { realClock } from '@fairlead/client/time/clock'
import { ApiError } from '@fairlead/contract/client/api-error'
import { createApi } from '@fairlead/contract/client/create-api'
import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { AnswerListener } from '../../api.ts'
import { createSession, LoginAfterRegisterError, type SessionPorts } from './session.ts'
import type { SessionMessage } from './session-renewal.ts'
import type { SessionRoutes } from './session-routes.ts'

const ada: UserRead = {
  id: 'U',
  email: 'ada@example.com',
  is_active: true,
  is_superuser: false,
  is_verified: true,
  full_name: 'Ada',
  role: 'member',
  created_at: '2026-01-01T00:00:00Z',
  grants: [],
  view_only: false,
}
const MINUTE = 60_000

/** The tabs of one browser before one server. */
function aBrowser() {
  let now = 1_000_000
  const me = { status: 200, body: ada as unknown }
  const routes: { [Name in keyof SessionRoutes]: SessionRoutes[Name] & ReturnType<typeof vi.fn> } = {
    login: vi.fn(async () => ({ user: ada })),
    refresh: vi.fn(async () => ({ user: ada })),
    logout: vi.fn(async () => {}),
  }
  const hearing = new Set<(from: object, message: SessionMessage) => void>()
  let turn: Promise<unknown> = Promise.resolve()
  const requests: string[] = []

  const openTab = (user: UserRead | undefined, here = '/chat/C') => {
    const answers = new Set<AnswerListener>()
    const shown = new Set<() => void>()
    const own = {}
    const left: string[] = []
    const answered = (status: number) => {
      for (const listener of answers) {
        if (status < 300) listener.onSuccess?.(now)
        if (status === 401) listener.onUnauthorized?.()
        if (status === 403) listener.onForbidden?.()
      }
    }
    const send = async (url: string | URL | Request) => {
      requests.push(String(url))
      if (me.status === 0) throw new TypeError('no network')
      answered(me.status)
      return Response.json(me.body, { status: me.status })
    }
    const ports: SessionPorts = {
      api: createApi({ base: '/api/v1', fetch: send as typeof fetch }),
      routes,
      clock: { now: () => now, after: (ms, run) => realClock.after(ms / 100, run) },
      page: {
        isHidden: () => false,
        onHidden: () => () => {},
        onShown: (listener) => {
          shown.add(listener)
          return () => void shown.delete(listener)
        },
        onOnline: () => () => {},
      },
      locks: {
        request: (_, __, hold) => {
          const mine = turn.then(hold)
          turn = mine.catch(() => {})
          return mine
        },
      },
      tabs: {
        post: (message) => {
          for (const hear of hearing) hear(own, message)
        },
        onMessage: (listener) => {
          const hear = (from: object, message: SessionMessage) => from !== own && listener(message)
          hearing.add(hear)
          return () => void hearing.delete(hear)
        },
      },
      watchAnswers: (listener) => {
        answers.add(listener)
        return () => void answers.delete(listener)
      },
      here: () => here,
      leaveFor: (path) => left.push(path),
    }
    const session = createSession(ports, user)
    onTestFinished(session.begin())
    const show = () => {
      for (const listener of shown) listener()
    }
    return { session, left, answered, show, state: () => session.store.getState() }
  }
  return {
    openTab,
    routes,
    requests,
    me,
    pass: (ms: number) => {
      now += ms
    },
  }
}

describe('the end of a session', () => {
  it('is one for all tabs: each leaves, and comes back to where it was', () => {
    const { openTab } = aBrowser()
    const [one, other] = [openTab(ada, '/chat/C?x=1'), openTab(ada, '/')]
    one.answered(401)
    one.answered(401)
    expect(one.left).toEqual(['/login?next=%2Fchat%2FC%3Fx%3D1'])
    expect(other.left).toEqual(['/login'])
    expect(other.state().state).toBe('ended')
  })

  it('by logging out leaves in every tab', async () => {
    const { openTab, routes } = aBrowser()
    const [one, other] = [openTab(ada), openTab(ada)]
    await one.session.logout()
    expect(routes.logout).toHaveBeenCalledOnce()
    expect([one.left, other.left]).toEqual([['/login'], ['/login']])
    expect(other.state()).toMatchObject({ user: undefined, state: 'signed-out' })
  })

  it('that the server was not told of is said, and told again', async () => {
    const { openTab, routes } = aBrowser()
    const [one, other] = [openTab(ada), openTab(ada)]
    routes.logout.mockRejectedValueOnce(new ApiError(0, undefined))
    await one.session.logout()
    expect(one.state()).toMatchObject({ user: undefined, state: 'signed-out', logoutError: expect.any(String) })
    expect([one.left, other.left]).toEqual([[], []])
    await one.session.logout()
    expect([one.left, other.left]).toEqual([['/login'], ['/login']])
  })
})

describe('who is signed in', () => {
  it('is asked until the engine can say it, and nobody is signed out meanwhile', async () => {
    const { openTab, me, requests } = aBrowser()
    me.status = 0
    const tab = openTab(undefined)
    expect(tab.state().state).toBe('unreachable')
    await expect.poll(() => requests.length).toBeGreaterThan(2)
    expect([tab.left, tab.state().state]).toEqual([[], 'unreachable'])
    me.status = 200
    await expect.poll(() => tab.state()).toMatchObject({ state: 'signed-in', user: { id: 'U' } })
  })

  it('is read again when something is refused, for what they may do has changed perhaps', async () => {
    const { openTab, me, pass, requests } = aBrowser()
    const tab = openTab(ada)
    me.body = { ...ada, view_only: true }
    pass(MINUTE)
    tab.answered(403)
    tab.answered(403)
    await expect.poll(() => tab.state().user?.view_only).toBe(true)
    expect(requests).toHaveLength(1)
  })
})

describe('a page that slept', () => {
  it('renews the session once a browser, however many tabs wake', async () => {
    const { openTab, routes, pass } = aBrowser()
    const tabs = [openTab(ada), openTab(ada), openTab(ada)]
    pass(12 * MINUTE)
    for (const tab of tabs) tab.show()
    expect(routes.refresh).not.toHaveBeenCalled()
    pass(2 * MINUTE)
    for (const tab of tabs) tab.show()
    await expect.poll(() => routes.refresh.mock.calls.length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 30))
    for (const tab of tabs) tab.show()
    expect(routes.refresh).toHaveBeenCalledOnce()
  })

  it('leaves when the session cannot be renewed, and stays when the engine is only away', async () => {
    const { openTab, routes, pass } = aBrowser()
    const tab = openTab(ada)
    routes.refresh.mockRejectedValueOnce(new ApiError(502, { detail: 'away' }))
    pass(20 * MINUTE)
    tab.show()
    await expect.poll(() => routes.refresh.mock.calls.length).toBe(1)
    expect(tab.left).toEqual([])
    routes.refresh.mockRejectedValueOnce(new ApiError(401, { detail: 'Unauthorized', code: 'session_expired' }))
    tab.show()
    await expect.poll(() => tab.left).toEqual(['/login?next=%2Fchat%2FC'])
  })
})

it('an account that was made, but not signed in to, is told apart from one that was not made', async () => {
  const { openTab, routes, me } = aBrowser()
  const tab = openTab(ada)
  const account = { full_name: 'Ada', email: 'ada@example.com', password: 'correct horse' }
  routes.login.mockRejectedValueOnce(new ApiError(502, { detail: 'away' }))
  await expect(tab.session.register(account)).rejects.toBeInstanceOf(LoginAfterRegisterError)
  me.status = 409
  me.body = { detail: 'Registration is closed' }
  await expect(tab.session.register(account)).rejects.toMatchObject({ status: 409 })
  expect(routes.login).toHaveBeenCalledOnce()
})
