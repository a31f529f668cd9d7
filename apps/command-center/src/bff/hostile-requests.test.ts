import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { endpoints } from '@fairlead/contract/endpoints/endpoints'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  cookieHeader,
  ownHeaders,
  type PageProcess,
  type RawRequest,
  sendRaw,
  startLimitMs,
  startPageProcess,
} from './bff-process.fixture.ts'
import { type RecordingEngine, startRecordingEngine } from './recording-engine.fixture.ts'

let engine: RecordingEngine
let page: PageProcess
let cookie: { cookie: string }
beforeAll(async () => {
  engine = await startRecordingEngine()
  page = await startPageProcess({ API_URL: engine.url })
  cookie = cookieHeader(engine.issue())
}, startLimitMs)
afterAll(async () => {
  await page.stop()
  await engine.close()
})

const id = '0b0e3a52-7d11-4f62-8d0c-0a3d9d9f0001'
const values: Record<string, string> = {
  ...{ id, run_id: id, integration_id: id, server_id: id, call_id: 'call-1', tool: 'tool-1', sha256: 'a'.repeat(64) },
}
const known = (Object.values(endpoints) as EndpointShape[]).filter(({ serverOnly, atRoot }) => !serverOnly && !atRoot)
const pathOf = ({ path }: EndpointShape, parameters = values) =>
  `/api/v1${path.replace(/:(\w+)/g, (_, name: string) => parameters[name] ?? '')}`
const isChange = ({ method }: EndpointShape) => method !== 'GET'
const json = { 'content-type': 'application/json' }

