import { type AddressInfo, connect } from 'node:net'
import { defineEndpoint } from '@fairlead/contract/endpoints/define-endpoint'
import { Refusal } from '@fairlead/contract/errors'
import { createLogger } from '@fairlead/service-kit/logger'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Answered } from './answered.ts'
import type { AuthenticatedUser } from './authenticated-user.ts'
import { buildServer } from './build-server.ts'
import { createRateLimit } from './rate-limit.ts'

const user: AuthenticatedUser = {
  id: 'u1',
  email: 'ann@example.com',
  full_name: null,
  role: 'member',
  is_active: true,
  is_superuser: false,
  is_verified: true,
  grants: [],
  view_only: false,
  groups: [],
  created_at: new Date(0),
  session_id: 's1',
  access_expires_at: new Date(0),
}

const input = z.object({
  name: z.string().min(2).max(5),
  size: z.int().min(1).max(9).optional(),
  email: z.email().optional(),
  id: z.uuid().optional(),
  kind: z.enum(['a', 'b']).optional(),
  tags: z.array(z.string()).optional(),
  on: z.boolean().optional(),
  at: z.iso.datetime().optional(),
})
const endpoints = {
  open: defineEndpoint({ method: 'GET', path: '/open', access: 'none', answers: 'json', output: z.unknown() }),
  mine: defineEndpoint({ method: 'GET', path: '/mine', access: 'user', answers: 'json', output: z.string() }),
  change: defineEndpoint({
    method: 'POST',
    path: '/mine',
    access: 'user',
    answers: 'json',
    input,
    output: z.unknown(),
  }),
  rule: defineEndpoint({ method: 'GET', path: '/rule', access: 'admin', answers: 'json', output: z.string() }),
  many: defineEndpoint({
    method: 'GET',
    path: '/many/:id',
    access: 'none',
    answers: 'json',
    params: z.object({ id: z.string() }),
    query: z.object({ limit: z.coerce.number().int().max(10).default(3) }),
    output: z.unknown(),
  }),
  sign: defineEndpoint({
    method: 'POST',
    path: '/sign',
    access: 'none',
    answers: 'json',
    form: true,
    input: z.object({ username: z.string() }),
    output: z.unknown(),
  }),
  renew: defineEndpoint({
    method: 'POST',
    path: '/renew',
    access: 'refresh-cookie',
    answers: 'json',
    output: z.string(),
  }),
  gone: defineEndpoint({ method: 'DELETE', path: '/mine', access: 'user', answers: 'nothing', status: 204 }),
  file: defineEndpoint({ method: 'GET', path: '/file', access: 'none', answers: 'download' }),
  broken: defineEndpoint({ method: 'GET', path: '/broken', access: 'none', answers: 'json', output: z.string() }),
  alive: defineEndpoint({
    method: 'GET',
    path: '/alive',
    access: 'none',
    answers: 'json',
    unlimited: true,
    output: z.string(),
  }),
  root: defineEndpoint({
    method: 'GET',
    path: '/at-root',
    access: 'none',
    answers: 'json',
    atRoot: true,
    output: z.string(),
  }),
} as const

const lines: string[] = []
const log = createLogger({ name: 'test', level: 'info', destination: { write: (line) => lines.push(line) } })
const config = {
  API_V1_STR: '/api/v1',
  DEBUG: false,
  CORS_ALLOWED_ORIGINS: ['http://localhost:3000'],
  ALLOWED_HOSTS: ['engine.ops.svc:8080'],
  TRUSTED_PROXIES: ['127.0.0.1', '10.0.0.0/8'],
  PUBLIC_URL: 'https://ops.example.com',
}
let app: FastifyInstance

