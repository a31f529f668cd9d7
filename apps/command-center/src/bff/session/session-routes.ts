import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { z } from 'zod'
import type { Engine, EngineCall, WholeAnswer } from '../engine/call-engine.ts'
import { callerHeaders } from '../engine/engine-headers.ts'
import { EngineRefusal, refusalOf } from '../engine/engine-refusal.ts'
import { readJson } from '../engine/read-body.ts'
import { requireForm } from '../engine/strict-input.ts'
import type { BrowserRequest } from '../guard/browser-request.ts'
import { requireSameOrigin } from '../guard/same-origin.ts'
import { sessionExpired, setCookies } from '../refusal.ts'
import { clearedCookies, cookieLine, cookieNamed, sessionCookies } from './cookies.ts'
import type { RefreshSession } from './refresh-session.ts'
import { tokenSecondsLeft } from './token-seconds.ts'

type Ports = { engine: Engine; refreshSession: RefreshSession }
type Route = (incoming: Request, request: BrowserRequest) => Promise<Response>

const credentials = z.strictObject({ email: z.string().max(255), password: z.string().max(1024) })
const nothing = z.strictObject({})
const DEFAULT_ACCESS_SECONDS = 15 * 60
const WEEK_SECONDS = 7 * 86_400

/**
 * A refresh token that the engine still accepts, because a sign-out did not reach it. It serves only to try that again:
 * the session itself is gone from the browser.
 */
const unrevoked = { name: 'signed_out_token', path: '/api/auth/logout' }

/**
 * Marks a device from which somebody has signed in. It lets nobody in; but guesses from the same address do not keep
 * its owner out. It outlives the session, and goes nowhere else.
 */
const knownDevice = { name: 'known_device', path: '/api/auth/login' }
const HALF_YEAR_SECONDS = 180 * 86_400

/** The only routes that set or clear cookies on purpose. What they answer holds no token. */
export function sessionRoutes(ports: Ports): { login: Route; refresh: Route; logout: Route } {
  return {
    login: (incoming, request) => login(incoming, request, ports),
    refresh: (incoming, request) => refresh(incoming, request, ports),
    logout: (incoming, request) => logout(incoming, request, ports),
  }
}

async function login(incoming: Request, request: BrowserRequest, { engine }: Ports): Promise<Response> {
  requireSameOrigin(request)
  const body = await readJson(incoming, request)
  requireForm(credentials, body)
  const { email, password } = body as z.infer<typeof credentials>
  const headers = callerHeaders(request)
  const isSecure = request.scheme === 'https'
  const mark = cookieNamed(request.headers.cookie, knownDevice.name)
  const device: Record<string, string> = mark === undefined ? {} : { cookie: `${knownDevice.name}=${mark}` }
  const signedIn = await ask(engine, {
    method: 'POST',
    path: '/auth/jwt/login',
    headers: { ...headers, ...device, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ username: email, password }).toString(),
  })
  const access = textOf(signedIn, 'access_token')
  const { device_token: deviceToken } = (signedIn.body ?? {}) as { device_token?: string }
  const own = { ...headers, authorization: `Bearer ${access}` }
  try {
    const issued = await ask(engine, { method: 'POST', path: '/auth/refresh/issue', headers: own })
    const user = (await ask(engine, { method: 'GET', path: '/auth/me', headers: own })).body as UserRead
    const { expires_in: seconds } = issued.body as { expires_in?: unknown }
    const left = tokenSecondsLeft(access, Date.now()) ?? DEFAULT_ACCESS_SECONDS
    return answerJson(request, { user }, [
      cookieLine({ name: 'auth_token', value: access, maxAgeSeconds: left, isSecure }),
      cookieLine({
        name: 'refresh_token',
        value: textOf(issued, 'refresh_token'),
        maxAgeSeconds: typeof seconds === 'number' ? seconds : WEEK_SECONDS,
        isSecure,
      }),
      // Another server of this wire may give none.
      ...(deviceToken === undefined
        ? []
        : [cookieLine({ ...knownDevice, value: deviceToken, maxAgeSeconds: HALF_YEAR_SECONDS, isSecure })]),
    ])
  } catch (error) {
    // Nobody holds this session: it ends with the try.
    await engine.ask({ method: 'POST', path: '/auth/jwt/logout', headers: own }).catch(() => {})
    throw refusalOf(error)?.withCookies(clearedCookies(isSecure)) ?? error
  }
}