/** Sends many, a few at a time; answers must be among those allowed, and the engine must hear of none. */
async function expectRefused(requests: readonly RawRequest[], allowed: readonly number[]): Promise<void> {
  const before = engine.requests.length
  const wrong: unknown[] = []
  const rest = requests.values()
  const work = async () => {
    for (const request of rest) {
      const { status, headers, body } = await sendRaw(page.url, request)
      const cors = [...headers.keys()].filter((name) => name.startsWith('access-control-'))
      if (!allowed.includes(status) || cors.length > 0) wrong.push({ request, status, cors, body: body.slice(0, 200) })
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  expect(wrong.slice(0, 5)).toEqual([])
  expect(engine.requests.slice(before)).toEqual([])
}

const tricks = [
  '..%2f..%2fauth%2fme',
  '..%2Fauth%2Fme',
  '../auth/me',
  '../../v1/auth/me',
  '%2e%2e/auth/me',
  '%2e%2e%2fauth%2fme',
  '%252f..%252fauth',
  '%252e%252e',
  '..\\auth\\me',
  '..%5cauth%5cme',
  '\\',
  '%00',
  'a%00b',
  'a\u0000b',
  '%0d%0aX-Injected:%201',
  '/',
  '//',
  '.',
  '..',
  '...%2f',
  ';/../auth/me',
  '%c0%ae%c0%ae',
  '%uff0e%uff0e',
  '%ef%bc%8e%ef%bc%8e',
  'a'.repeat(10_000),
  `${id}%20`,
  `${id};x`,
  `${id}?`.slice(0, -1).concat('%3f'),
  `${id}%23`,
]

test('tricks in every parameter of every endpoint are refused', async () => {
  const requests = known.flatMap((endpoint) =>
    [...endpoint.path.matchAll(/:(\w+)/g)].flatMap(([, name = '']) =>
      tricks.map((trick) => ({
        method: endpoint.method,
        path: pathOf(endpoint, { ...values, [name]: trick }),
        headers: { ...cookie, ...ownHeaders(page.url), ...(isChange(endpoint) ? json : {}) },
        body: isChange(endpoint) ? '{}' : '',
      })),
    ),
  )
  expect(requests.length).toBeGreaterThan(200)
  await expectRefused(requests, [400, 404, 405])
}, 60_000)

test('two thousand generated paths are refused', async () => {
  const segment = fc.oneof(
    fc.constantFrom(
      ...tricks.filter((trick) => trick.length < 100),
      'auth',
      'me',
      'conversations',
      'approvals',
      id,
      '',
      'api',
      'v1',
    ),
    fc.stringMatching(/^[!-~]{0,12}$/).filter((text) => !/[?#\s]/.test(text)),
  )
  const path = fc.tuple(
    fc.constantFrom('/api/v1/', '/api/', '/%61pi/v1/', '//api/v1/', '/x/../api/v1/', '/./api/v1/'),
    fc.array(segment, { minLength: 1, maxLength: 5 }),
  )
  const seed = Date.now()
  const paths = fc.sample(
    path.map(([start, segments]) => `${start}${segments.join('/')}`),
    { numRuns: 3000, seed },
  )
  // What happens to be an endpoint, or to have the form of one, is no attack.
  const real = new Set(
    known.map(({ path: pattern }) =>
      pattern
        .split('/')
        .map((part) => (part.startsWith(':') ? '*' : part))
        .join('/'),
    ),
  )
  const isReal = (sent: string) => {
    const parts = sent
      .replace(/^\/api\/v1/, '')
      .replace(/\/$/, '')
      .split('/')
    return [...real].some((pattern) => {
      const wanted = pattern.split('/')
      return (
        wanted.length === parts.length &&
        wanted.every((part, at) =>
          part === '*' ? /^[\w.:-]+$/.test(parts[at] ?? '') && !/^\.\.?$/.test(parts[at] ?? '') : part === parts[at],
        )
      )
    })
  }
  const hostile = paths.filter((sent) => !isReal(sent)).slice(0, 2000)
  expect(hostile.length, `seed ${seed}`).toBe(2000)
  await expectRefused(
    hostile.map((sent) => ({ path: sent, headers: { ...cookie, 'sec-fetch-site': 'same-origin' } })),
    [400, 404, 405],
  )
}, 120_000)

test('pages elsewhere reach nothing, whatever they send', async () => {
  const csrf = { 'x-fairlead-csrf': '1' }
  const own = ownHeaders(page.url)
  const senders: Record<string, string>[] = [
    {},
    { ...csrf },
    { origin: own.origin, 'sec-fetch-site': 'same-origin' },
    { ...own, origin: 'https://evil.example' },
    { ...own, origin: 'null' },
    { ...own, origin: `${own.origin}.evil.example` },
    { ...own, origin: own.origin.replace('http:', 'https:') },
    { ...own, origin: 'http://localhost:1' },
    { ...own, 'sec-fetch-site': 'cross-site' },
    { ...own, 'sec-fetch-site': 'same-site' },
    { ...own, 'sec-fetch-site': 'none' },
    { ...csrf, origin: own.origin, 'sec-fetch-site': 'cross-site' },
    { origin: own.origin, 'x-fairlead-csrf': 'true' },
  ]
  const session = ['login', 'refresh', 'logout'].map((name) => ({ method: 'POST', path: `/api/auth/${name}` }))
  const changes = [
    ...known.filter(isChange).map((endpoint) => ({ method: endpoint.method, path: pathOf(endpoint) })),
    ...session,
  ]
  await expectRefused(
    changes.flatMap((target) =>
      senders.map((headers) => ({ ...target, headers: { ...cookie, ...headers, ...json }, body: '{}' })),
    ),
    [403],
  )
  const reads = known.filter((endpoint) => !isChange(endpoint))
  await expectRefused(
    reads.flatMap((endpoint) =>
      ['cross-site', 'same-site', 'evil'].map((site) => ({
        path: pathOf(endpoint),
        headers: { ...cookie, 'sec-fetch-site': site },
      })),
    ),
    [403],
  )
}, 60_000)

test('bodies of another type are refused', async () => {
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'text/json',
    'application/json, text/plain',
    '',
  ]
  const targets = [
    ...known.filter(isChange).map((endpoint) => ({ method: endpoint.method, path: pathOf(endpoint) })),
    { method: 'POST', path: '/api/auth/login' },
  ]
  await expectRefused(
    targets.flatMap((target) =>
      types.map((type) => ({
        ...target,
        headers: { ...cookie, ...ownHeaders(page.url), 'content-type': type },
        body: '{"a":1}',
      })),
    ),
    [415],
  )
  await expectRefused(
    targets.map((target) => ({ ...target, headers: { ...cookie, ...ownHeaders(page.url) }, body: '{"a":1}' })),
    [415],
  )
}, 60_000)

test('methods that an endpoint does not have are refused, and told which it has', async () => {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']
  const requests = known.flatMap((endpoint) => {
    const has = known.filter((other) => pathOf(other) === pathOf(endpoint)).map(({ method }) => method as string)
    return methods
      .filter((method) => !has.includes(method))
      .map((method) => ({ method, path: pathOf(endpoint), headers: { ...cookie, ...ownHeaders(page.url) } }))
  })
  await expectRefused(requests, [405])
  await expectRefused(
    methods
      .filter((method) => method !== 'POST')
      .map((method) => ({ method, path: '/api/auth/login', headers: { ...cookie, ...ownHeaders(page.url) } })),
    [405],
  )
  const { headers, status } = await sendRaw(page.url, {
    method: 'OPTIONS',
    path: '/api/v1/conversations',
    headers: cookie,
  })
  expect([status, headers.get('allow')]).toEqual([405, 'POST, GET'])
}, 60_000)

test('what only this server may call is not there for a browser', async () => {
  const hidden = (Object.values(endpoints) as EndpointShape[]).filter(({ serverOnly }) => serverOnly)
  expect(hidden).toHaveLength(6)
  const from: Record<string, string>[] = [
    { ...cookie, ...ownHeaders(page.url) },
    { ...ownHeaders(page.url), authorization: 'Bearer x' },
    { ...cookie, authorization: 'Bearer x' },
    { 'sec-fetch-mode': 'navigate', authorization: 'Bearer x' },
  ]
  await expectRefused(
    hidden.flatMap((endpoint) =>
      from.map((headers) => ({
        method: endpoint.method,
        path: pathOf(endpoint),
        headers: { ...headers, ...json },
        body: '{}',
      })),
    ),
    [404],
  )
  await expectRefused(
    [
      '/api/v1/docs',
      '/api/v1/openapi.json',
      `/api/v1/auth/users/${id}`,
      '/api/v1/',
      '/api/v1',
      '/api/other',
      '/api',
    ].map((path) => ({ path, headers: cookie })),
    [404],
  )
})

test('queries and bodies with more than is declared are refused and the field is named', async () => {
  await expectRefused(
    ['?limit=1&limit=2', '?admin=1', '?constructor=1', '?limit=1&=2', '?limit[]=1'].map((query) => ({
      path: `/api/v1/conversations${query}`,
      headers: cookie,
    })),
    [400],
  )
  const headers = { ...cookie, ...ownHeaders(page.url), ...json }
  const changed = await sendRaw(page.url, {
    method: 'PATCH',
    path: `/api/v1/conversations/${id}`,
    headers,
    body: '{"messages_json":[]}',
  })
  expect(changed).toMatchObject({ status: 400, body: expect.stringContaining('Unknown field: messages_json') })
  await expectRefused(
    [
      { method: 'PATCH', path: `/api/v1/conversations/${id}`, headers, body: '{"title":"x","is_active":false}' },
      { method: 'PATCH', path: `/api/v1/conversations/${id}`, headers, body: 'not json' },
      {
        method: 'POST',
        path: '/api/v1/auth/register/register',
        headers,
        body: '{"email":"a@example.com","password":"long enough","role":"admin"}',
      },
      { method: 'DELETE', path: `/api/v1/conversations/${id}`, headers, body: '{}' },
      { method: 'GET', path: '/api/v1/auth/me', headers: { ...cookie, ...json }, body: '{}' },
      { method: 'POST', path: '/api/auth/login', headers, body: '{"email":"a","password":"b","role":"admin"}' },
    ],
    [400],
  )
})

test('a body larger than one MiB is refused while it is read', async () => {
  const headers = { ...cookie, ...ownHeaders(page.url), ...json }
  const body = JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(1024 * 1024) }] })
  await expectRefused([{ method: 'POST', path: '/api/v1/agent/chat', headers, body }], [413])
  const uncounted = await fetch(`${page.url}/api/v1/agent/chat`, {
    method: 'POST',
    headers,
    body: new Blob([body]).stream(),
    duplex: 'half',
  } as RequestInit)
  expect(uncounted.status).toBe(413)
  expect(engine.requestsTo('/agent/chat')).toEqual([])
})

