import { setTimeout as sleep } from 'node:timers/promises'
import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { endpoints } from '@fairlead/contract/endpoints/endpoints'
import { newChance } from '@fairlead/e2e/chance'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Account, newAccount } from './account.fixture.ts'
import { type Cookies, cookieHeader, cookiesSet, ownHeaders, signInAt } from './cookies.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { type RawRequest, sendRaw } from './raw-request.fixture.ts'
import { toolCall } from './scenes.fixture.ts'
import { streamEvents } from './stream-events.fixture.ts'

const chance = newChance()
const uuid = '6f1c2d3e-4a5b-4c6d-8e7f-901a2b3c4d5e'
const isFull = process.env.FAIRLEAD_FULL === '1'
/** How long a stream has nothing to say but that it is there. */
const IDLE_MS = isFull ? 30 * 60_000 : 28_000
let all: Installation
let account: Account
/** A stream that is open all the while, with little in it. */
let idle: Promise<string[]>
let cookies: Cookies
/** What a browser of the person sends with everything. */
let browser: Record<string, string>

beforeAll(async () => {
  all = await startInstallation({ tools: 'scripted' })
  account = await newAccount(all)
  cookies = await signInAt(all.url, account)
  browser = { ...cookieHeader(cookies), ...ownHeaders(all.url) }
  idle = openIdleStream()
  idle.catch(() => {}) // it is awaited by the last test
  while (!all.toEngine.requests.some(({ path }) => path === '/api/v1/agent/chat')) await sleep(20)
}, 400_000)
afterAll(() => all?.close(), 60_000)

/** Names of the events of a run whose only call takes its time. Resolves when the stream ends, rejects when it breaks. */
async function openIdleStream(): Promise<string[]> {
  const message = chance.name('wait')
  all.tools?.use(async (call, own) => {
    for (let left = IDLE_MS; left > 0; left -= 60_000) {
      await sleep(Math.min(left, 60_000))
      await call.progress('status', `${left} ms to go`)
    }
    return own()
  })
  all.scenes.play(message, [{ toolCalls: [toolCall('k8s_logs', { pod_name: 'web', namespace: 'shop' })] }])
  const { body: made } = await account.request<{ id: string }>('POST', '/conversations', {})
  const answer = await fetch(`${all.url}/api/v1/agent/chat`, {
    method: 'POST',
    headers: { ...browser, 'content-type': 'application/json' },
    body: JSON.stringify({ conversation_id: made.id, messages: [{ role: 'user', content: message }] }),
  })
  const names: string[] = []
  for await (const { event } of streamEvents(answer)) names.push(event)
  return names
}

/** The endpoints that a browser may call, with something for each parameter. */
const known = Object.values<EndpointShape>(endpoints).filter(({ atRoot }) => !atRoot)
const parameter: Record<string, string> = { id: uuid, call_id: 'call_1', run_id: uuid, sha256: 'a'.repeat(64) }
const filled = (path: string, value?: string) =>
  `/api/v1${path.replace(/:(\w+)/g, (_, name: string) => value ?? parameter[name] ?? uuid)}`
const serverOnly = /^\/auth\/(?:jwt\/|refresh|logout)|^\/auth\/users\/(?!me$)/

const AT_ONCE = 8

