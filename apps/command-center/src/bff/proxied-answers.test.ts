import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  cookieHeader,
  ownHeaders,
  type PageProcess,
  sendRaw,
  startLimitMs,
  startPageProcess,
} from './bff-process.fixture.ts'
import { type RecordingEngine, sendJson, startRecordingEngine } from './recording-engine.fixture.ts'

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
const stream = { 'content-type': 'text/event-stream; charset=utf-8' }
const get = (path: string, init: RequestInit = {}) =>
  fetch(`${page.url}/api/v1${path}`, { ...init, headers: { ...cookie, ...init.headers } })

test('events a second apart arrive a second apart', async () => {
  engine.reply('/events', async (_, response) => {
    response.writeHead(200, stream).flushHeaders()
    for (let at = 0; at < 5; at++) {
      response.write(`data: ${Date.now()}\n\n`)
      await sleep(1000)
    }
    response.end()
  })
  const answer = await get('/events')
  expect(answer.headers.get('content-type')).toBe(stream['content-type'])
  expect(answer.headers.get('cache-control')).toBe('no-cache, no-transform')
  expect(answer.headers.get('x-accel-buffering')).toBe('no')
  expect(answer.headers.get('content-encoding')).toBeNull()
  const delays: number[] = []
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    expect(chunk.match(/data/g)).toHaveLength(1)
    delays.push(Date.now() - Number(/\d+/.exec(chunk)?.[0]))
  }
  expect(delays).toHaveLength(5)
  expect(Math.max(...delays), 'each before the next is sent').toBeLessThan(1000)
  expect(delays.toSorted((a, b) => a - b)[2], 'as a rule at once').toBeLessThan(100)
}, 20_000)

test('a stream is open as soon as the engine has opened it', async () => {
  engine.reply('/events', (_, response) => void response.writeHead(200, stream).flushHeaders())
  const leave = new AbortController()
  const answer = await get('/events', { signal: leave.signal })
  expect(answer.status).toBe(200)
  leave.abort()
})

test('a reader who leaves ends the request to the engine', async () => {
  const gone = Promise.withResolvers<number>()
  engine.reply('/events', (_, response) => {
    response.writeHead(200, stream).write('data: 1\n\n')
    response.on('close', () => gone.resolve(Date.now()))
  })
  const leave = new AbortController()
  const answer = await get('/events', { signal: leave.signal })
  await answer.body?.getReader().read()
  const left = Date.now()
  leave.abort()
  expect((await gone.promise) - left).toBeLessThan(2000)
})

test('a reader who leaves before there is an answer ends the request too', async () => {
  const gone = Promise.withResolvers<void>()
  const here = Promise.withResolvers<void>()
  engine.reply('/agent/tools', (_, response) => {
    here.resolve()
    response.on('close', gone.resolve)
  })
  const leave = new AbortController()
  const answer = get('/agent/tools', { signal: leave.signal }).catch(() => {})
  await here.promise
  leave.abort()
  await gone.promise
  await answer
})

test('an engine that breaks off breaks the answer off', async () => {
  engine.reply('/events', (_, response) => {
    response.writeHead(200, stream).write('data: 1\n\n')
    setTimeout(() => response.destroy(), 100)
  })
  const answer = await get('/events')
  await expect(answer.text()).rejects.toThrow()
  expect((await get('/auth/me')).status).toBe(200)
})

test('a download is handed on in pieces, with what names it, to a reader that pauses as well', async () => {
  const piece = Buffer.alloc(64 * 1024, 'x')
  engine.reply('/audit/export', async (_, response) => {
    response.writeHead(200, { 'content-type': 'application/jsonl', 'content-disposition': 'attachment; filename="a"' })
    for (let at = 0; at < 320; at++)
      if (!response.write(piece)) await new Promise((next) => response.once('drain', next))
    response.end()
  })
  const answer = await get('/audit/export')
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="a"')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    // Long enough for all that lies between the engine and the reader to be full.
    if (bytes === 0) await sleep(500)
    bytes += chunk.byteLength
  }
  expect(bytes).toBe(320 * piece.byteLength)
})

