import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  cookieHeader,
  ownHeaders,
  type PageProcess,
  sendRaw,
  startLimitMs,
  startPageProcess,
} from './bff-process.fixture.ts'
import { type RecordingEngine, startRecordingEngine } from './recording-engine.fixture.ts'

let engine: RecordingEngine
/** Known by the names of this machine alone. */
let page: PageProcess
/** With names of its own, behind a proxy. */
let named: PageProcess
beforeAll(async () => {
  engine = await startRecordingEngine()
  const names = { PUBLIC_URL: 'https://ops.example.com', ALLOWED_HOSTS: 'box.local, fairlead:3000' }
  ;[page, named] = await Promise.all([
    startPageProcess({ API_URL: engine.url }),
    startPageProcess({ API_URL: engine.url, ...names, TRUSTED_PROXIES: '127.0.0.0/8' }),
  ])
}, startLimitMs)
afterAll(async () => {
  await Promise.all([page?.stop(), named?.stop()])
  await engine.close()
})

const get = (url: string, path: string, headers: Record<string, string>) => sendRaw(url, { path, headers })
const json = { 'content-type': 'application/json' }
/** As a script of a stranger's page sends it, whose name has been made to resolve to this machine. */
const rebound = (host: string) => ({ ...ownHeaders(`http://${host}`), host, ...cookieHeader(engine.issue()) })

test.each([
  ['GET', '/', ''],
  ['GET', '/welcome', ''],
  ['GET', '/login', ''],
  ['GET', '/_next/static/nothing.js', ''],
  ['GET', '/api/config', ''],
  ['GET', '/api/v1/auth/is_admin_user', ''],
  ['GET', '/api/v1/approvals', ''],
  ['POST', '/api/auth/login', '{"email":"ada@example.com","password":"right"}'],
  ['POST', '/api/auth/refresh', ''],
  ['POST', '/api/auth/logout', ''],
  ['POST', '/api/v1/auth/register/register', '{"email":"eve@evil.example","password":"a long password"}'],
  ['POST', '/api/v1/agent/chat', '{"messages":[{"role":"user","content":"hello"}]}'],
  ['POST', '/api/v1/agent/approvals/call-1', '{"approve":true}'],
  ['POST', '/api/v1/approvals/call-1/decision', '{"approve":true}'],
  ['OPTIONS', '/api/v1/approvals', ''],
  ['GET', '/a/../b', ''],
])(
  'a page of a stranger’s name gets nothing from %s %s, and the engine hears of nothing',
  async (method, path, body) => {
    const before = engine.requests.length
    for (const host of ['evil.example', `evil.example:${new URL(page.url).port}`, 'localhost.evil.example']) {
      const answer = await sendRaw(page.url, { method, path, headers: { ...rebound(host), ...json }, body })
      expect([answer.status, answer.headers.getSetCookie()], host).toEqual([421, []])
      expect(answer.body, host).toContain('ALLOWED_HOSTS')
    }
    expect(engine.requests.slice(before)).toEqual([])
  },
)

test('a person reads a sentence, a program what it can tell from others', async () => {
  const forPerson = await get(page.url, '/welcome', { host: 'evil.example' })
  expect(forPerson.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(forPerson.headers.get('x-content-type-options')).toBe('nosniff')
  expect(forPerson.body).toMatch(/^"evil\.example" is not a name .* PUBLIC_URL and ALLOWED_HOSTS\. If .* add it there/m)
  const forProgram = await get(page.url, '/api/config', { host: 'evil.example' })
  expect(JSON.parse(forProgram.body)).toMatchObject({ code: 'misdirected', request_id: expect.any(String) })
  const odd = await get(page.url, '/', { host: '<script>alert(1)</script>' })
  expect([odd.status, odd.body.includes('script')]).toEqual([421, false])
})

test('health answers to any name, and to nothing else', async () => {
  for (const path of ['/api/health', '/api/health/', '/api/health/ready']) {
    expect((await get(page.url, path, { host: '10.1.2.3:3000' })).status, path).toBe(200)
  }
  expect((await get(page.url, '/api/health/x', { host: '10.1.2.3:3000' })).status).toBe(421)
})

test('a request that names its server twice, not at all, or in its target as well', async () => {
  const { port } = new URL(page.url)
  const twice = await get(page.url, '/login', { host: `localhost:${port}`, Host: 'evil.example' })
  expect(twice.status).toBe(400)
  expect((await get(page.url, '/login', { host: '' })).status).toBe(421)
  expect((await get(page.url, `http://evil.example:${port}/login`, {})).status).toBe(421)
})

test('the names of this machine are known, in the forms that a browser sends', async () => {
  const { port } = new URL(page.url)
  for (const host of [`localhost:${port}`, 'LOCALHOST', `127.0.0.1:${port}`, '127.0.0.2', `[::1]:${port}`]) {
    expect((await get(page.url, '/api/config', { host })).status, host).toBe(200)
  }
  for (const host of ['localhost.', `x@localhost:${port}`, '0.0.0.0', 'box.local']) {
    expect((await get(page.url, '/api/config', { host })).status, host).toBe(421)
  }
})

test('listed names are known, the public one too, and what a proxy was asked for counts beside them', async () => {
  const status = async (headers: Record<string, string>) => (await get(named.url, '/api/config', headers)).status
  for (const host of ['ops.example.com', 'box.local:81', 'fairlead:3000'])
    expect(await status({ host }), host).toBe(200)
  for (const host of ['fairlead:3001', 'evil.example']) expect(await status({ host }), host).toBe(421)
  expect(await status({ 'x-forwarded-host': 'ops.example.com' })).toBe(200)
  expect(await status({ 'x-forwarded-host': 'evil.example' })).toBe(421)
  // Who asks may write the first ones; the proxy adds the one it has seen.
  expect(await status({ 'x-forwarded-host': 'ops.example.com, evil.example' })).toBe(421)
  expect(await status({ host: 'evil.example', 'x-forwarded-host': 'ops.example.com' })).toBe(421)
})

test('nobody whom it does not trust gives it another name', async () => {
  const headers = { host: 'evil.example', 'x-forwarded-host': 'localhost', forwarded: 'host=localhost' }
  expect((await get(page.url, '/login', headers)).status).toBe(421)
  const claimed = { 'x-forwarded-host': 'evil.example' }
  expect((await get(page.url, '/api/config', claimed)).status).toBe(200)
})
