import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Engine, EngineCall, WholeAnswer } from '../engine/call-engine.ts'
import { createRefreshSession } from './refresh-session.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const user = { id: 'u', email: 'ada@example.com' }
const answer = (status: number, body: unknown, headers = {}): WholeAnswer => ({ status, body, headers })
const renewed = (at: number) =>
  answer(
    200,
    { access_token: `access-${at}`, user },
    { 'set-cookie': [`auth_token=access-${at}`, `refresh_token=r-${at}`, 'other=1'] },
  )

/** An engine of which only short answers are wanted. */
function engineOf(ask: (call: EngineCall) => Promise<WholeAnswer>) {
  const calls: EngineCall[] = []
  const engine: Engine = {
    ask: (call) => {
      calls.push(call)
      return ask(call)
    },
    call: () => Promise.reject(new Error('not asked for')),
    close: async () => {},
  }
  return { calls, ...createRefreshSession(engine) }
}
const tokens = { refresh: 'r-0', access: 'access-0' }

test('all who ask at once, and half a minute later, share one answer with the engine’s own cookies', async () => {
  const { renew, calls } = engineOf(async () => renewed(calls.length))
  const [first, second] = await Promise.all([renew(tokens, {}), renew({ refresh: 'r-0', access: undefined }, {})])
  expect(first).toBe(second)
  expect(first).toMatchObject({
    kind: 'renewed',
    access: 'access-1',
    cookies: ['auth_token=access-1', 'refresh_token=r-1'],
  })
  await vi.advanceTimersByTimeAsync(29_000)
  expect(await renew(tokens, {})).toBe(first)
  await vi.advanceTimersByTimeAsync(2000)
  expect(await renew(tokens, {})).toMatchObject({ access: 'access-2' })
  expect(calls).toHaveLength(2)
})

test('each refresh token has a request of its own, and it alone travels as a cookie', async () => {
  const { renew, calls } = engineOf(async () => renewed(calls.length))
  await Promise.all([renew(tokens, { 'x-request-id': 'a' }), renew({ refresh: 'other', access: undefined }, {})])
  expect(calls.map(({ headers }) => headers)).toEqual([
    { 'x-request-id': 'a', cookie: 'refresh_token=r-0' },
    { cookie: 'refresh_token=other' },
  ])
})

test('an engine that cannot say is asked again by the next one', async () => {
  const answers = [answer(503, {}), renewed(1)]
  const { renew } = engineOf(async () => answers.shift() ?? renewed(2))
  await expect(renew(tokens, {})).rejects.toMatchObject({ answer: { status: 503 } })
  expect(await renew(tokens, {})).toMatchObject({ kind: 'renewed', access: 'access-1' })
})

test('a lost race keeps the session while the access token counts, and is asked anew', async () => {
  const me = { status: 200 }
  const { renew, calls } = engineOf(async ({ path }) =>
    path === '/auth/me' ? answer(me.status, user) : answer(401, {}),
  )
  expect(await renew(tokens, {})).toEqual({ kind: 'kept', user })
  expect(calls.at(-1)?.headers).toEqual({ authorization: 'Bearer access-0' })
  me.status = 401
  expect(await renew(tokens, {})).toEqual({ kind: 'ended' })
  expect(await renew({ refresh: 'r-0', access: undefined }, {})).toEqual({ kind: 'ended' })
})

test('who signs out meanwhile gets no new session', async () => {
  const { renew, forget } = engineOf(
    ({ signal }) => new Promise((_, failed) => signal?.addEventListener('abort', () => failed(new Error('aborted')))),
  )
  const pending = renew(tokens, {})
  forget('r-0')
  expect(await pending).toEqual({ kind: 'ended' })
})

test('an answer without tokens is a fault of the engine', async () => {
  const { renew } = engineOf(async () => answer(200, {}))
  await expect(renew(tokens, {})).rejects.toMatchObject({ kind: 'unreachable' })
})