test('a path is made anew, whichever way its characters were sent', async () => {
  for (const path of ['/approvals/call:1.a', '/approvals/call%3A1.a', '/approvals/call%3a1.a/']) {
    const answer = await get(path)
    expect([path, answer.status, await answer.json()]).toEqual([path, 200, { path: '/approvals/call%3A1.a' }])
  }
  expect(await (await get('/conversations?query=a%20b%26c&limit=5')).json()).toEqual({
    path: '/conversations?query=a+b%26c&limit=5',
  })
})

test('the engine gets these headers and no other', async () => {
  engine.requests.splice(0)
  await get('/auth/me?', {
    headers: {
      'user-agent': 'test',
      accept: 'application/json',
      'accept-language': 'de',
      range: 'bytes=0-1',
      'last-event-id': '7',
      'x-request-id': 'mine',
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-real-ip': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
      'impersonate-user': 'admin',
      'x-other': '1',
    },
  })
  const { authorization, connection, host, ...headers } = engine.requests[0]?.headers ?? {}
  expect(headers).toEqual({
    'user-agent': 'test',
    accept: 'application/json',
    'accept-language': 'de',
    range: 'bytes=0-1',
    'last-event-id': '7',
    'x-request-id': 'mine',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': new URL(page.url).host,
    'x-forwarded-proto': 'http',
  })
  expect([host, connection, typeof authorization]).toEqual([new URL(engine.url).host, 'keep-alive', 'string'])
})

test('the browser gets these headers back and no other of the engine', async () => {
  const passed = { 'retry-after': '3', 'x-request-id': 'mine', 'x-process-time': '0.1', 'content-range': 'bytes 0-1/2' }
  const kept = {
    server: 'engine',
    'set-cookie': 'auth_token=x',
    'access-control-allow-origin': '*',
    etag: '"1"',
    'x-internal': '1',
    location: '/x',
  }
  engine.reply('/agent/context', (_, response) =>
    sendJson(response, 429, { detail: 'Too Many Requests' }, { ...passed, ...kept }),
  )
  const answer = await get('/agent/context')
  expect([answer.status, await answer.json()]).toEqual([429, { detail: 'Too Many Requests' }])
  expect(Object.fromEntries(answer.headers)).toMatchObject(passed)
  for (const name of Object.keys(kept)) expect([name, answer.headers.get(name)]).toEqual([name, null])
})

test.each([400, 403, 404, 409, 413, 422])('a %i is handed on as it is', async (status) => {
  const body = { detail: [{ loc: ['body', 'x'], msg: 'Field required' }], current: { revision: 2 } }
  engine.reply('/agent/context', (_, response) => sendJson(response, status, body))
  const answer = await get('/agent/context')
  expect([answer.status, await answer.json()]).toEqual([status, body])
})

test.each([500, 502, 503])('of a %i only the status is told', async (status) => {
  engine.reply('/agent/context', (_, response) =>
    sendJson(response, status, { detail: 'at db.ts:7' }, { 'retry-after': '2' }),
  )
  const answer = await get('/agent/context', { headers: { 'x-request-id': 'mine' } })
  expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
    status,
    '2',
    { detail: expect.not.stringContaining('db.ts'), code: 'engine_failed', request_id: 'mine' },
  ])
})

test('what the engine promises to say of a server behind it is told, with its reason', async () => {
  const body = { detail: 'Failed to store credentials', reason: 'Forbidden: no.', stack: 'at db.ts:7' }
  engine.reply('/agent/context', (_, response) => sendJson(response, 502, body))
  const answer = await get('/agent/context', { headers: { 'x-request-id': 'mine' } })
  expect([answer.status, await answer.json()]).toEqual([
    502,
    {
      detail: 'Failed to store credentials',
      reason: 'Forbidden: no.',
      code: 'credentialsNotStored',
      request_id: 'mine',
    },
  ])
})