beforeAll(async () => {
  app = await buildServer({
    config,
    endpoints,
    log,
    watchSession: () => () => {},
    authenticate: async (token) =>
      token === 'good' ? user : token === 'root' ? { ...user, role: 'admin' } : undefined,
    limit: createRateLimit({ name: 'requests', points: 5, seconds: 60 }),
    handlers: {
      open: async ({ address, headers }) => new Answered({ address, said: headers['x-said'] ?? null }),
      mine: async (call) => call.user.email,
      change: async (call) => call.input,
      rule: async () => 'ruled',
      many: async ({ params, query }) => ({ ...params, ...query }),
      sign: async (call) => call.input,
      renew: async ({ cookies }) => {
        if (!cookies.refresh_token) throw new Refusal('refreshTokenMissing')
        return new Answered('new', { cookies: [{ name: 'refresh_token', value: 'r2', maxAgeSeconds: 9 }] })
      },
      gone: async () => undefined,
      file: async () => ({ contentType: 'text/plain', body: new TextEncoder().encode('0123456789') }),
      broken: async () => {
        throw new Error('secret table users does not exist')
      },
      alive: async () => 'alive',
      root: async () => 'root',
    },
  })
})
afterAll(() => app.close())

let lastAddress = 0
/** Each request comes from an address of its own, so that only the tests of the limit meet it. */
function ask(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT' | 'OPTIONS',
  path: string,
  options: { headers?: Record<string, string>; body?: string; address?: string } = {},
) {
  const remoteAddress = options.address ?? `172.16.${++lastAddress >> 8}.${lastAddress & 255}`
  const url = path.startsWith('/at-root') ? path : `/api/v1${path}`
  return app.inject({ method, url, headers: options.headers, payload: options.body, remoteAddress })
}
const json = { 'content-type': 'application/json' }
/** Tokens are counted per user, so these are counted per test. */
const good = { authorization: 'Bearer good' }

describe('an answer', () => {
  test('says how long it took, names the request, and is the same with a slash behind', async () => {
    const [bare, slashed] = [
      await ask('GET', '/open'),
      await ask('GET', '/open/', { headers: { 'x-request-id': 'r-1' } }),
    ]
    expect(bare.statusCode).toBe(200)
    expect(Number(bare.headers['x-process-time'])).toBeGreaterThan(0)
    expect(bare.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(slashed.headers['x-request-id']).toBe('r-1')
    expect(slashed.json().said).toBe(null)
  })

  test('tells nothing of a bug, which is logged once', async () => {
    lines.length = 0
    const answer = await ask('GET', '/broken')
    expect([answer.statusCode, answer.body]).toEqual([500, '{"detail":"Internal Server Error"}'])
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('secret table users')
  })

  test.each([
    ['GET', '/none', 404, 'Not Found'],
    ['GET', '/many/%zz', 404, 'Not Found'],
    ['PUT', '/mine', 405, 'Method Not Allowed'],
    ['PATCH', '/open/', 405, 'Method Not Allowed'],
  ] as const)('to %s %s is %i', async (method, path, status, detail) => {
    const answer = await ask(method, path)
    expect([answer.statusCode, answer.json()]).toEqual([status, { detail }])
  })

  test('at the root stands outside the base path; one of nothing is empty', async () => {
    expect((await ask('GET', '/at-root')).json()).toBe('root')
    const answer = await ask('DELETE', '/mine', { headers: { authorization: 'bearer good' } })
    expect([answer.statusCode, answer.body]).toEqual([204, ''])
  })

  test('with a body above 1 MiB is 413', async () => {
    const answer = await ask('POST', '/sign', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `username=${'x'.repeat(1024 * 1024)}`,
    })
    expect([answer.statusCode, answer.json()]).toEqual([413, { detail: 'Request body too large' }])
  })

  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=20-', 416, '', 'bytes */10'],
    ['lines=1-2', 200, '0123456789', undefined],
  ])('of a file serves %s', async (range, status, body, contentRange) => {
    const answer = await ask('GET', '/file', { headers: { range } })
    expect([answer.statusCode, answer.body, answer.headers['content-range']]).toEqual([status, body, contentRange])
  })
})