test('the framework is told nothing by a request that pretends to come from within it', async () => {
  for (const name of [
    'x-middleware-subrequest',
    'x-middleware-rewrite',
    'x-invoke-path',
    'x-matched-path',
    'x-nextjs-data',
  ]) {
    const value = name === 'x-middleware-subrequest' ? Array(5).fill('src/proxy').join(':') : '/api/v1/auth/me'
    const { status, headers } = await sendRaw(page.url, { path: '/settings', headers: { [name]: value } })
    expect([name, status, headers.get('location')]).toEqual([name, 307, '/login?next=%2Fsettings'])
  }
})

test('a nonce that somebody sends is not believed', async () => {
  const policy = "script-src 'nonce-mine'"
  const { body } = await sendRaw(page.url, {
    path: '/login',
    headers: { 'content-security-policy': policy, 'x-nonce': 'mine' },
  })
  expect(body).not.toContain('nonce="mine"')
})

test('JSON 200,000 deep is refused wherever a body is taken, by a person’s page and by a terminal', async () => {
  const depth = 200_000
  const bodies = [
    `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`,
    '['.repeat(depth),
  ]
  const paths = [...known.filter(isChange).map((endpoint) => [endpoint.method, pathOf(endpoint)] as const)]
  const session = ['login', 'refresh', 'logout'].map((name) => ['POST', `/api/auth/${name}`] as const)
  const requests = [...paths, ...session].flatMap(([method, path]) =>
    bodies.map((body) => ({ method, path, headers: { ...ownHeaders(page.url), ...cookie, ...json }, body })),
  )
  await expectRefused(requests, [400, 422])
})
