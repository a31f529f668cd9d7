import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { cookieHeader, type PageProcess, sendRaw, startLimitMs, startPageProcess } from '../bff-process.fixture.ts'
import { type RecordingEngine, sendJson, startRecordingEngine, user } from '../recording-engine.fixture.ts'

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
const me = (found: object) => engine.reply('/auth/me', (_, response) => sendJson(response, 200, found))
afterEach(() => me(user))

const open = async (path: string, headers: Record<string, string> = {}, of = page) => {
  const answer = await fetch(`${of.url}${path}`, { headers, redirect: 'manual' })
  return { status: answer.status, location: answer.headers.get('location'), text: await answer.text(), answer }
}
const signedIn = () => cookieHeader(engine.issue())

test.each([
  ['/', '/login?next=%2F'],
  ['/chat/abc', '/login?next=%2Fchat%2Fabc'],
  ['/settings/', '/login?next=%2Fsettings%2F'],
  ['/approvals?status=pending&_rsc=x1', '/login?next=%2Fapprovals%3Fstatus%3Dpending'],
  ['/policies', '/login?next=%2Fpolicies'],
  ['/audit/replay/abc', '/login?next=%2Faudit%2Freplay%2Fabc'],
])('without a session %s leads to %s, before any HTML', async (path, to) => {
  expect(await open(path)).toMatchObject({ status: 307, location: to, text: expect.not.stringContaining('<') })
})

test('the sign-in page is for whoever has no session, and leads on who has one', async () => {
  expect((await open('/login')).status).toBe(200)
  expect(await open('/login?next=/chat/a', signedIn())).toMatchObject({ status: 307, location: '/' })
})

test('the first-run page is never shown once somebody has an account', async () => {
  expect(await open('/welcome')).toMatchObject({ status: 307, location: '/login' })
  expect(await open('/welcome', signedIn())).toMatchObject({ status: 307, location: '/' })
})

test('while nobody has an account every page leads to the first run', async () => {
  const empty = await startRecordingEngine()
  empty.reply('/auth/is_admin_user', (_, response) => sendJson(response, 200, { is_admin: true }))
  const fresh = await startPageProcess({ API_URL: empty.url })
  try {
    for (const path of ['/', '/login', '/settings', '/nowhere']) {
      expect(await open(path, {}, fresh)).toMatchObject({ status: 307, location: '/welcome' })
    }
    expect((await open('/welcome', {}, fresh)).status).toBe(200)
    empty.reply('/auth/is_admin_user', (_, response) => sendJson(response, 200, { is_admin: false }))
    expect(await open('/welcome', {}, fresh)).toMatchObject({ status: 307, location: '/login' })
    const requestsTo = empty.requestsTo('/auth/is_admin_user').length
    await open('/login', {}, fresh)
    expect(empty.requestsTo('/auth/is_admin_user')).toHaveLength(requestsTo)
  } finally {
    await fresh.stop()
    await empty.close()
  }
})

test('an address that leads nowhere is a 404, with and without a session', async () => {
  expect((await open('/nowhere')).status).toBe(404)
  expect((await open('/nowhere', signedIn())).status).toBe(404)
})

test('the page of who is signed in comes with the user and without a token', async () => {
  const tokens = engine.issue()
  const { status, text } = await open('/', cookieHeader(tokens))
  expect([status, text.includes(user.email)]).toEqual([200, true])
  for (const token of Object.values(tokens)) expect(text).not.toContain(token)
})

test('a page that the role may not see is a 403, and its address stays', async () => {
  me({ ...user, view_only: true })
  expect(await open('/approvals', signedIn())).toMatchObject({ status: 403, location: null })
  expect(await open('/approvals/call-1', signedIn())).toMatchObject({ status: 403 })
  expect(await open('/policies', signedIn())).toMatchObject({ status: 403 })
  me({ ...user, view_only: true, grants: ['approve'] })
  expect((await open('/approvals', signedIn())).status).toBe(200)
})

test('an engine that fails ends no session', async () => {
  for (const status of [500, 503, 429]) {
    engine.reply('/auth/me', (_, response) => sendJson(response, status, { detail: 'no' }))
    const shown = await open('/', signedIn())
    expect([shown.status, shown.answer.headers.getSetCookie()]).toEqual([200, []])
  }
})

test('a session that has ended leads to the sign-in, and its cookies go', async () => {
  const { status, location, answer } = await open('/', cookieHeader({ refresh: 'unknown' }))
  expect([status, location]).toEqual([307, '/login?next=%2F'])
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^auth_token=; Max-Age=0;/),
    expect.stringMatching(/^refresh_token=; Max-Age=0;/),
  ])
})

test('a page whose session was renewed sets the new cookies', async () => {
  const { status, answer } = await open('/', cookieHeader({ refresh: engine.issue().refresh }))
  expect([status, answer.headers.getSetCookie().map((line) => line.split('=')[0])]).toEqual([
    200,
    ['auth_token', 'refresh_token'],
  ])
})

test('parts of a page that are fetched ahead ask the engine once', async () => {
  const headers = { ...signedIn(), rsc: '1', 'next-router-prefetch': '1' }
  const before = engine.requestsTo('/auth/me').length
  await Promise.all(Array.from({ length: 30 }, () => open('/', headers)))
  expect(engine.requestsTo('/auth/me').length - before).toBe(1)
})

test('a page answers to reading alone', async () => {
  for (const method of ['POST', 'PUT', 'OPTIONS', 'DELETE']) {
    const { status, headers } = await sendRaw(page.url, { method, path: '/', headers: { 'next-action': 'x' } })
    expect([method, status, headers.get('allow')]).toEqual([method, 405, 'GET, HEAD'])
  }
})