describe('the name that a request gives for its server', () => {
  const named = (method: 'GET' | 'POST' | 'OPTIONS', path: string, host: string, headers = {}) =>
    ask(method, path, { headers: { host, ...headers } })

  test.each(['localhost:8080', '127.0.0.1', '[::1]:1', 'ops.example.com', 'engine.ops.svc:8080'])(
    '%s is one of ours',
    async (host) => {
      expect((await named('GET', '/open', host)).statusCode).toBe(200)
    },
  )

  test.each([
    ['GET', '/open'],
    ['GET', '/mine'],
    ['POST', '/mine'],
    ['OPTIONS', '/mine'],
    ['GET', '/nothing'],
    ['GET', '/many/%zz'],
    ['GET', '/at-root'],
  ] as const)('a foreign one reaches nothing: %s %s', async (method, path) => {
    for (const host of ['evil.example', 'localhost.', 'x@localhost', 'engine.ops.svc']) {
      const origin = 'http://localhost:3000'
      const answer = await named(method, path, host, { origin, 'x-forwarded-host': 'localhost' })
      expect([answer.statusCode, answer.json().detail], host).toEqual([
        421,
        { code: 'MISDIRECTED', reason: expect.stringContaining('ALLOWED_HOSTS') },
      ])
      expect(answer.headers['access-control-allow-origin'], host).toBeUndefined()
    }
  })

  test('what is looked at by machines answers to any', async () => {
    expect((await named('GET', '/alive', '10.1.2.3:8080')).statusCode).toBe(200)
  })

  test('over a connection: two names are none, and the target’s counts as well', async () => {
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const status = async (target: string, ...hosts: string[]) => {
      const socket = connect(port, '127.0.0.1')
      const lines = [`GET ${target} HTTP/1.1`, ...hosts.map((host) => `Host: ${host}`), 'Connection: close', '', '']
      socket.write(lines.join('\r\n'))
      let text = ''
      for await (const chunk of socket.setEncoding('utf8')) text += chunk
      return Number(text.split(' ')[1])
    }
    expect(await status('/api/v1/open', 'localhost')).toBe(200)
    expect(await status('/api/v1/open', 'localhost', 'localhost')).toBe(400)
    expect(await status('/api/v1/open')).toBe(400)
    expect(await status('http://localhost/api/v1/open', 'localhost')).toBe(200)
    expect(await status('http://evil.example/api/v1/open', 'localhost')).toBe(421)
  })
})