test('an empty answer stays empty', async () => {
  engine.reply(`/conversations/${id}`, (_, response) => void response.writeHead(204).end())
  const headers = { ...cookie, ...ownHeaders(page.url) }
  const answer = await fetch(`${page.url}/api/v1/conversations/${id}`, { method: 'DELETE', headers })
  expect([answer.status, await answer.text()]).toEqual([204, ''])
})

test('a redirect on the same host is followed once, with method and body; others are not', async () => {
  engine.reply(
    '/conversations',
    (_, response) => void response.writeHead(307, { location: '/api/v1/conversations/' }).end(),
  )
  engine.reply('/conversations/', ({ method, body }, response) => sendJson(response, 200, { method, body }))
  const create = () =>
    fetch(`${page.url}/api/v1/conversations/`, {
      method: 'POST',
      headers: { ...cookie, ...ownHeaders(page.url), 'content-type': 'application/json' },
      body: '{}',
    })
  expect(await (await create()).json()).toEqual({ method: 'POST', body: '{}' })
  const before = engine.requests.length
  for (const [status, location] of [
    [307, 'http://127.0.0.1:1/api/v1/conversations/'],
    [302, '/api/v1/conversations/'],
    [307, '/api/v1/conversations'],
  ] as const) {
    engine.reply('/conversations', (_, response) => void response.writeHead(status, { location }).end())
    const answer = await create()
    expect([status, location, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      status,
      location,
      502,
      'engine_redirected',
    ])
  }
  expect(engine.requests.length - before).toBe(4)
})

test('a terminal brings its own credential, and its cookies stay behind', async () => {
  const { access } = engine.issue()
  const authorization = `Bearer ${access}`
  engine.requests.splice(0)
  const answer = await get('/auth/me?anything=1', { headers: { authorization } })
  expect(answer.status).toBe(200)
  expect(engine.requests[0]).toMatchObject({ path: '/auth/me?anything=1', headers: { authorization } })
  expect(engine.requests[0]?.headers).not.toHaveProperty('cookie')
  const refused = await get('/auth/me', { headers: { authorization: 'Bearer gone' } })
  expect([refused.status, await refused.json()]).toEqual([401, { detail: 'Unauthorized' }])
  expect([engine.requestsTo('/auth/refresh'), refused.headers.getSetCookie()]).toEqual([[], []])
})

test('a terminal signs in through the page, and a browser cannot', async () => {
  const body = 'username=ada%40example.com&password=right'
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const request = { method: 'POST', path: '/api/v1/auth/jwt/login', body }
  const answer = await sendRaw(page.url, { ...request, headers: form })
  expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('access_token')])
  const before = engine.requests.length
  for (const extra of [{ origin: page.url }, { cookie: 'a=b' }, { 'sec-fetch-mode': 'cors' }] as Record<
    string,
    string
  >[]) {
    expect((await sendRaw(page.url, { ...request, headers: { ...form, ...extra } })).status).toBe(404)
  }
  const large = await sendRaw(page.url, { ...request, headers: form, body: 'x'.repeat(1024 * 1024 + 1) })
  expect([large.status, engine.requests.length - before]).toEqual([413, 0])
})

test('an engine that is not there is told as such, and pages keep the session', async () => {
  const alone = await startPageProcess({ API_URL: 'http://127.0.0.1:1/api/v1' })
  try {
    const answer = await fetch(`${alone.url}/api/v1/auth/me`, { headers: cookie })
    expect([answer.status, await answer.json()]).toMatchObject([502, { code: 'engine_unreachable' }])
    expect(answer.headers.getSetCookie()).toEqual([])
    const shown = await fetch(`${alone.url}/`, { headers: cookie, redirect: 'manual' })
    expect([shown.status, shown.headers.getSetCookie()]).toEqual([200, []])
    expect((await fetch(`${alone.url}/api/health`)).status).toBe(200)
    expect((await fetch(`${alone.url}/api/health/ready`)).status).toBe(503)
    expect((await fetch(`${page.url}/api/health/ready`)).status).toBe(200)
  } finally {
    await alone.stop()
  }
})
