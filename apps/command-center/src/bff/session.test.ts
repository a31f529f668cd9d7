import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { cookieHeader, ownHeaders, type PageProcess, startLimitMs, startPageProcess } from './bff-process.fixture.ts'
import { type RecordingEngine, sendJson, startRecordingEngine, user } from './recording-engine.fixture.ts'

let engine: RecordingEngine
let page: PageProcess
beforeAll(async () => {
  engine = await startRecordingEngine()
  page = await startPageProcess({ API_URL: engine.url })
}, startLimitMs)
afterAll(async () => {
  await page.stop()
  await engine.close()
})
beforeEach(() => void engine.requests.splice(0))

type Tokens = { access?: string; refresh?: string }
const get = (path: string, tokens: Tokens) =>
  fetch(`${page.url}${path}`, { headers: cookieHeader(tokens), redirect: 'manual' })
const post = (path: string, tokens: Tokens, body: unknown = {}) =>
  fetch(`${page.url}${path}`, {
    method: 'POST',
    headers: { ...cookieHeader(tokens), ...ownHeaders(page.url), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const cookiesOf = (answer: Response) =>
  Object.fromEntries(
    answer.headers.getSetCookie().map((line) => [line.split('=')[0], line.split('=')[1]?.split(';')[0]]),
  )

test('signing in sets both cookies and answers with the user alone', async () => {
  const answer = await post('/api/auth/login', {}, { email: 'ada@example.com', password: 'right' })
  const text = await answer.text()
  expect([answer.status, JSON.parse(text)]).toEqual([200, { user }])
  const { auth_token: access, refresh_token: refresh } = cookiesOf(answer)
  for (const token of [access, refresh]) expect(text).not.toContain(token)
  for (const line of answer.headers.getSetCookie()) expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const [login] = engine.requestsTo('/auth/jwt/login')
  expect(Object.fromEntries(new URLSearchParams(login?.body))).toEqual({
    username: 'ada@example.com',
    password: 'right',
  })
  expect(engine.requestsTo('/auth/me')[0]?.headers.authorization).toBe(`Bearer ${access}`)
  expect((await get('/api/v1/auth/me', { access, refresh })).status).toBe(200)
})

test('a device from which somebody has signed in keeps a mark of it, and shows it at the next sign-in alone', async () => {
  const own = await startRecordingEngine()
  own.reply('/auth/jwt/login', (_, response) =>
    sendJson(response, 200, { access_token: own.issue().access, token_type: 'bearer', device_token: 'mark.of.device' }),
  )
  const other = await startPageProcess({ API_URL: own.url })
  const sign = (path: string, body: object, cookie = '') =>
    fetch(`${other.url}${path}`, {
      method: 'POST',
      headers: { ...ownHeaders(other.url), 'content-type': 'application/json', cookie },
      body: JSON.stringify(body),
    })
  try {
    const credentials = { email: 'ada@example.com', password: 'right' }
    const first = await sign('/api/auth/login', credentials)
    expect(await first.text()).not.toContain('mark.of.device')
    const line = first.headers.getSetCookie().find((each) => each.startsWith('known_device='))
    expect(line).toBe('known_device=mark.of.device; Max-Age=15552000; Path=/api/auth/login; HttpOnly; SameSite=Lax')
    expect(own.requestsTo('/auth/jwt/login')[0]?.headers.cookie).toBeUndefined()
    await sign('/api/auth/login', credentials, 'known_device=mark.of.device; other=1')
    expect(own.requestsTo('/auth/jwt/login')[1]?.headers.cookie).toBe('known_device=mark.of.device')
    const out = await sign('/api/auth/logout', {}, cookieHeader(own.issue()).cookie)
    expect(Object.keys(cookiesOf(out))).not.toContain('known_device')
  } finally {
    await other.stop()
    await own.close()
  }
})

test('wrong credentials are the engine’s answer, and set nothing', async () => {
  const answer = await post('/api/auth/login', {}, { email: 'ada@example.com', password: 'wrong' })
  expect([answer.status, await answer.json()]).toMatchObject([400, { detail: 'LOGIN_BAD_CREDENTIALS' }])
  expect(answer.headers.getSetCookie()).toEqual([])
})

test('a sign-in whose later step fails leaves no session, here or there', async () => {
  const old = await startRecordingEngine()
  old.reply('/auth/refresh/issue', (_, response) => sendJson(response, 500, { detail: 'stack trace of ours' }))
  const other = await startPageProcess({ API_URL: old.url })
  try {
    const answer = await fetch(`${other.url}/api/auth/login`, {
      method: 'POST',
      headers: { ...ownHeaders(other.url), 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'right' }),
    })
    const text = await answer.text()
    expect(answer.status).toBe(500)
    expect(text).not.toContain('stack trace')
    expect(cookiesOf(answer)).toEqual({ auth_token: '', refresh_token: '' })
    expect(old.requestsTo('/auth/jwt/logout')).toHaveLength(1)
  } finally {
    await other.stop()
    await old.close()
  }
})

test('twenty calls with an expired token: all are answered, and the engine sees one refresh', async () => {
  const tokens = { access: engine.issue(-10).access, refresh: engine.issue().refresh }
  const answers = await Promise.all(Array.from({ length: 20 }, () => get('/api/v1/auth/me', tokens)))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect(engine.requestsTo('/auth/refresh')).toHaveLength(1)
  expect(new Set(answers.map((answer) => JSON.stringify(cookiesOf(answer)))).size).toBe(1)
  expect(Object.keys(cookiesOf(answers[0] as Response))).toEqual(['auth_token', 'refresh_token'])
  // The guard is another part of the framework, and shares it.
  const [late, shown] = await Promise.all([get('/api/v1/auth/me', tokens), get('/', tokens)])
  expect([late.status, shown.status, engine.requestsTo('/auth/refresh').length]).toEqual([200, 200, 1])
  expect(cookiesOf(shown)).toEqual(cookiesOf(late))
})

test('a token that is gone, or about to expire, is renewed before the call', async () => {
  for (const access of [undefined, engine.issue(30).access]) {
    const { refresh } = engine.issue()
    const answer = await get('/api/v1/auth/me', { access, refresh })
    expect([answer.status, Object.keys(cookiesOf(answer))]).toEqual([200, ['auth_token', 'refresh_token']])
  }
  const fresh = engine.issue(120)
  expect((await get('/api/v1/auth/me', fresh)).headers.getSetCookie()).toEqual([])
})

test('a token that the engine takes no longer is renewed once, and the call repeated with its body', async () => {
  const tokens = engine.issue()
  engine.revoke(tokens.access)
  const answer = await post('/api/v1/conversations', tokens, { conversation_id: 'abc' })
  expect([answer.status, await answer.json()]).toEqual([200, { path: '/conversations' }])
  expect(engine.requestsTo('/conversations').map(({ body }) => body)).toEqual(
    Array(2).fill('{"conversation_id":"abc"}'),
  )
  expect(engine.requestsTo('/auth/refresh')).toHaveLength(1)
})

test('a second 401 ends the session', async () => {
  const tokens = engine.issue()
  engine.reply('/agent/context', (_, response) => sendJson(response, 401, { detail: 'Unauthorized' }))
  const answer = await get('/api/v1/agent/context', tokens)
  expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'session_expired' }])
  expect(cookiesOf(answer)).toEqual({ auth_token: '', refresh_token: '' })
  expect(engine.requestsTo('/agent/context')).toHaveLength(2)
})

