import { newChance } from '@fairlead/e2e/chance'
import type { Browser } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { newAccount } from './account.fixture.ts'
import { chatPage } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { type Cookies, cookieHeader, ownHeaders, signInAt } from './cookies.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { see } from './see.fixture.ts'
import { signInForm } from './sign-in-page.fixture.ts'
import { newContext, newVisitor, type Visitor } from './visitor.fixture.ts'
import { nothingWrong, type Watched } from './watch-context.fixture.ts'

const chance = newChance()
let all: Installation
let browser: Browser
const opened: Visitor[] = []
const everything: Watched[] = []

beforeAll(async () => {
  browser = await startChromium()
  all = await startInstallation({ tools: 'scripted' })
  await newAccount(all)
}, 400_000)
afterAll(async () => {
  await browser?.close()
  await all?.close()
}, 60_000)
afterEach(async () => {
  all.toEngine.interfere(() => ({ do: 'pass' }))
  for (const { context, watched } of opened.splice(0)) {
    everything.push(watched)
    await context.close()
  }
})

async function visit(path = '/'): Promise<Visitor> {
  const visitor = await newVisitor(browser, all)
  opened.push(visitor)
  await visitor.page.goto(path)
  return visitor
}

const cookieOf = async ({ context }: Visitor, name: keyof Cookies) =>
  (await context.cookies()).find((cookie) => cookie.name === name)

/** The access token's time is over, as after a quarter of an hour. */
async function outdate(visitor: Visitor): Promise<void> {
  const cookie = await cookieOf(visitor, 'auth_token')
  if (cookie === undefined) throw new Error('not signed in')
  await visitor.context.addCookies([{ ...cookie, value: all.expired(cookie.value) }])
}

/** Somebody ended the session elsewhere: its next use is refused. */
async function endSession({ account }: Visitor): Promise<void> {
  await all.sql.query('update sessions set revoked_at = now() where user_id = $1', [account.id])
  await all.sql.query('update refresh_tokens set revoked_at = now() where user_id = $1', [account.id])
}

// Hooks run from the last to the first: this one sees the pages as the test left them.
afterEach((context) => keepFailure(context, browser))

test('who is not signed in is led to sign-in by the server, and back to where they wanted to go', async () => {
  for (const path of ['/', '/chat/6f1c2d3e-4a5b-4c6d-8e7f-901a2b3c4d5e', '/approvals?risk=high', '/approvals/call_1']) {
    const answer = await fetch(`${all.url}${path}`, { redirect: 'manual' })
    expect([302, 303, 307]).toContain(answer.status)
    const to = new URL(answer.headers.get('location') ?? '', all.url)
    expect(to.pathname + to.search).toBe(
      path === '/' ? to.pathname + to.search : `/login?next=${encodeURIComponent(path)}`,
    )
  }
  const account = await newAccount(all)
  const { context, watched } = await newContext(browser, all.url)
  const page = await context.newPage()
  await page.goto('/approvals?risk=high')
  await see(page).toHaveURL(/\/login\?next=/)
  await see(page).toHaveTitle(/^Log in · /)
  const form = signInForm(page)
  await form.fill({ ...account, password: 'not this one' })
  await see(form.fault).toContainText(/e-mail|password/i)
  await see(form.fault).toBeFocused()
  await form.fill(account)
  await see(page).toHaveURL('/approvals?risk=high')
  await page.goto('/login')
  await see(page).toHaveURL('/')
  await page.goto('/welcome')
  await see(page).toHaveURL('/')
  // More of them: `next-path.test.ts`. These are what a browser and a URL's parser read in different ways.
  for (const hostile of ['//evil.example', '/\\evil.example']) {
    await see(page.getByRole('button', { name: 'Log out' })).toBeVisible()
    await page.goto('about:blank')
    await context.clearCookies()
    await page.goto(`/login?next=${encodeURIComponent(hostile)}`)
    await signInForm(page).fill(account)
    await see(page).toHaveURL('/')
  }
  everything.push(watched)
  await context.close()
}, 60_000)