/** The statuses of requests that must not get past the page's server. */
async function refused(requests: readonly RawRequest[]): Promise<number[]> {
  const before = all.toEngine.requests.length
  const answers: number[] = []
  for (let at = 0; at < requests.length; at += AT_ONCE) {
    const sent = requests.slice(at, at + AT_ONCE).map(async (request) => {
      const { status, headers } = await sendRaw(all.url, request)
      const cors = [...headers.keys()].filter((name) => name.startsWith('access-control-'))
      expect(cors, JSON.stringify(request).slice(0, 300)).toEqual([])
      return status
    })
    answers.push(...(await Promise.all(sent)))
  }
  expect(all.toEngine.requests.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([])
  return answers
}

const tricks = [
  '..%2fauth%2fme',
  '..%2F..%2Fauth%2Fme',
  '../auth/me',
  '..',
  '.',
  '%2e%2e',
  '%2e',
  '%2e%2e%2fauth%2fme',
  '%252f',
  '%252e%252e%252fauth',
  '..\\auth\\me',
  '%5c..%5cauth',
  '%00',
  'a%00b',
  'a%0d%0ab',
  '%7f',
  '/',
  '//auth/me',
  ';/auth/me',
  '%u002e%u002e',
  '%c0%ae%c0%ae',
  '%ff',
  '%',
  'a b',
  'x'.repeat(10_000),
]

test('a trick in any parameter of any path reaches nobody', { timeout: 60_000 }, async () => {
  const requests = known
    .filter(({ path }) => path.includes(':'))
    .flatMap(({ method, path }) =>
      tricks.map((trick) => ({
        method,
        path: filled(path, trick),
        headers: { ...browser, 'content-type': 'application/json' },
        ...(method === 'GET' ? {} : { body: '{}' }),
      })),
    )
  const statuses = await refused(requests)
  const lines = requests.map(({ method, path }, index) => `${statuses[index]} ${method} ${path.slice(0, 120)}`)
  // 431: more than any server reads of a request.
  expect(lines.filter((line) => !/^(40[04] |431 .*xxx$)/.test(line))).toEqual([])
})

const generated = 2_000
test(`neither do ${generated} paths made at random`, { timeout: 120_000 }, async () => {
  const pieces = [
    '..',
    '.',
    '%2e',
    '%2f',
    '%5c',
    '\\',
    '/',
    '//',
    '%00',
    '%25',
    '%252e',
    ';',
    ':',
    '@',
    'auth',
    'me',
    'v1',
  ]
  const pick = () => pieces[chance.number(0, pieces.length - 1)] ?? ''
  const real = known.map(({ path }) => filled(path))
  const paths = Array.from({ length: generated }, () => {
    const base = real[chance.number(0, real.length - 1)] ?? ''
    const at = chance.number('/api/v1/'.length, base.length)
    const hostile = Array.from({ length: chance.number(1, 4) }, pick).join('')
    // A last piece that no pattern knows, so that none of them is an endpoint by chance.
    return `${base.slice(0, at)}${hostile}${base.slice(at)}/%2e%2e${pick()}`
  })
  const statuses = await refused(paths.map((path) => ({ path, headers: browser })))
  expect(paths.filter((_, index) => ![400, 404].includes(statuses[index] ?? 0))).toEqual([])
})

test('a path that the contract lacks is not found, and a method that it lacks is not allowed', async () => {
  const json = { ...browser, 'content-type': 'application/json' }
  const unknown = ['/api/v1', '/api/v1/', '/api/v1/docs', '/api/v1/openapi.json', `/api/v1/${chance.name('x')}`]
  expect(await refused(unknown.map((path) => ({ path, headers: browser })))).toEqual(unknown.map(() => 404))
  const closed = known.filter(({ path }) => serverOnly.test(path))
  expect(closed.length).toBeGreaterThan(4)
  const closedRequests = closed.map(({ method, path }) => ({ method, path: filled(path), headers: json, body: '{}' }))
  expect(await refused(closedRequests)).toEqual(closed.map(() => 404))
  const open = known.filter(({ path }) => !serverOnly.test(path))
  for (const { path } of open) {
    const methods = open.filter((other) => other.path === path).map(({ method }) => method as string)
    const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter((method) => !methods.includes(method))
    const requests = others.map((method) => ({ method, path: filled(path), headers: json }))
    expect(await refused(requests), `${path} has ${methods}`).toEqual(others.map(() => 405))
  }
})

test('a foreign page, a missing mark and another kind of body change nothing', { timeout: 60_000 }, async () => {
  const { origin } = new URL(all.url)
  const cookie = cookieHeader(cookies)
  const mark = { 'x-fairlead-csrf': '1' }
  const json = { 'content-type': 'application/json' }
  const foreign = (from: string) => ({ ...cookie, ...mark, ...json, origin: from })
  const headers: [name: string, headers: Record<string, string>, status: number][] = [
    ['another origin', foreign('https://evil.example'), 403],
    ['the null origin', foreign('null'), 403],
    ['a subdomain', foreign(origin.replace('127.0.0.1', 'a.127.0.0.1')), 403],
    ['another port', foreign(origin.replace(/\d+$/, '1')), 403],
    ['another scheme', foreign(origin.replace('http', 'https')), 403],
    ['a suffix', foreign(`${origin}.evil.example`), 403],
    ['cross-site', { ...foreign(origin), 'sec-fetch-site': 'cross-site' }, 403],
    ['same-site', { ...foreign(origin), 'sec-fetch-site': 'same-site' }, 403],
    ['none', { ...foreign(origin), 'sec-fetch-site': 'none' }, 403],
    ['neither origin nor site', { ...cookie, ...mark, ...json }, 403],
    ['no mark', { ...cookie, ...json, origin }, 403],
    ['an empty mark', { ...cookie, ...json, origin, 'x-fairlead-csrf': '' }, 403],
    ['another mark', { ...cookie, ...json, origin, 'x-fairlead-csrf': 'true' }, 403],
    ['text', { ...browser, 'content-type': 'text/plain' }, 415],
    ['a form', { ...browser, 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['parts', { ...browser, 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['nearly JSON', { ...browser, 'content-type': 'application/jsonx' }, 415],
  ]
  const writes = known.filter(({ method, path }) => method !== 'GET' && !serverOnly.test(path))
  const session = ['login', 'refresh', 'logout'].map((name) => ({ method: 'POST', path: `/api/auth/${name}` }))
  for (const [name, sent, status] of headers) {
    const targets = writes.map(({ method, path, input }) => ({
      method,
      path: filled(path),
      hasBody: input !== undefined,
    }))
    const with403 = status === 403 ? session.map((target) => ({ ...target, hasBody: true })) : []
    const requests = [...targets, ...with403]
      .filter(({ hasBody }) => hasBody || status === 403)
      .map(({ method, path }) => ({ method, path, headers: sent, body: '{}' }))
    expect(await refused(requests), name).toEqual(requests.map(() => status))
  }
  const reads = known.filter(({ method, path }) => method === 'GET' && !serverOnly.test(path))
  for (const site of ['cross-site', 'same-site']) {
    const requests = reads.map(({ path }) => ({ path: filled(path), headers: { ...cookie, 'sec-fetch-site': site } }))
    expect(await refused(requests), site).toEqual(requests.map(() => 403))
  }
})

test('what an endpoint does not declare is refused by name', async () => {
  const json = { ...browser, 'content-type': 'application/json' }
  const { body: made } = await account.request<{ id: string }>('POST', '/conversations', {})
  const patch = (path: string, body: unknown) =>
    sendRaw(all.url, { method: 'PATCH', path: `/api/v1${path}`, headers: json, body: JSON.stringify(body) })
  for (const field of ['messages_json', 'is_active', 'conversation_metadata', chance.name('x')]) {
    const { status, body } = await patch(`/conversations/${made.id}`, { title: 'x', [field]: [] })
    expect({ field, status }).toEqual({ field, status: 400 })
    expect(body).toContain(field)
  }
  for (const title of ['x'.repeat(256), '', 7, null]) {
    expect([400, 422], String(title)).toContain((await patch(`/conversations/${made.id}`, { title })).status)
  }
  const member = await newAccount(all)
  const own = cookieHeader(await signInAt(all.url, member))
  const raised = { method: 'PATCH', path: '/api/v1/auth/me', headers: { ...json, ...own }, body: '{"role":"admin"}' }
  expect([400, 405]).toContain((await sendRaw(all.url, raised)).status)
  expect((await member.request<{ role: string }>('GET', '/auth/me')).body.role).toBe('member')
  const queries = ['?limit=5&limit=6', '?x=1', '?limit=5&__proto__=1', '?status=pending&cursor=a&cursor=b']
  const statuses = await refused([
    ...queries.map((query) => ({ path: `/api/v1/conversations${query}`, headers: browser })),
    { path: '/api/v1/auth/me?fields=all', headers: browser },
  ])
  expect(statuses).toEqual(statuses.map(() => 400))
  const large = JSON.stringify({ conversation_id: made.id, messages: [{ role: 'user', content: 'x'.repeat(2 ** 20) }] })
  expect(
    (await sendRaw(all.url, { method: 'POST', path: '/api/v1/agent/chat', headers: json, body: large })).status,
  ).toBe(413)
  const decision = { approve: true, args_digest: 'a'.repeat(64) }
  const half = await sendRaw(all.url, {
    method: 'POST',
    path: '/api/v1/approvals/call_1/decision',
    headers: json,
    body: JSON.stringify(decision),
  })
  expect([400, 422]).toContain(half.status)
  expect(half.body).toContain('effect_digest')
})

test('without a session nothing goes upstream, and nobody becomes somebody else by a header', async () => {
  const reads = known.filter(
    ({ method, path, access }) => method === 'GET' && access !== 'none' && !serverOnly.test(path),
  )
  const requests = reads.map(({ path }) => ({ path: filled(path), headers: ownHeaders(all.url) }))
  expect(await refused(requests)).toEqual(requests.map(() => 401))
  const sent = {
    ...browser,
    'x-forwarded-for': '10.0.0.1',
    'x-forwarded-host': 'evil.example',
    'x-request-id': 'call-42',
    'x-user-id': uuid,
    'accept-encoding': 'gzip',
    referer: 'https://evil.example',
  }
  const answer = await sendRaw(all.url, { path: '/api/v1/auth/me', headers: sent })
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.body)).toMatchObject({ email: account.email })
  const upstream = all.toEngine.requests.findLast(({ path }) => path === '/api/v1/auth/me')
  expect(upstream?.headers).not.toHaveProperty('cookie')
  expect(upstream?.headers).not.toHaveProperty('x-user-id')
  expect(upstream?.headers).not.toHaveProperty('referer')
  expect(upstream?.headers['x-forwarded-for']).toBe('127.0.0.1')
  expect(upstream?.headers['x-forwarded-host']).toBe(new URL(all.url).host)
  expect(upstream?.headers.authorization).toBe(`Bearer ${cookies.auth_token}`)
})

test('a terminal client signs in through the page with a bearer of its own, a browser cannot', async () => {
  const form = new URLSearchParams({ username: account.email, password: account.password }).toString()
  const login = (headers: Record<string, string>) =>
    sendRaw(all.url, {
      method: 'POST',
      path: '/api/v1/auth/jwt/login',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: form,
    })
  const signedIn = await login({ 'user-agent': 'terminal' })
  expect(signedIn.status).toBe(200)
  const { access_token } = JSON.parse(signedIn.body) as { access_token: string }
  const { origin } = new URL(all.url)
  const browsers: Record<string, string>[] = [{ origin }, cookieHeader(cookies), { 'sec-fetch-site': 'same-origin' }]
  for (const own of browsers) {
    expect((await login(own)).status).toBe(404)
  }
  const me = await sendRaw(all.url, {
    path: '/api/v1/auth/me',
    headers: { ...browser, authorization: `Bearer ${access_token}x` },
  })
  expect(me.status, 'its own credential counts, not the cookie beside it').toBe(401)
})

test('no answer holds a token', { timeout: 60_000 }, async () => {
  const bodies = new Map<string, string>()
  const secrets = new Set<string>()
  const own = await signInAt(all.url, account)
  const note = (set: Cookies) => {
    for (const value of Object.values(set)) if (value.length > 20) secrets.add(value)
  }
  note(own)
  const headers = { ...cookieHeader(own), ...ownHeaders(all.url) }
  const pages = ['/', '/login', '/welcome', '/approvals', '/approvals/call_1', `/chat/${uuid}`, '/settings', '/nowhere']
  const reads = known.filter(
    ({ method, path, answers }) => method === 'GET' && answers !== 'stream' && !serverOnly.test(path),
  )
  for (const path of [...pages, '/api/config', ...reads.map((endpoint) => filled(endpoint.path))]) {
    const answer = await fetch(`${all.url}${path}`, { headers, redirect: 'manual' })
    bodies.set(path, await answer.text())
  }
  all.scenes.play('say something', [{ text: 'Something.' }])
  const { body: made } = await account.request<{ id: string }>('POST', '/conversations', {})
  const post = (path: string, body: unknown) =>
    fetch(`${all.url}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const message = { role: 'user', content: 'say something' }
  bodies.set('chat', await (await post('/api/v1/agent/chat', { conversation_id: made.id, messages: [message] })).text())
  expect(bodies.get('chat')).toContain('Something.')
  const feed = new AbortController()
  const events = await fetch(`${all.url}/api/v1/events`, { headers, signal: feed.signal })
  bodies.set('feed', Buffer.from((await events.body?.getReader().read())?.value ?? []).toString())
  feed.abort()
  const { email, password } = account
  for (const [path, body] of [
    ['/api/auth/login', { email, password }],
    ['/api/auth/refresh', {}],
    ['/api/auth/logout', {}],
  ] as const) {
    const answer = await post(path, body)
    note(cookiesSet(answer))
    expect(answer.status, path).toBe(200)
    bodies.set(path, await answer.text())
  }
  expect(secrets.size).toBeGreaterThanOrEqual(4)
  // Heads of the record are signed, and anybody may read them.
  bodies.set('export', (bodies.get('/api/v1/audit/export') ?? '').replace(/^\{"heads":.*$/m, ''))
  bodies.delete('/api/v1/audit/export')
  expect(bodies.get('export')).toContain('auth.signed_in')
  for (const [path, body] of bodies) {
    for (const secret of secrets) expect(body.includes(secret), path).toBe(false)
    expect(body, path).not.toMatch(/access_token|refresh_token|eyJ[\w-]{10,}\.eyJ/)
  }
})

test('an event arrives when it was sent, and whoever leaves is followed by the request', {
  timeout: 60_000,
}, async () => {
  const seconds = 5
  const message = `tell the time, ${chance.name('please')}`
  all.scenes.play(message, [{ text: { pieces: seconds, stamped: true }, pace: { piecesPerSecond: 1 } }])
  const { body: made } = await account.request<{ id: string }>('POST', '/conversations', {})
  const leave = new AbortController()
  const ask = (signal?: AbortSignal) =>
    fetch(`${all.url}/api/v1/agent/chat`, {
      method: 'POST',
      headers: { ...browser, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ conversation_id: made.id, messages: [{ role: 'user', content: message }] }),
      signal,
    })
  const answer = await ask()
  expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
  expect(answer.headers.get('content-encoding')).toBeNull()
  expect(answer.headers.get('cache-control')).toBe('no-cache, no-transform')
  const late: number[] = []
  for await (const { event, data, at } of streamEvents(answer)) {
    if (event === 'token') late.push(at - Number(String(data.text).split('@')[1]))
  }
  expect(late).toHaveLength(seconds)
  const [least = 0, , middle = 0] = late.toSorted((a, b) => a - b)
  expect(Math.max(...late), 'each before the next is sent').toBeLessThan(least + 1000)
  expect(middle, 'as a rule at once').toBeLessThan(least + 100)

  const second = await ask(leave.signal)
  for await (const { event } of streamEvents(second)) if (event === 'token') break
  const upstream = all.toEngine.requests.findLast(({ path }) => path === '/api/v1/agent/chat')
  leave.abort()
  await expect.poll(() => upstream?.over.aborted, { timeout: 2000 }).toBe(true)
  const timeline = () =>
    account.request<{ active_run_id: string | null; messages: { content: string }[] }>(
      'GET',
      `/conversations/${made.id}`,
    )
  await expect.poll(async () => (await timeline()).body.active_run_id, { timeout: 15_000 }).toBeNull()
  const pieces = (await timeline()).body.messages.at(-1)?.content.trim().split(' ')
  expect(pieces).toHaveLength(seconds)
})

test('an answer that breaks off breaks off, a silent engine is a time-out, none is said to be unreachable', async () => {
  const me = () => fetch(`${all.url}/api/v1/auth/me`, { headers: browser })
  all.toEngine.interfere(({ path }) =>
    path === '/api/v1/auth/me'
      ? {
          do: 'reshape',
          async *through(answer) {
            for await (const bytes of answer) {
              yield bytes.subarray(0, 10)
              throw new Error('cut')
            }
          },
        }
      : { do: 'pass' },
  )
  await expect(me().then((answer) => answer.text())).rejects.toThrow()
  all.toEngine.interfere(() => ({ do: 'cut' }))
  const cut = await me()
  expect(cut.status).toBe(502)
  expect(await cut.json()).toMatchObject({ code: 'engine_unreachable', detail: expect.any(String) })
  const held = Promise.withResolvers<void>()
  all.toEngine.interfere(() => ({ do: 'answer', status: 500, body: { detail: 'secret stack at db.ts:12' } }))
  const broken = await me()
  expect(broken.status).toBe(500)
  expect(await broken.text()).not.toContain('db.ts')
  for (const status of [400, 403, 404, 409, 422]) {
    const body = { detail: [{ loc: ['body', 'x'], msg: 'bad', type: 'y' }] }
    all.toEngine.interfere(() => ({ do: 'answer', status, body }))
    const answer = await me()
    expect([answer.status, await answer.json()]).toEqual([status, body])
  }
  all.toEngine.interfere(() => ({
    do: 'answer',
    status: 429,
    body: { detail: 'Slow down' },
    headers: { 'retry-after': '7' },
  }))
  expect((await me()).headers.get('retry-after')).toBe('7')
  all.toEngine.interfere(() => ({ do: 'hold', until: held.promise }))
  const began = performance.now()
  const late = await me()
  held.resolve()
  all.toEngine.interfere(() => ({ do: 'pass' }))
  expect(late.status).toBe(504)
  expect(await late.json()).toMatchObject({ code: 'engine_timeout' })
  expect(performance.now() - began).toBeGreaterThan(14_000)
}, 60_000)

test('every answer carries the headers that protect it, behind an outer proxy too', { timeout: 60_000 }, async () => {
  const behind = await all.startAnotherPage({ TRUSTED_PROXIES: '127.0.0.0/8', ALLOWED_HOSTS: 'ops.example.com' })
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'ops.example.com' }
  const places: [name: string, url: string, headers: Record<string, string>, isSecure: boolean][] = [
    ['straight', all.url, {}, false],
    ['behind an outer proxy', behind.url, forwarded, true],
    ['with headers of nobody whom it trusts', all.url, forwarded, false],
  ]
  for (const [name, url, headers, isSecure] of places) {
    const get = (path: string) => sendRaw(url, { path, headers: { ...headers, ...cookieHeader(cookies) } })
    const page = await get('/')
    const script = /src="(\/_next\/static\/[^"]+\.js[^"]*)"/.exec(page.body)?.[1] ?? 'no script'
    for (const path of ['/', '/nowhere', '/api/health', '/api/config', '/api/v1/auth/me', '/api/v1/nothing', script]) {
      const answer = await get(path)
      const label = `${path} ${name}`
      expect(Object.fromEntries(answer.headers), label).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'strict-origin-when-cross-origin',
        'permissions-policy':
          'camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self), publickey-credentials-create=(self)',
      })
      expect(answer.headers.get('x-powered-by'), label).toBeNull()
      expect(answer.headers.has('strict-transport-security'), label).toBe(isSecure)
      expect(answer.headers.get('content-security-policy'), label).toContain("frame-ancestors 'none'")
    }
    const policies = [page, await get('/')].map(({ headers: of }) => of.get('content-security-policy') ?? '')
    const nonces = policies.map((policy) => /'nonce-([^']+)'/.exec(policy)?.[1])
    expect(nonces[0]).not.toBe(nonces[1])
    expect(policies[0]?.split('; '), name).toEqual([
      "default-src 'self'",
      `script-src 'self' 'nonce-${nonces[0]}' 'strict-dynamic'`,
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "object-src 'none'",
      "base-uri 'self'",
      "form-action 'self'",
    ])
    const inline = [...page.body.matchAll(/<script(?![^>]*\bsrc=)([^>]*)>/g)].map(([, attributes]) => attributes)
    expect(inline.length, name).toBeGreaterThan(0)
    for (const attributes of inline) expect(attributes, name).toContain(`nonce="${nonces[0]}"`)

    const origin = isSecure ? 'https://ops.example.com' : new URL(url).origin
    const { email, password } = account
    const signedIn = await sendRaw(url, {
      method: 'POST',
      path: '/api/auth/login',
      headers: { ...headers, ...ownHeaders(url), origin, 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    expect(signedIn.status, name).toBe(200)
    for (const line of signedIn.headers.getSetCookie()) {
      expect(line, name).toMatch(/; HttpOnly; SameSite=Lax/)
      expect(/; Secure/.test(line), name).toBe(isSecure)
    }
  }
  await behind.stop()
})

test('a stream that has nothing to say stays open, and says that it does', { timeout: IDLE_MS + 60_000 }, async () => {
  const names = await idle
  expect(names.filter((name) => name === 'heartbeat').length).toBeGreaterThan(0)
  expect(names.at(-1)).toMatch(/^(workflow_complete|conversation\.title\.generated)$/)
  expect(names).toContain('tool.result')
})
