import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newChance } from '@fairlead/e2e/chance'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatPage } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { ownHeaders } from './cookies.fixture.ts'
import { type FakeEngine, startFakeEngine } from './fake-engine.fixture.ts'
import { byteByByte, type FramedEvent, type Framing, framesOf } from './frames.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { type PageServer, startPageServer } from './page-server.fixture.ts'
import { see } from './see.fixture.ts'
import { newContext } from './visitor.fixture.ts'
import { nothingWrong, type Watched } from './watch-context.fixture.ts'

const chance = newChance()
const user = {
  id: randomUUID(),
  email: `${chance.name('ada')}@example.com`,
  full_name: 'Ada',
  // As another server stores it, and without the flags that ours sends.
  role: 'Admin',
  is_active: true,
  is_superuser: false,
  is_verified: true,
  created_at: new Date().toISOString(),
}
let folder: string
let browser: Browser
let fake: FakeEngine
let server: PageServer
let context: BrowserContext
let page: Page
let watched: Watched

afterEach((context) => keepFailure(context, browser))
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-fake-'))
  browser = await startChromium()
  fake = await startFakeEngine(user)
  server = await startPageServer({ apiUrl: fake.apiUrl, folder })
}, 400_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await fake?.close()
  await rm(folder, { recursive: true })
}, 60_000)
/** One browser for all, which keeps the scripts that it has loaded; each test signs in and has a tab of its own. */
beforeAll(async () => {
  const made = await newContext(browser, server.url)
  context = made.context
  watched = made.watched
})
beforeEach(async () => {
  await page?.close()
  fake.reset()
  const { email } = user
  const signedIn = await context.request.post('/api/auth/login', {
    headers: ownHeaders(server.url),
    data: { email, password: 'any will do' },
  })
  expect(signedIn.status(), await signedIn.text()).toBe(200)
  page = await context.newPage()
})

const run = randomUUID()
/** Events of one run, numbered, with the ids that each of them carries. */
const eventsOf = (conversation_id: string, events: readonly [string, Record<string, unknown>][]): FramedEvent[] =>
  events.map(([event, data], index) => ({
    event,
    id: index + 1,
    data: { run_id: run, conversation_id, timestamp: Date.now(), ...data },
  }))

type Told = readonly [string, Record<string, unknown>][]
/** What the fake engine streams to the next question, and what its record then says. */
function streaming(events: Told, framing: Framing = {}, isSplit = false): void {
  fake.on('POST', '/agent/chat', ({ body }) => {
    const { conversation_id } = body as { conversation_id: string }
    const bytes = framesOf(eventsOf(conversation_id, events), framing)
    return { stream: isSplit ? byteByByte(bytes) : [bytes] }
  })
}
const recorded = (messages: unknown, more: Record<string, unknown> = {}) =>
  fake.on('GET', '/conversations/:id', ({ path }) => ({
    status: 200,
    body: {
      status: 'success',
      exists: true,
      id: path.split('/').at(-1),
      created_at: new Date().toISOString(),
      messages,
      ...more,
    },
  }))