test('cookies are out of reach of every script, and storage holds neither token nor e-mail', async () => {
  const visitor = await visit()
  const cookies = await visitor.context.cookies()
  expect(cookies.map(({ name }) => name).toSorted()).toEqual(['auth_token', 'known_device', 'refresh_token'])
  for (const { name, httpOnly, sameSite, path } of cookies) {
    const place = name === 'known_device' ? '/api/auth/login' : '/'
    expect({ httpOnly, sameSite, path }).toEqual({ httpOnly: true, sameSite: 'Lax', path: place })
  }
  await see(visitor.page.getByRole('heading', { level: 1 })).toBeVisible()
  const stored = await visitor.page.evaluate<string>(
    'document.cookie + JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage })',
  )
  expect(stored).not.toContain(visitor.account.email)
  for (const { value } of cookies) expect(stored).not.toContain(value)
})

test('20 calls at once with an outdated token before two servers: all answered, one refresh each', async () => {
  const account = await newAccount(all)
  const cookies = await signInAt(all.url, account)
  const second = await all.startAnotherPage()
  const outdated = { ...cookies, auth_token: all.expired(cookies.auth_token ?? '') }
  const before = all.toEngine.requests.length
  const call = (url: string) =>
    fetch(`${url}/api/v1/conversations`, { headers: { ...cookieHeader(outdated), ...ownHeaders(url) } })
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => call(index % 2 ? all.url : second.url)))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  const refreshes = all.toEngine.requests.slice(before).filter(({ path }) => path === '/api/v1/auth/refresh')
  expect(refreshes.length).toBeLessThanOrEqual(2)
  const set = answers.map((answer) => answer.headers.getSetCookie().toSorted().join('\n'))
  expect(new Set(set).size, 'each server sets one pair').toBeLessThanOrEqual(2)
  // A call that still carries the old pair comes late.
  expect((await call(all.url)).status).toBe(200)
  await second.stop()
}, 60_000)

test('two tabs whose token is outdated both stay signed in', async () => {
  const visitor = await visit()
  const other = await visitor.newTab()
  await other.goto('/approvals')
  await outdate(visitor)
  await Promise.all([visitor.page.reload(), other.reload()])
  await see(visitor.page.getByRole('button', { name: 'Log out' })).toBeVisible()
  await see(other.getByRole('button', { name: 'Log out' })).toBeVisible()
})

test('an outdated token costs the next message nothing but one silent refresh', async () => {
  const visitor = await visit()
  const chat = chatPage(visitor.page)
  const message = chance.name('hello')
  all.scenes.play(message, [{ text: 'Good morning.' }])
  await see(chat.composer).toBeFocused()
  // Whatever asks first refreshes: what the page looks up by itself may come before the message.
  const before = all.toEngine.requests.length
  await outdate(visitor)
  await chat.send(message)
  await see(visitor.page.getByText('Good morning.')).toBeVisible()
  const since = all.toEngine.requests.slice(before)
  expect(since.filter(({ path }) => path === '/api/v1/auth/refresh')).toHaveLength(1)
  expect(since.filter(({ path }) => path === '/api/v1/agent/chat')).toHaveLength(1)
})

test('an engine that fails signs nobody out: the page says so and recovers', async () => {
  const visitor = await newVisitor(browser, all)
  opened.push(visitor)
  const { page } = visitor
  all.toEngine.interfere(() => ({ do: 'answer', status: 503, body: { detail: 'Service Unavailable' } }))
  await page.goto('/')
  await see(page.getByText(/engine .*(unreachable|cannot be reached)/i).first()).toBeVisible()
  expect(await cookieOf(visitor, 'refresh_token')).toBeDefined()
  const { composer } = chatPage(page)
  await see(composer).toBeDisabled()
  await see(composer).toBeFocused()
  all.toEngine.interfere(() => ({ do: 'pass' }))
  await see(composer).toBeEnabled()
  await see(composer).toBeFocused()
  await see(page.getByText(/engine .*(unreachable|cannot be reached)/i)).toHaveCount(0)
  await see(page).toHaveURL('/')
}, 60_000)

test('a session that ended while somebody typed leads to sign-in and back to the same words', async () => {
  const visitor = await visit()
  const { page, account } = visitor
  const chat = chatPage(page)
  const message = chance.name('hello')
  all.scenes.play(message, [{ text: 'Good morning.' }])
  await chat.send(message)
  await see(page.getByText('Good morning.')).toBeVisible()
  const place = page.url()
  const draft = `and then ${chance.name('this')}`
  await chat.composer.fill(draft)
  await endSession(visitor)
  // Something else hears of it first, and the page is left while the words are on their way.
  const left = Promise.withResolvers<void>()
  all.toEngine.interfere(({ path }) =>
    path === '/api/v1/agent/chat' ? { do: 'hold', until: left.promise } : { do: 'pass' },
  )
  await chat.composer.press('Enter')
  await page.evaluate("dispatchEvent(new Event('online'))")
  await page.getByRole('searchbox', { name: 'Search chats' }).fill('something')
  await see(page).toHaveURL(/\/login\?next=/)
  left.resolve()
  await signInForm(page).fill(account)
  await see(page).toHaveURL(place)
  await see(chat.composer).toHaveValue(draft)
  await see(page.getByText('Good morning.')).toBeVisible()
}, 60_000)

