import { afterEach, beforeEach, expect, it } from 'vitest'
import { createApprovals } from './approvals-store.ts'
import { type FeedServer, quick, startFeedServer } from './feed.fixture.ts'

const patience = { timeout: 5000, interval: 5 }
let server: FeedServer
beforeEach(async () => {
  server = await startFeedServer()
})
afterEach(() => server.close())

const anItem = (call_id: string, of: Record<string, unknown> = {}) => ({
  call_id,
  conversation_id: 'C',
  requester: { id: 'U', email: 'a@example.com', name: 'A' },
  request: 'scale it',
  tool: 'k8s_scale',
  title: 'Scale',
  effect: null,
  args_digest: 'a'.repeat(64),
  effect_digest: 'e'.repeat(64),
  revision: 1,
  status: 'awaiting_approval',
  required: { approvers: 1, not_requester: false, reason: false, passkey: false },
  votes: [],
  policies: [],
  expires_at: null,
  ...of,
})
const list = (cursor: string, items: unknown[], next: string | null = null) =>
  server.answers.set(`GET /approvals?limit=50${cursor}`, { status: 200, body: { items, next_cursor: next } })

async function filled(...items: ReturnType<typeof anItem>[]) {
  list('', items)
  const approvals = createApprovals({ api: server.api, clock: quick })
  await approvals.refresh()
  return approvals
}

it('reads all pages, and counts', async () => {
  list('', [anItem('A')], 'next')
  list('&cursor=next', [anItem('B')])
  const approvals = createApprovals({ api: server.api, clock: quick })
  expect(approvals.store.getState().state).toBe('loading')
  await approvals.refresh()
  const { items, ...rest } = approvals.store.getState()
  expect(items.map(({ call_id }) => call_id)).toEqual(['A', 'B'])
  expect(rest).toMatchObject({ state: 'ready', count: 2, isWhole: true, checkedAt: expect.any(Number) })
})

it('a decision takes the row away, and what was decided is readable for a moment', async () => {
  const approvals = await filled(anItem('A'), anItem('B'))
  server.answers.set('POST /approvals/A/decision', {
    status: 200,
    body: { status: 'approved', votes: [], required: anItem('A').required },
  })
  const [item] = approvals.store.getState().items
  if (item === undefined) throw new Error('there is no item')
  expect(await approvals.decide(item, { approve: true, reason: '  ' })).toEqual({
    state: 'decided',
    status: 'approved',
  })
  expect(server.requests.at(-1)?.body).toEqual({
    approve: true,
    args_digest: 'a'.repeat(64),
    effect_digest: 'e'.repeat(64),
  })
  expect(approvals.store.getState()).toMatchObject({ count: 1, settled: { A: { status: 'approved' } } })
  approvals.hear({
    type: 'approval.decided',
    call_id: 'B',
    conversation_id: 'C',
    revision: 1,
    status: 'denied',
    decided_by: 'b@example.com',
    timestamp: 1,
  })
  expect(approvals.store.getState()).toMatchObject({
    count: 0,
    settled: { B: { status: 'denied', by: 'b@example.com' } },
  })
  await expect.poll(() => approvals.store.getState().settled, patience).toEqual({})
})

it('a changed effect is shown in its row, and nothing was decided', async () => {
  const approvals = await filled(anItem('A'))
  const current = anItem('A', { effect_digest: 'f'.repeat(64), revision: 2 })
  server.answers.set('POST /approvals/A/decision', { status: 409, body: { detail: 'The effect has changed', current } })
  const [item] = approvals.store.getState().items
  if (item === undefined) throw new Error('there is no item')
  const answer = await approvals.decide(item, { approve: true })
  expect(answer).toMatchObject({ state: 'refused', refusal: { isChanged: true, mayDecideAgain: true } })
  expect(approvals.store.getState().items).toMatchObject([{ revision: 2, effect_digest: 'f'.repeat(64) }])
})

it('several are decided each on its own', async () => {
  const approvals = await filled(anItem('A'), anItem('B'))
  const current = anItem('B', { effect_digest: 'f'.repeat(64), revision: 2 })
  server.answers.set('POST /approvals/decisions', {
    status: 200,
    body: {
      results: [
        { call_id: 'A', status: 'approved' },
        { call_id: 'B', error: { status: 409, detail: 'The effect has changed', current } },
      ],
    },
  })
  const digests = { args_digest: 'a'.repeat(64), effect_digest: 'e'.repeat(64), approve: true }
  const results = await approvals.decideMany([
    { call_id: 'A', ...digests },
    { call_id: 'B', ...digests },
  ])
  expect(results).toMatchObject({
    A: { state: 'decided' },
    B: { state: 'refused', refusal: { isChanged: true, current: { revision: 2 } } },
  })
  expect(approvals.store.getState().items).toMatchObject([{ call_id: 'B', revision: 2 }])
})

it('keeps the rows when they cannot be read again, and is absent where there is no inbox', async () => {
  const approvals = await filled(anItem('A'))
  server.answers.set('GET /approvals?limit=50', { status: 503, body: { detail: 'Not ready' } })
  await approvals.refresh()
  expect(approvals.store.getState()).toMatchObject({ state: 'failed', error: 'Not ready', count: 1 })
  server.answers.delete('GET /approvals?limit=50')
  await approvals.refresh()
  expect(approvals.store.getState()).toMatchObject({ state: 'absent', count: 0 })
})