async function refresh(incoming: Request, request: BrowserRequest, { refreshSession }: Ports): Promise<Response> {
  requireSameOrigin(request)
  requireForm(nothing, await readJson(incoming, request))
  const { access, refresh: token } = sessionCookies(request.headers.cookie)
  const isSecure = request.scheme === 'https'
  if (token === undefined) throw sessionExpired(access === undefined ? [] : clearedCookies(isSecure))
  const renewal = await refreshSession.renew({ refresh: token, access }, callerHeaders(request))
  if (renewal.kind === 'ended') throw sessionExpired(clearedCookies(isSecure))
  return answerJson(request, { user: renewal.user }, renewal.kind === 'renewed' ? renewal.cookies : [])
}

async function logout(
  incoming: Request,
  request: BrowserRequest,
  { engine, refreshSession }: Ports,
): Promise<Response> {
  requireSameOrigin(request)
  requireForm(nothing, await readJson(incoming, request))
  const { access, refresh: token } = sessionCookies(request.headers.cookie)
  const isSecure = request.scheme === 'https'
  // One of an earlier try that the engine did not hear of, too.
  const tokens = [token, cookieNamed(request.headers.cookie, unrevoked.name)].filter((it) => it !== undefined)
  if (token !== undefined) refreshSession.forget(token)
  const headers = callerHeaders(request)
  try {
    for (const value of tokens) {
      await ask(engine, {
        method: 'POST',
        path: '/auth/logout',
        headers: { ...headers, cookie: `refresh_token=${value}` },
      })
    }
    if (token === undefined && access !== undefined)
      await endAccess(engine, { ...headers, authorization: `Bearer ${access}` })
  } catch (error) {
    const [value] = tokens
    const kept = value === undefined ? [] : [cookieLine({ ...unrevoked, value, maxAgeSeconds: WEEK_SECONDS, isSecure })]
    throw refusalOf(error)?.withCookies([...clearedCookies(isSecure), ...kept]) ?? error
  }
  const forgotten = cookieLine({ ...unrevoked, value: '', maxAgeSeconds: 0, isSecure })
  return answerJson(request, { success: true }, [...clearedCookies(isSecure), forgotten])
}

async function ask(engine: Engine, call: EngineCall): Promise<WholeAnswer> {
  const answer = await engine.ask(call)
  if (answer.status < 200 || answer.status > 299) throw new EngineRefusal(answer)
  return answer
}

async function endAccess(engine: Engine, headers: Record<string, string>): Promise<void> {
  const answer = await engine.ask({ method: 'POST', path: '/auth/jwt/logout', headers })
  // One that no longer counts has nothing left to end.
  if (answer.status > 299 && answer.status !== 401) throw new EngineRefusal(answer)
}

function answerJson({ id }: BrowserRequest, body: object, cookies: readonly string[]): Response {
  const headers = new Headers([
    ['content-type', 'application/json; charset=utf-8'],
    ['cache-control', 'no-store'],
    ['x-request-id', id],
    ...setCookies(cookies),
  ])
  return new Response(JSON.stringify(body), { headers })
}

function textOf(answer: WholeAnswer, name: string): string {
  const value = ((answer.body ?? {}) as Record<string, unknown>)[name]
  if (typeof value !== 'string') throw new EngineRefusal({ ...answer, status: 502 })
  return value
}