test('a session that ends in the middle of a stream leads back to the same chat, whose run went on', async () => {
  const visitor = await visit()
  const { page, account } = visitor
  const chat = chatPage(page)
  const message = chance.name('count')
  const pieces = 60
  all.scenes.play(message, [{ text: { pieces }, pace: { piecesPerSecond: 10 } }])
  await chat.send(message)
  // Two of them: the question's own name is by chance, and may have one in it.
  await see(page.getByText('w4 w5')).toBeVisible()
  await endSession(visitor)
  // The line breaks, as it does when the token that opened it is over; the next one is refused.
  for (const { path, over } of all.toEngine.requests) if (path === '/api/v1/agent/chat') expect(over).toBeDefined()
  all.toEngine.interfere(({ path }) => (path.includes('/agent/') ? { do: 'cut' } : { do: 'pass' }))
  await page.evaluate("dispatchEvent(new Event('online'))")
  await see(page).toHaveURL(/\/login\?next=/, { timeout: 30_000 })
  all.toEngine.interfere(() => ({ do: 'pass' }))
  await signInForm(page).fill(account)
  await see(page.getByText(`w${pieces - 2} w${pieces - 1}`)).toBeVisible()
  await see(page.getByText('w0 w1 w2')).toHaveCount(1)
}, 90_000)

test('logging out leaves in every tab, and says when the server did not hear of it', async () => {
  const visitor = await visit()
  const other = await visitor.newTab()
  await other.goto('/approvals')
  await see(other.getByRole('heading', { level: 1 })).toBeVisible()
  await visitor.page.getByRole('button', { name: 'Log out' }).click()
  await see(visitor.page).toHaveURL(/\/login/)
  await see(other).toHaveURL(/\/login/)
  expect(await cookieOf(visitor, 'auth_token')).toBeUndefined()
  expect(await cookieOf(visitor, 'refresh_token')).toBeUndefined()
  await visitor.page.goBack()
  await see(visitor.page).toHaveURL(/\/login/)

  const again = await visit()
  const refresh = await cookieOf(again, 'refresh_token')
  all.toEngine.interfere(({ path }) => (path.endsWith('/auth/logout') ? { do: 'cut' } : { do: 'pass' }))
  await again.page.getByRole('button', { name: 'Log out' }).click()
  await see(again.page.getByText(/may still be valid/)).toBeVisible()
  all.toEngine.interfere(() => ({ do: 'pass' }))
  await again.page.getByRole('button', { name: 'Log out again' }).click()
  await see(again.page.getByText(/may still be valid/)).toHaveCount(0)
  const used = await fetch(`${all.api}/auth/refresh`, {
    method: 'POST',
    headers: { cookie: `refresh_token=${refresh?.value}`, origin: new URL(all.api).origin },
  })
  expect(used.status).toBe(401)
}, 60_000)

test('a role that changes acts on the next request, and a person who was deactivated is out', async () => {
  const visitor = await visit('/approvals')
  const { page, account } = visitor
  await see(page.getByRole('link', { name: /^Approvals/ })).toBeVisible()
  await all.sql.query('update users set view_only = true where id = $1', [account.id])
  await page.reload()
  await see(page.getByRole('link', { name: /^Approvals/ })).toHaveCount(0)
  const refused = await page.goto('/approvals')
  expect(refused?.status()).toBe(403)
  await page.goto('/')
  await see(page.getByText('Read-only account: changes are not proposed')).toBeVisible()
  await all.sql.query('update users set is_active = false where id = $1', [account.id])
  // The page may notice by itself first, and leave while it is asked to load.
  await page.goto('/').catch(() => {})
  await see(page).toHaveURL(/\/login/)
}, 60_000)

test('no page of these asked another origin, broke its own policy or failed', () => {
  expect(everything.length).toBeGreaterThan(5)
  for (const watched of everything) expect(watched).toEqual(nothingWrong)
})