async function ask(question = 'tell me') {
  await page.goto('/')
  const chat = chatPage(page)
  await chat.send(question)
  await see(page).toHaveURL(/\/chat\//)
  return chat
}

const call = (more: Record<string, unknown> = {}) => ({
  call_id: 'call_1',
  tool: 'k8s_logs',
  title: 'Read logs',
  args: { pod_name: 'web-1' },
  timestamp: Date.now(),
  ...more,
})
const told: Told = [
  ['ready', {}],
  ['generation.start', { model: 'other/model', tools_available: 3 }],
  ['thinking', { text: 'Hm, grü' }],
  ['thinking', { text: 'ße 🌍.' }],
  ['thinking.complete', { content: 'Hm, grüße 🌍.', duration_ms: 850 }],
  ['tools.pending', { tools: [call({ class: 'read', requires_approval: false })] }],
  ['tool.executing', call()],
  ['tool.progress', { call_id: 'call_1', message: 'half way there', progress: 50 }],
  ['tool.result', { ...call(), result: [{ type: 'text', text: 'one line of log' }] }],
  ['token', { text: 'All **is', tokens_generated: 1 }],
  ['token', { text: ' well** — 👍.', tokens_generated: 2 }],
  ['completed', { status: 'completed', duration: 1.2, duration_ms: 1200 }],
  ['workflow_complete', { status: 'completed', result: { done: true } }],
]

describe('a stream of any form', () => {
  const framings: [name: string, framing: Framing, isSplit: boolean][] = [
    ['lines end with LF', {}, false],
    ['lines end with CR', { lineEnd: '\r' }, false],
    ['lines end with CRLF', { lineEnd: '\r\n' }, false],
    ['each byte is a packet', {}, true],
    ['each byte of CRLF is a packet', { lineEnd: '\r\n' }, true],
    ['no event tells its type', { typed: false }, false],
    ['there are notes, and data over several lines', { loose: true, lineEnd: '\r\n' }, true],
  ]
  test.each(framings)('%s', { timeout: 60_000 }, async (_, framing, isSplit) => {
    streaming(told, framing, isSplit)
    const chat = await ask()
    await see(page.getByText('All is well — 👍.')).toBeVisible()
    await see(page.getByRole('strong').filter({ hasText: 'is well' })).toBeVisible()
    await page.getByRole('button', { name: 'Thought for 850ms' }).click()
    await see(page.getByText('Hm, grüße 🌍.')).toBeVisible()
    await see(chat.row(/Read logs/)).toBeVisible()
    await see(chat.stopButton).toHaveCount(0)
    expect(watched).toEqual(nothingWrong)
  })
})

describe('an end that is an error', () => {
  const ends: [name: string, told: Told, framing: Framing, words: RegExp][] = [
    [
      'workflow_error without type',
      [['workflow_error', { error: 'The model is gone', status: 'error' }]],
      { typed: false },
      /The model is gone/,
    ],
    [
      'a plain error',
      [['error', { error: 'Nothing can be read', status: 'error' }]],
      { typed: false },
      /Nothing can be read/,
    ],
    [
      'workflow.error, then complete',
      [
        ['workflow.error', { error: 'It broke' }],
        ['workflow_complete', { status: 'completed', result: { done: true } }],
      ],
      {},
      /It broke/,
    ],
    ['the end of the stream', [], {}, /connection|ended|last saved/i],
  ]
  test.each(ends)('%s', { timeout: 60_000 }, async (_, end, framing, words) => {
    recorded([{ id: 'm1', type: 'user', content: 'tell me', timestamp: Date.now() }], {
      title: null,
      active_run_id: null,
    })
    const gate = Promise.withResolvers<void>()
    fake.on('POST', '/agent/chat', ({ body }) => {
      const { conversation_id } = body as { conversation_id: string }
      const begun = framesOf(eventsOf(conversation_id, told.slice(0, 4)), framing)
      const rest = framesOf(eventsOf(conversation_id, [...told.slice(0, 4), ...end]).slice(4), framing)
      return {
        stream: (async function* () {
          yield begun
          await gate.promise
          yield rest
        })(),
      }
    })
    const chat = await ask()
    await see(chat.stopButton).toBeVisible()
    await see(page.getByText('Thinking')).toBeVisible()
    gate.resolve()
    await see(chat.stopButton).toHaveCount(0, { timeout: end.length > 0 ? 1_000 : 5_000 })
    await see(page.getByText(words).first()).toBeVisible()
    await see(chat.composer).toBeEnabled()
  })
})

test('completed without a word and without an error: the missing answer is said', { timeout: 60_000 }, async () => {
  streaming(
    [
      ['ready', {}],
      ['completed', { status: 'completed', duration: 1, duration_ms: 1000 }],
    ],
    { typed: false },
  )
  const chat = await ask()
  await see(page.getByText('without an answer').first()).toBeVisible()
  await see(chat.stopButton).toHaveCount(0)
})

test('no arguments, no effect, an effect in pieces: a card all the same, and no digest that was not given', {
  timeout: 60_000,
}, async () => {
  const awaiting = (more: Record<string, unknown>) => ({
    ...call({ tool: 'k8s_delete', title: 'Delete it', context: {} }),
    ...more,
  })
  const effects: Record<string, unknown>[] = [
    { args: null },
    { args: undefined, effect: undefined },
    { args: { name: 'web' }, effect: {} },
    { args: 'text', effect: { summary: 'delete web', objects: null, reasons: 'none' }, effect_digest: 'a'.repeat(64) },
    {
      args: {},
      effect: { objects: [null, {}, { kind: 'Pod', changes: [null, { path: '/x' }] }] },
      expires_at: 'never',
    },
  ]
  for (const effect of effects) {
    const pending = awaiting({ ...effect, requires_approval: true })
    streaming([
      ['ready', {}],
      ['tools.pending', { tools: [pending] }],
      ['tool.awaiting_approval', pending],
      ['completed', { status: 'completed', duration: 1, duration_ms: 1000 }],
    ])
    const sent = Promise.withResolvers<unknown>()
    fake.on('POST', '/agent/approvals/:id', ({ body }) => {
      sent.resolve(body)
      return { status: 409, body: { detail: 'Tool call already decided' } }
    })
    const chat = await ask()
    const { root, deny } = chat.waiting
    await see(root).toContainText('Delete it')
    if (effect.effect === undefined) await see(root).toContainText(/does not tell|not told|offers no/i)
    await see(deny).toBeEnabled()
    await chat.waiting.denyBecause('no')
    const body = await sent.promise
    const given = { args_digest: effect.args_digest, effect_digest: effect.effect_digest }
    for (const [name, digest] of Object.entries(given)) expect((body as Record<string, unknown>)[name]).toBe(digest)
    await see(chat.composer).toBeVisible()
  }
  expect(watched).toEqual(nothingWrong)
})

test('class alone says what is a change: names and titles are nothing to go by', { timeout: 60_000 }, async () => {
  const one = call({ call_id: 'c1', tool: 'delete_all', title: 'Delete all', class: 'read', requires_approval: false })
  const other = call({
    call_id: 'c2',
    tool: 'get_status',
    title: 'Get status',
    class: 'write',
    requires_approval: true,
  })
  streaming([
    ['ready', {}],
    ['tools.pending', { tools: [one, other] }],
    ['tool.executing', one],
    ['tool.result', { ...one, result: [{ type: 'text', text: 'nothing there' }], outcome: 'succeeded' }],
    ['tool.approved', { ...other, decided_by: user.email, revision: 1 }],
    ['tool.executing', other],
    ['tool.result', { ...other, result: [{ type: 'text', text: 'written' }], outcome: 'succeeded' }],
    ['token', { text: 'Done.', tokens_generated: 1 }],
    ['completed', { status: 'completed', duration: 1, duration_ms: 1000 }],
  ])
  const chat = await ask()
  const steps = chat.strip.getByRole('listitem')
  await see(steps.nth(0)).toContainText(/1 change, 1 read/)
  await see(steps.nth(3)).toContainText(/not verified/i)
})

test('a server that knows neither feed nor inbox nor pages is used all the same', { timeout: 60_000 }, async () => {
  const id = randomUUID()
  recorded([
    { id: 'm1', type: 'user', content: 'an old question', timestamp: Date.now() - 60_000 },
    { id: 'm2', type: 'assistant', content: 'an old answer without segments', timestamp: Date.now() - 50_000 },
    {
      id: 'm3',
      type: 'assistant',
      content: '',
      timestamp: Date.now() - 40_000,
      segments: [
        {
          kind: 'tool',
          id: 'c9',
          toolExecution: {
            call_id: 'c9',
            tool: 'k8s_logs',
            title: 'Read logs',
            args: null,
            status: 'executing',
            timestamp: Date.now(),
          },
        },
      ],
    },
  ])
  let isListed = false
  const pagination = { limit: 25, next_cursor: null, has_more: false }
  fake.on('GET', '/conversations', () => {
    const listed = [
      {
        id,
        title: isListed ? 'Another title' : 'An old chat',
        created_at: new Date().toISOString(),
        updated_at: new Date().toISOString(),
      },
    ]
    return { status: 200, body: { status: 'success', data: listed, pagination } }
  })
  await page.goto(`/chat/${id}`)
  await see(page.getByText('an old question')).toBeVisible()
  await see(page.getByText('an old answer without segments')).toBeVisible()
  await see(chatPage(page).row(/Read logs/)).toBeVisible()
  isListed = true
  await see(page.getByRole('navigation', { name: 'Chats' }).getByRole('link', { name: 'Another title' })).toBeVisible({
    timeout: 25_000,
  })
  await page.goto('/approvals')
  await see(page.getByRole('heading', { level: 1 })).toBeVisible()
  expect(watched).toEqual(nothingWrong)
})

test('a 200 that says error is one, and an unknown e-mail that breaks the server is a wrong one', {
  timeout: 60_000,
}, async () => {
  fake.on('POST', '/conversations', () => ({ status: 200, body: { status: 'error', error_message: 'No room left' } }))
  await page.goto('/')
  const chat = chatPage(page)
  await chat.send('hello there')
  await see(page.getByText(/No room left/).first()).toBeVisible()
  await see(chat.composer).toHaveValue('hello there')
  await see(page).toHaveURL('/')
  fake.on('POST', '/auth/jwt/login', () => ({ status: 500, body: { detail: 'Traceback in users.py' } }))
  await page.context().clearCookies()
  await page.goto('/login')
  await page.getByLabel('E-mail').fill('nobody@example.com')
  await page.getByLabel('Password').fill('whatever it is')
  await page.getByRole('button', { name: 'Log in' }).click()
  await see(page.getByRole('alert').filter({ hasText: /\S/ })).toBeVisible()
  await see(page.getByText('Traceback')).toHaveCount(0)
})

/** As much of an effect as a decision is bound to. */
const effectOf = (summary: string) => ({
  args_digest: 'a'.repeat(64),
  effect_digest: 'e'.repeat(64),
  effect: {
    ...{ summary, risk: 'low', reasons: [], basis: 'server', generated: [], pins: {} },
    objects: [
      { cluster: 'other', apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', action: 'update', changes: [] },
    ],
  },
})

test('without a batch endpoint several are decided one by one, and an error leaves the rest undecided', {
  timeout: 60_000,
}, async () => {
  const calls = ['c1', 'c2', 'c3'].map((call_id) =>
    call({ call_id, tool: 'k8s_scale', title: `Scale ${call_id}`, class: 'write', requires_approval: true }),
  )
  streaming([
    ['ready', {}],
    ['tools.pending', { tools: calls }],
    ...calls.map((each): [string, Record<string, unknown>] => [
      'tool.awaiting_approval',
      { ...each, ...effectOf(String(each.title)), context: {}, revision: 1 },
    ]),
    ['completed', { status: 'completed', duration: 1, duration_ms: 1000 }],
  ])
  const decided: string[] = []
  fake.on('POST', '/agent/approvals/:id', ({ path, body }) => {
    const id = path.split('/').at(-1) ?? ''
    decided.push(id)
    if (id === 'c2') return { status: 500, body: { detail: 'broken' } }
    const { conversation_id } = body as { conversation_id: string }
    const mine = calls.find(({ call_id }) => call_id === id) ?? {}
    const events = eventsOf(conversation_id, [
      ['ready', {}],
      ['tool.denied', { ...mine, decided_by: user.email }],
      ['completed', { status: 'completed', duration: 1, duration_ms: 10 }],
    ])
    return { stream: [framesOf(events.map((event) => ({ ...event, data: { ...event.data, run_id: `run-${id}` } })))] }
  })
  const chat = await ask()
  await chat.bar.getByRole('button', { name: 'Decline all' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Decline 3 calls' }).click()
  await expect.poll(() => decided, { timeout: 10_000 }).toEqual(['c1', 'c2'])
  await see(chat.card('Scale c3').root).toContainText(/Awaiting approval|Approve/)
  await new Promise((soon) => setTimeout(soon, 500))
  expect(decided).toEqual(['c1', 'c2'])
})
