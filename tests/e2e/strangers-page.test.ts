import { request as send } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newPerson, type Person, password, setupSecretOf } from './person.fixture.ts'
import { only } from './read-events.fixture.ts'
import { newFolder, startUp, type Up } from './start-up.fixture.ts'

const minutes = 60_000
const owned = new AsyncDisposableStack()
let up: Up
/** What page, engine and tool server are asked at, and what a stranger's page calls them. */
let places: { page: string; api: string; mcp: string }

beforeAll(async () => {
  const folder = owned.use(await newFolder())
  up = owned.adopt(
    await startUp({ args: ['--port', '0', '--state', 'state'], cwd: folder.path }),
    async (started) => void (await started.stop()),
  )
  places = { page: up.url.replace('localhost', '127.0.0.1'), api: up.api, mcp: up.mcp }
}, 3 * minutes)
afterAll(() => owned.disposeAsync())

type Sent = { method?: string; headers?: Record<string, string>; body?: string; host?: string }
type Got = { status: number | undefined; text: string; cookies: string[] | undefined }

/**
 * As a browser sends what a page at `host` asks of itself, where that name has been made to resolve to this machine:
 * to the page it is its own origin, so every header is as it should be.
 */
function sendRequest(
  url: string,
  { method = 'GET', headers = {}, body, host = 'evil.example' }: Sent = {},
): Promise<Got> {
  const { port } = new URL(url)
  const name = `${host}:${port}`
  const own = { host: name, origin: `http://${name}`, 'sec-fetch-site': 'same-origin', 'x-fairlead-csrf': '1' }
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const sent = send(url, { method, headers: { ...own, ...json, ...headers } }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode, text, cookies: answer.headers['set-cookie'] }))
    })
    sent.on('error', reject).end(body)
  })
}

async function expectRefused(url: string, sent: Sent): Promise<void> {
  const { status, text, cookies } = await sendRequest(url, sent)
  const label = `${sent.method ?? 'GET'} ${url}: ${text}`
  expect([status, cookies], label).toEqual([421, undefined])
  expect(text, label).toContain('ALLOWED_HOSTS')
}

test('a stranger’s page makes no first account, even with the secret of the link, and signs nobody in', async () => {
  const account = { email: 'eve@evil.example', password, setup_secret: setupSecretOf(up.setup_url ?? '') }
  const body = JSON.stringify(account)
  for (const host of ['evil.example', 'localhost.evil.example', 'evil.example.', 'x@localhost']) {
    await expectRefused(`${places.page}/welcome`, { host })
    await expectRefused(`${places.page}/api/v1/auth/register/register`, { method: 'POST', body, host })
    await expectRefused(`${places.api}/auth/register/register`, { method: 'POST', body, host })
  }
  const claims = { 'x-forwarded-host': 'localhost', forwarded: 'host=localhost' }
  await expectRefused(`${places.page}/api/v1/auth/register/register`, { method: 'POST', body, headers: claims })
  await expectRefused(`${places.api}/auth/register/register`, { method: 'POST', body, headers: claims })
  const first = await sendRequest(`${places.page}/api/v1/auth/is_admin_user`, { host: 'localhost' })
  expect(JSON.parse(first.text)).toEqual({ is_admin: true })
})

test('nor does a page of ours without the secret', async () => {
  const body = JSON.stringify({ email: 'eve@evil.example', password })
  for (const url of [`${places.page}/api/v1/auth/register/register`, `${places.api}/auth/register/register`]) {
    const { status, text } = await sendRequest(url, { method: 'POST', body, host: 'localhost' })
    expect([status, JSON.parse(text)]).toEqual([403, { detail: 'The set-up link of this installation is needed' }])
  }
  expect(up.stderr()).toContain(up.setup_url)
})

test(
  'with a session that counts it reads nothing, asks nothing and approves nothing',
  async () => {
    const ada: Person = await newPerson(up, 'ada@example.com')
    const events = await ada.ask('scale cart in shop to 3')
    const approval = only(events, 'tool.awaiting_approval')
    const { call_id, conversation_id, args_digest, effect_digest } = approval
    const decision = JSON.stringify({ approve: true, conversation_id, args_digest, effect_digest })
    const chat = JSON.stringify({ messages: [{ role: 'user', content: 'scale cart in shop to 3' }] })
    const withCookie = { cookie: `auth_token=${ada.token}` }
    const withToken = { authorization: `Bearer ${ada.token}` }
    for (const headers of [withCookie, withToken]) {
      for (const base of [`${places.page}/api/v1`, places.api]) {
        await expectRefused(`${base}/auth/me`, { headers })
        await expectRefused(`${base}/approvals`, { headers })
        await expectRefused(`${base}/events`, { headers })
        await expectRefused(`${base}/agent/chat`, { method: 'POST', headers, body: chat })
        await expectRefused(`${base}/agent/approvals/${call_id}`, { method: 'POST', headers, body: decision })
        await expectRefused(`${base}/approvals/${call_id}/decision`, { method: 'POST', headers, body: decision })
      }
    }
    const credentials = JSON.stringify({ email: ada.email, password })
    await expectRefused(`${places.page}/api/auth/login`, { method: 'POST', body: credentials })
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const login = new URLSearchParams({ username: ada.email, password }).toString()
    await expectRefused(`${places.api}/auth/jwt/login`, { method: 'POST', headers: form, body: login })
    const list = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
    await expectRefused(places.mcp, { method: 'POST', body: list })

    const waiting = await ada.request('GET', `/approvals/${call_id}`)
    expect(waiting.body).toMatchObject({ call_id, status: 'awaiting_approval' })
    const done = await ada.decide(approval, true)
    expect(only(done, 'tool.verified')).toMatchObject({ verdict: 'as_approved' })
  },
  minutes,
)

test('whoever looks after the processes reaches their health, keys and nothing else', async () => {
  const { origin } = new URL(places.api)
  for (const url of [
    `${places.page}/api/health`,
    `${places.page}/api/health/ready`,
    `${places.api}/health/`,
    `${places.api}/health/ready`,
    `${origin}/.well-known/jwks.json`,
    new URL('/health', places.mcp).href,
    new URL('/health/ready', places.mcp).href,
  ]) {
    expect([url, (await sendRequest(url)).status]).toEqual([url, 200])
  }
})