test('a refresh that lost a race ends nothing while the access token counts', async () => {
  const { access } = engine.issue(30)
  const answer = await get('/api/v1/auth/me', { access, refresh: 'used-by-somebody-else' })
  expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []])
})

test('a session that the engine knows no more is over, and the cookies go', async () => {
  const answer = await get('/api/v1/auth/me', { access: engine.issue(-10).access, refresh: 'unknown' })
  expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'session_expired' }])
  expect(cookiesOf(answer)).toEqual({ auth_token: '', refresh_token: '' })
})

test('without cookies nothing is asked', async () => {
  const answer = await get('/api/v1/auth/me', {})
  expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'not_signed_in' }])
  expect(engine.requests).toEqual([])
  const expired = await get('/api/v1/auth/me', { access: engine.issue(-10).access })
  expect([expired.status, engine.requests]).toEqual([401, []])
})

test('a public endpoint gets no credential', async () => {
  expect((await get('/api/v1/auth/is_admin_user', engine.issue())).status).toBe(200)
  expect(engine.requests.at(-1)?.headers).not.toHaveProperty('authorization')
})

test('the refresh route answers with the user alone', async () => {
  const tokens = engine.issue()
  const answer = await post('/api/auth/refresh', tokens)
  const text = await answer.text()
  expect([answer.status, JSON.parse(text)]).toEqual([200, { user }])
  for (const token of Object.values(cookiesOf(answer))) expect(text).not.toContain(token)
  expect((await post('/api/auth/refresh', {})).status).toBe(401)
})