describe('a credential', () => {
  test.each([
    ['none', {}, 401],
    ['another scheme', { authorization: 'Basic good' }, 401],
    ['a bad token', { authorization: 'Bearer bad' }, 401],
    ['a bad token beside a good cookie', { authorization: 'Bearer bad', cookie: 'auth_token=good' }, 401],
    ['a good token', good, 200],
    ['a cookie', { cookie: 'auth_token=good' }, 200],
  ] as const)('%s', async (_, headers, status) => {
    const answer = await ask('GET', '/mine', { headers })
    expect(answer.statusCode).toBe(status)
    if (status === 401) expect(answer.json()).toEqual({ detail: 'Unauthorized' })
  })

  test.each([
    ['from elsewhere', { origin: 'http://evil.example' }, 403],
    ['from nowhere', {}, 403],
    ['of another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['from an allowed origin', { origin: 'http://localhost:3000' }, 422],
    ['from the public address', { origin: 'https://ops.example.com' }, 422],
    ['from the address that was asked', { origin: 'http://localhost:80', host: 'localhost:80' }, 422],
    ['of the same site', { 'sec-fetch-site': 'same-origin' }, 422],
  ])('a cookie with a change %s', async (_, headers, status) => {
    const root = { cookie: 'auth_token=root', ...headers, ...json }
    limitless()
    const answer = await ask('POST', '/mine', { headers: root, body: '{}' })
    expect(answer.statusCode).toBe(status)
    if (status === 403) expect(answer.json()).toEqual({ detail: 'Cross-origin request refused' })
  })

  test('of a member does not do where an administrator is asked for', async () => {
    const answer = await ask('GET', '/rule', { headers: good })
    expect([answer.statusCode, answer.json()]).toEqual([403, { detail: 'Only administrators can perform this action' }])
    expect((await ask('GET', '/rule', { headers: { authorization: 'Bearer root' } })).statusCode).toBe(200)
  })

  test('that is bad is ignored where none is asked for', async () => {
    expect((await ask('GET', '/open', { headers: { authorization: 'Bearer bad' } })).statusCode).toBe(200)
  })

  test('cookies are kept from scripts and plain connections, and cleared with a 401', async () => {
    const renewed = await ask('POST', '/renew', { headers: { cookie: 'refresh_token=r1' } })
    expect(renewed.headers['set-cookie']).toBe('refresh_token=r2; Max-Age=9; Path=/; HttpOnly; Secure; SameSite=Lax')
    const behindProxy = await ask('POST', '/renew', {
      headers: { cookie: 'refresh_token=r1', 'x-forwarded-proto': 'http', 'x-forwarded-for': '172.30.0.1' },
      address: '10.0.0.7',
    })
    expect(behindProxy.headers['set-cookie']).not.toContain('Secure')
    const refused = await ask('POST', '/renew')
    expect([refused.statusCode, refused.json()]).toEqual([401, { detail: 'Refresh token missing' }])
    expect(refused.headers['set-cookie']).toEqual([
      expect.stringMatching(/^auth_token=; Max-Age=0; Path=\//),
      expect.stringMatching(/^refresh_token=; Max-Age=0; Path=\//),
    ])
  })
})

/** The tests below share one user: they look at bodies, not at the limit. */
let limitedUser = 0
function limitless() {
  user.id = `u${++limitedUser}`
}

describe('a request that breaks its schema', () => {
  test.each([
    ['no body', undefined, 'missing', ['body']],
    ['no JSON', '{', 'json_invalid', ['body']],
    ['no object', '[]', 'dict_type', ['body']],
    ['a field missing', '{}', 'missing', ['body', 'name']],
    ['a number for a text', '{"name":1}', 'string_type', ['body', 'name']],
    ['too short', '{"name":"a"}', 'string_too_short', ['body', 'name']],
    ['too long', '{"name":"abcdef"}', 'string_too_long', ['body', 'name']],
    ['no number', '{"name":"ab","size":"x"}', 'int_parsing', ['body', 'size']],
    ['too small', '{"name":"ab","size":0}', 'greater_than_equal', ['body', 'size']],
    ['too large', '{"name":"ab","size":10}', 'less_than_equal', ['body', 'size']],
    ['no e-mail', '{"name":"ab","email":"x"}', 'value_error', ['body', 'email']],
    ['no UUID', '{"name":"ab","id":"x"}', 'uuid_parsing', ['body', 'id']],
    ['none of the words', '{"name":"ab","kind":"c"}', 'literal_error', ['body', 'kind']],
    ['no list', '{"name":"ab","tags":"x"}', 'list_type', ['body', 'tags']],
    ['a wrong item', '{"name":"ab","tags":["x",1]}', 'string_type', ['body', 'tags', 1]],
    ['no truth value', '{"name":"ab","on":"x"}', 'bool_parsing', ['body', 'on']],
    ['no time', '{"name":"ab","at":"x"}', 'datetime_parsing', ['body', 'at']],
  ])('%s', async (_, body, type, loc) => {
    limitless()
    const answer = await ask('POST', '/mine', { headers: { ...good, ...json }, body })
    expect([answer.statusCode, answer.json().detail]).toEqual([422, [expect.objectContaining({ type, loc })]])
    expect(Object.keys(answer.json().detail[0])).toEqual(expect.arrayContaining(['type', 'loc', 'msg', 'input']))
  })

  test('names every fault', async () => {
    limitless()
    const answer = await ask('POST', '/mine', { headers: { ...good, ...json }, body: '{"size":0}' })
    expect(answer.json().detail).toHaveLength(2)
  })

  test('JSON that says it is plain text is none, and a form is asked for where a form is due', async () => {
    limitless()
    const plain = await ask('POST', '/mine', {
      headers: { ...good, 'content-type': 'text/plain' },
      body: '{"name":"ab"}',
    })
    expect([plain.statusCode, plain.json().detail[0].type]).toEqual([422, 'json_invalid'])
    const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    expect((await ask('POST', '/sign', { headers: form, body: 'username=a%40b.c&x=1' })).json()).toEqual({
      username: 'a@b.c',
    })
    expect((await ask('POST', '/sign', { headers: json, body: '{"username":"a"}' })).statusCode).toBe(422)
  })

  test('in the query', async () => {
    expect((await ask('GET', '/many/x?limit=7')).json()).toEqual({ id: 'x', limit: 7 })
    expect((await ask('GET', '/many/x')).json()).toEqual({ id: 'x', limit: 3 })
    const answer = await ask('GET', '/many/x?limit=seven')
    expect([answer.statusCode, answer.json().detail[0]]).toMatchObject([
      422,
      { type: 'int_parsing', loc: ['query', 'limit'] },
    ])
  })

  test('what nobody asked for is left out', async () => {
    limitless()
    const answer = await ask('POST', '/mine', { headers: { ...good, ...json }, body: '{"name":"ab","role":"admin"}' })
    expect(answer.json()).toEqual({ name: 'ab' })
  })
})

describe('the limit', () => {
  test('counts per address and path pattern, and says when to come back', async () => {
    const address = '192.0.2.1'
    for (const id of ['a', 'b', 'c', 'd', 'e'])
      expect((await ask('GET', `/many/${id}`, { address })).statusCode).toBe(200)
    const over = await ask('GET', '/many/f', { address })
    expect([over.statusCode, over.json()]).toEqual([429, { detail: 'Too Many Requests' }])
    expect(Number(over.headers['retry-after'])).toBeGreaterThan(0)
    expect((await ask('GET', '/open', { address })).statusCode).toBe(200)
  })

  test('is not escaped by X-Forwarded-For from a peer that is no proxy of ours', async () => {
    const address = '192.0.2.2'
    const headers = (n: number) => ({ 'x-forwarded-for': `203.0.113.${n}` })
    for (let n = 0; n < 5; n++) await ask('GET', '/open', { address, headers: headers(n) })
    expect((await ask('GET', '/open', { address, headers: headers(9) })).statusCode).toBe(429)
  })

  test.each([
    ['10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['10.0.0.1', '198.51.100.1, 203.0.113.10', '203.0.113.10'],
    ['10.0.0.1', '198.51.100.1, 203.0.113.11, 10.0.0.2', '203.0.113.11'],
    ['::ffff:10.0.0.1', '203.0.113.12:4711', '203.0.113.12'],
    ['10.0.0.1', '10.0.0.9, 10.0.0.2', '10.0.0.9'],
    ['10.0.0.3', 'nonsense', '10.0.0.3'],
    ['203.0.113.13', '1.2.3.4', '203.0.113.13'],
  ])('from %s for %s counts %s', async (address, forwarded, client) => {
    const answer = await ask('GET', '/open', { address, headers: { 'x-forwarded-for': forwarded } })
    expect(answer.json().address).toBe(client)
  })
})

describe('another origin', () => {
  test('is allowed by name only, never by *', async () => {
    const preflight = (origin: string) =>
      ask('OPTIONS', '/mine', {
        headers: { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'x-any' },
      })
    const allowed = await preflight('http://localhost:3000')
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'x-any',
      'access-control-max-age': '600',
    })
    const evil = await preflight('http://evil.example')
    expect(evil.headers['access-control-allow-origin']).toBeUndefined()
    const refused = await ask('GET', '/mine', { headers: { origin: 'http://localhost:3000' } })
    expect(refused.headers['access-control-allow-origin']).toBe('http://localhost:3000')
    const evilAsk = await ask('GET', '/open', { headers: { origin: 'http://evil.example' } })
    expect(evilAsk.headers['access-control-allow-origin']).toBeUndefined()
  })
})
