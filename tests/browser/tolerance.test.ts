import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newChance } from '@fairlead/e2e/chance'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatPage, newChat } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { ownHeaders } from './cookies.fixture.ts'
import { endedWithin, watchEnd } from './end-of-run.fixture.ts'
import { type FakeEngine, startFakeEngine } from './fake-engine.fixture.ts'
import { byteByByte, type Framing, framesOf } from './frames.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { type Bff, startPageServer } from './page-server.fixture.ts'
import { runRows } from './run-rows.fixture.ts'
import { see } from './see.fixture.ts'
import { callOf, effectOf, ended, eventsOf, newRun, type StreamedEvents } from './streamed-run.fixture.ts'
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
let server: Bff
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

const run_id = randomUUID()
/** The conversation that a stream is asked for. */
const idsFor = (body: unknown) => ({ run_id, conversation_id: (body as { conversation_id: string }).conversation_id })

/** What the fake engine streams to the next question, and what its record then says. */
function streaming(events: StreamedEvents, framing: Framing = {}, isSplit = false): void {
  fake.on('POST', '/agent/chat', ({ body }) => {
    const bytes = framesOf(eventsOf(idsFor(body), events), framing)
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

async function ask(message = 'tell me') {
  const chat = await newChat(page)
  await chat.send(message)
  await see(page).toHaveURL(/\/chat\//)
  return chat
}

/** From the end of a run, however it comes, until nothing spins and words say it. */
const SPINNER_MS = 1_000

const begun: StreamedEvents = [
  ['ready', {}],
  ['generation.start', { model: 'other/model', tools_available: 3 }],
  ['thinking', { text: 'Hm.' }],
]
const message = { id: 'm1', type: 'user', content: 'tell me', timestamp: Date.now() - 60_000 }

describe('a stream of any form', () => {
  const framings: [name: string, framing: Framing, isSplit: boolean][] = [
    ['lines end with LF', {}, false],
    ['lines end with CR, and no event tells its type', { lineEnd: '\r', typed: false }, false],
    [
      'lines end with CRLF, there are notes, data go over several lines, and each byte is a packet',
      { loose: true, lineEnd: '\r\n' },
      true,
    ],
  ]
  test.each(framings)('%s: each event changes what it should', { timeout: 60_000 }, async (_, framing, isSplit) => {
    const model = { id: 'their/model', demo: false }
    fake.on('GET', '/agent/context', () => ({ status: 200, body: { clusters: [], model } }))
    const run = newRun(randomUUID(), framing, isSplit)
    fake.on('POST', '/agent/chat', ({ body }) => ({ stream: run.stream(idsFor(body).conversation_id) }))
    await ask()
    for (const row of runRows) {
      run.tell(row.events)
      await row.see(page).catch((cause: unknown) => {
        throw new Error(`after ${row.name}`, { cause })
      })
    }
    run.end()
    expect(watched).toEqual(nothingWrong)
  })
})

describe('an end that is an error', () => {
  const ends: [name: string, streamed: StreamedEvents, framing: Framing, words: RegExp][] = [
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
    ['workflow.error, then nothing', [['workflow.error', { error: 'It broke' }]], {}, /It broke/],
    ['the end of the stream', [], {}, /The connection ended; this is the last saved state/],
  ]
  test.each(ends)('%s', { timeout: 60_000 }, async (_, end, framing, words) => {
    await watchEnd(page, words)
    recorded([message], { title: null, active_run_id: null })
    const run = newRun(run_id, framing)
    fake.on('POST', '/agent/chat', ({ body }) => ({ stream: run.stream(idsFor(body).conversation_id) }))
    run.tell(begun)
    const chat = await ask()
    await see(chat.stopButton).toBeVisible()
    await see(page.getByText('Thinking')).toBeVisible()
    run.tell(end)
    run.end()
    await see(page.getByText(words).first()).toBeVisible()
    await see(chat.stopButton).toHaveCount(0)
    await see(chat.composer).toBeEnabled()
    expect(await endedWithin(page, end.length > 0 ? 'error' : 'end')).toBeLessThan(SPINNER_MS)
  })
})

test('completed without a word and without an error: the missing answer is said', { timeout: 60_000 }, async () => {
  streaming([['ready', {}], ...ended], { typed: false })
  const chat = await ask()
  await see(page.getByText('without an answer').first()).toBeVisible()
  await see(chat.stopButton).toHaveCount(0)
})

test('no arguments, no effect, an effect in pieces: a card all the same, and no digest that was not given', {
  timeout: 60_000,
}, async () => {
  const awaiting = (more: Record<string, unknown>) => ({
    ...callOf({ tool: 'k8s_delete', title: 'Delete it', context: {} }),
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
    streaming([['ready', {}], ['tools.pending', { tools: [pending] }], ['tool.awaiting_approval', pending], ...ended])
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
  const one = callOf({
    call_id: 'c1',
    tool: 'delete_all',
    title: 'Delete all',
    class: 'read',
    requires_approval: false,
  })
  const other = callOf({
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
    ...ended,
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
  await page.clock.install()
  await page.goto(`/chat/${id}`)
  await see(page.getByText('an old question')).toBeVisible()
  await see(page.getByText('an old answer without segments')).toBeVisible()
  await see(chatPage(page).row(/Read logs/)).toBeVisible()
  isListed = true
  await page.clock.fastForward(15_000)
  await see(page.getByRole('navigation', { name: 'Chats' }).getByRole('link', { name: 'Another title' })).toBeVisible()
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

test('what a form sent is refused field by field: the reasons are read, and it is sent again', {
  timeout: 60_000,
}, async () => {
  const reason = chance.name('too-short')
  const detail = [{ type: 'value_error', loc: ['body', 'password'], msg: reason, input: null }]
  fake.on('POST', '/auth/jwt/login', () => ({ status: 422, body: { detail } }))
  await page.context().clearCookies()
  await page.goto('/login')
  await page.getByLabel('E-mail').fill(user.email)
  await page.getByLabel('Password').fill('whatever it is')
  await page.getByRole('button', { name: 'Log in' }).click()
  await see(page.getByRole('alert').filter({ hasText: /\S/ })).toHaveText(`password: ${reason}`)
  fake.reset()
  await page.getByRole('button', { name: 'Log in' }).click()
  await see(page).toHaveURL('/')
})

test('without a batch endpoint several are decided one by one, and an error leaves the rest undecided', {
  timeout: 60_000,
}, async () => {
  const calls = ['c1', 'c2', 'c3'].map((call_id) =>
    callOf({ call_id, tool: 'k8s_scale', title: `Scale ${call_id}`, class: 'write', requires_approval: true }),
  )
  streaming([
    ['ready', {}],
    ['tools.pending', { tools: calls }],
    ...calls.map((each): StreamedEvents[number] => [
      'tool.awaiting_approval',
      { ...each, ...effectOf(String(each.title)), context: {}, revision: 1 },
    ]),
    ...ended,
  ])
  const decided: string[] = []
  fake.on('POST', '/agent/approvals/:id', ({ path, body }) => {
    const id = path.split('/').at(-1) ?? ''
    decided.push(id)
    if (id === 'c2') return { status: 500, body: { detail: 'broken' } }
    const mine = calls.find(({ call_id }) => call_id === id) ?? {}
    const of = { ...idsFor(body), run_id: `run-${id}` }
    const events = eventsOf(of, [['ready', {}], ['tool.denied', { ...mine, decided_by: user.email }], ...ended])
    return { stream: [framesOf(events)] }
  })
  const chat = await ask()
  await chat.bar.getByRole('button', { name: 'Decline all' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Decline 3 calls' }).click()
  await expect.poll(() => decided, { timeout: 10_000 }).toEqual(['c1', 'c2'])
  await see(chat.card('Scale c3').root).toContainText(/Awaiting approval|Approve/)
  await new Promise((soon) => setTimeout(soon, 500))
  expect(decided).toEqual(['c1', 'c2'])
})

test('of five calls one request decides those that it may, as they were listed; the others are named', {
  timeout: 60_000,
}, async () => {
  const ids = ['c1', 'c2', 'c3', 'c4', 'c5'] as const
  const calls = ids.map((call_id) =>
    callOf({ call_id, tool: 'k8s_scale', title: `Scale ${call_id}`, annotations: { destructiveHint: false } }),
  )
  const required = { approvers: 1, not_requester: false, reason: false, passkey: false }
  const waiting = (each: Record<string, unknown>, digest = 'e', revision = 1): StreamedEvents[number] => [
    'tool.awaiting_approval',
    {
      ...{ ...each, ...effectOf(String(each.title), digest), revision },
      required: { ...required, passkey: each.call_id === 'c2' },
    },
  ]
  const run = newRun(run_id)
  fake.on('POST', '/agent/chat', ({ body }) => ({ stream: run.stream(idsFor(body).conversation_id) }))
  const pending = calls.map((each) => ({ ...each, class: 'write', requires_approval: true }))
  run.tell([['ready', {}], ['tools.pending', { tools: pending }], ...calls.map((each) => waiting(each))])
  const sent = Promise.withResolvers<unknown>()
  fake.on('POST', '/approvals/decisions', ({ body }) => {
    sent.resolve(body)
    const results = ['c1', 'c3', 'c5'].map((call_id) => ({ call_id, status: 'approved' }))
    return { status: 200, body: { results } }
  })
  const chat = await ask()
  await chat.bar.getByRole('button', { name: 'Approve all' }).click()
  const dialog = page.getByRole('dialog')
  await see(dialog).toContainText('One call is not in it:')
  await see(dialog).toContainText('Scale c2: it takes a passkey')
  const replaced = calls[3] ?? {}
  run.tell([waiting(replaced, 'f', 2)])
  await see(dialog).toContainText('2 calls are not in it:')
  await see(dialog).toContainText('Scale c4: its effect was replaced meanwhile')
  await dialog.getByRole('button', { name: 'Approve 3 calls' }).click()
  const digests = { approve: true, args_digest: 'a'.repeat(64), effect_digest: 'e'.repeat(64) }
  expect(await sent.promise).toEqual({ decisions: ['c1', 'c3', 'c5'].map((call_id) => ({ call_id, ...digests })) })
  run.end()
})

test('slash forms that are answered by a redirect are followed, with method and body', {
  timeout: 60_000,
}, async () => {
  const moved = (path: string) => ({ status: 307, headers: { location: `/api/v1${path}/` }, body: {} })
  const id = randomUUID()
  fake.on('POST', '/conversations', ({ path }) =>
    path.endsWith('/') ? { status: 200, body: { status: 'success', id, title: '' } } : moved(path),
  )
  const streamed: StreamedEvents = [
    ...begun,
    ['token', { text: 'Answered from behind the slash.', tokens_generated: 1 }],
    ...ended,
  ]
  fake.on('POST', '/agent/chat', ({ path, body }) =>
    path.endsWith('/') ? { stream: [framesOf(eventsOf(idsFor(body), streamed))] } : moved(path),
  )
  await ask()
  await see(page.getByText('Answered from behind the slash.')).toBeVisible()
  for (const path of ['/conversations', '/agent/chat']) {
    const [first, second, ...more] = fake.requests.filter(
      (request) => request.method === 'POST' && request.path.replace(/\/$/, '') === path,
    )
    expect(more).toEqual([])
    expect(second).toEqual({ ...first, path: `${path}/` })
  }
})

test('a run that cannot be attached to is read until it has its answer', { timeout: 60_000 }, async () => {
  // Neither `title` nor `active_run_id` nor `awaiting_approval`, and no runs to follow.
  recorded([message])
  streaming(begun)
  const chat = await ask()
  await see(page.getByText(/^Running elsewhere/)).toBeVisible()
  const answer = { id: 'm2', type: 'assistant', content: 'It came by the record.', timestamp: Date.now() }
  recorded([message, answer])
  await see(page.getByText('It came by the record.')).toBeVisible()
  await see(page.getByText(/^Running elsewhere/)).toHaveCount(0)
  await see(page.getByText('tell me')).toHaveCount(1)
  await see(chat.stopButton).toHaveCount(0)
})

test('dead calls are shown as unfinished, and nothing is decided that was never seen to wait', {
  timeout: 60_000,
}, async () => {
  const execution = (more: { call_id: string; [field: string]: unknown }) => ({
    ...callOf(),
    timestamp: Date.now(),
    ...more,
  })
  const executions = [
    execution({ call_id: 'c1', tool: 'their_logs', title: 'Dead read', status: 'executing' }),
    execution({ call_id: 'c2', title: 'Dead change', status: 'pending', requires_approval: true }),
    // Without a word on its class, its effect, or who decided.
    execution({ call_id: 'c3', title: 'Old change', status: 'completed', requires_approval: true, result: [] }),
    execution({ call_id: 'c4', title: 'Old denial', status: 'denied', requires_approval: true }),
  ]
  const segments = executions.map((toolExecution) => ({ kind: 'tool', id: toolExecution.call_id, toolExecution }))
  const answer = { id: 'm2', type: 'assistant', content: '', timestamp: Date.now() - 50_000, segments }
  recorded([message, answer])
  await page.goto(`/chat/${randomUUID()}`)
  const chat = chatPage(page)
  await see(chat.row(/Dead read/)).toContainText('Executing…')
  await see(chat.row(/Dead change/)).toContainText('Pending, its effect is not known yet')
  await see(page.getByRole('region', { name: 'Old change' })).toContainText('Not verified')
  await see(page.getByRole('region', { name: 'Old denial' })).toContainText('denied')
  await see(page.getByRole('button', { name: /^(Approve|Deny)/ })).toHaveCount(0)
  await page.goto('/approvals/never-seen')
  await see(page.getByRole('heading', { level: 1 })).toBeVisible()
  await see(page.getByRole('button', { name: /^(Approve|Deny)/ })).toHaveCount(0)
  expect(fake.requests.filter(({ method, path }) => method === 'POST' && path.includes('approvals'))).toEqual([])
  expect(watched).toEqual(nothingWrong)
})

describe('without grants the role alone says who may, however it is written', () => {
  test.each([
    ['Admin', true],
    ['Member', false],
  ] as const)('%s', { timeout: 60_000 }, async (role, isAdmin) => {
    fake.on('GET', '/auth/me', () => ({ status: 200, body: { ...user, role } }))
    const call = callOf({ tool: 'k8s_scale', title: 'Scale', requires_approval: true })
    const required = { approvers: 1, not_requester: false, role: 'admin', reason: false, passkey: false }
    streaming([
      ['ready', {}],
      ['tools.pending', { tools: [call] }],
      ['tool.awaiting_approval', { ...call, ...effectOf('scale web'), required, revision: 1 }],
      ...ended,
    ])
    const card = (await ask()).card('scale web')
    if (isAdmin) await see(card.approve).toBeVisible()
    else await see(card.root).toContainText('Waits for an administrator.')
    await see(card.approve).toHaveCount(isAdmin ? 1 : 0)
  })
})