test('signing out revokes the session and clears the cookies', async () => {
  const tokens = engine.issue()
  const answer = await post('/api/auth/logout', tokens)
  expect([answer.status, await answer.json()]).toEqual([200, { success: true }])
  expect(cookiesOf(answer)).toMatchObject({ auth_token: '', refresh_token: '' })
  expect(engine.requestsTo('/auth/logout')[0]?.headers.cookie).toBe(`refresh_token=${tokens.refresh}`)
})

test('a sign-out that the engine did not hear of clears the browser, and can be tried again', async () => {
  const tokens = engine.issue()
  engine.reply('/auth/logout', (_, response) => sendJson(response, 503, { detail: 'Not ready' }))
  const failed = await post('/api/auth/logout', tokens)
  expect(failed.status).toBe(503)
  const { signed_out_token: kept, ...cleared } = cookiesOf(failed)
  expect([cleared, kept]).toEqual([{ auth_token: '', refresh_token: '' }, tokens.refresh])
  expect(failed.headers.getSetCookie().at(-1)).toMatch(/; Path=\/api\/auth\/logout; HttpOnly; SameSite=Lax$/)

  engine.reply('/auth/logout', (_, response) => sendJson(response, 200, { success: true }))
  const again = await fetch(`${page.url}/api/auth/logout`, {
    method: 'POST',
    headers: { ...ownHeaders(page.url), cookie: `signed_out_token=${kept}` },
  })
  expect(again.status).toBe(200)
  expect(engine.requestsTo('/auth/logout').at(-1)?.headers.cookie).toBe(`refresh_token=${tokens.refresh}`)
  expect(cookiesOf(again)).toMatchObject({ signed_out_token: '' })
})

test('cookies are for TLS alone where people come by TLS', async () => {
  const other = await startPageProcess({
    API_URL: engine.url,
    PUBLIC_URL: 'https://ops.example.com',
    TRUSTED_PROXIES: '127.0.0.1',
  })
  try {
    const sign = (headers: Record<string, string>) =>
      fetch(`${other.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-fairlead-csrf': '1', ...headers },
        body: JSON.stringify({ email: 'ada@example.com', password: 'right' }),
      })
    const behind = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'ops.example.com',
      origin: 'https://ops.example.com',
    }
    for (const line of (await sign(behind)).headers.getSetCookie()) expect(line).toMatch(/; Secure$/)
    expect(engine.requestsTo('/auth/jwt/login').at(-1)?.headers).toMatchObject({
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'ops.example.com',
    })
    const forwarded = await sign({ origin: other.url })
    expect([forwarded.status, forwarded.headers.getSetCookie().some((line) => line.includes('Secure'))]).toEqual([
      200,
      false,
    ])
  } finally {
    await other.stop()
  }
})
