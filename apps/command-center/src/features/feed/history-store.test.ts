import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FeedServer, quick, startFeedServer } from './feed.fixture.ts'
import { createHistory } from './history-store.ts'

const patience = { timeout: 5000, interval: 5 }
let server: FeedServer
beforeEach(async () => {
  server = await startFeedServer()
})
afterEach(() => server.close())

const row = (id: string, minute: number, title = id) => ({
  id,
  title,
  created_at: '2026-01-01T00:00:00+00:00',
  updated_at: `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000000+00:00`,
})
const list = (query: string, data: unknown[], next: string | null = null) =>
  server.answers.set(`GET /conversations?${query}`, {
    status: 200,
    body: { status: 'success', data, pagination: { limit: 25, next_cursor: next, has_more: next !== null } },
  })
const idsOf = (history: ReturnType<typeof createHistory>) => history.store.getState().entries.map(({ id }) => id)
const event = (type: 'run.started', id: string) => ({ type, run_id: 'R', conversation_id: id, timestamp: 1 }) as const

async function filled() {
  list('limit=25', [row('E', 50), row('D', 40)], 'behind-D')
  list('limit=25&cursor=behind-D', [row('C', 30), row('B', 20)])
  const history = createHistory({ api: server.api, clock: quick })
  await history.loadMore()
  return history
}

it('is read page by page, one request at a time, until there is no more', async () => {
  const history = await filled()
  expect(idsOf(history)).toEqual(['E', 'D'])
  expect(history.store.getState()).toMatchObject({ hasMore: true, state: 'ready' })
  await Promise.all([history.loadMore(), history.loadMore()])
  expect(idsOf(history)).toEqual(['E', 'D', 'C', 'B'])
  expect(history.store.getState().hasMore).toBe(false)
  expect(server.requests).toHaveLength(2)
})

it('a first page read again moves what it has to the top, and forgets what is gone', async () => {
  const history = await filled()
  await history.loadMore()
  list('limit=25', [row('C', 55), row('E', 50)], 'behind-E')
  history.hear({ type: 'gap' })
  await expect.poll(() => idsOf(history), patience).toEqual(['C', 'E', 'D', 'B'])
})

it('follows what happens: new ones, titles, runs, calls that wait', async () => {
  const history = await filled()
  const markers = () => history.store.getState().entries.map(({ id, marker }) => [id, marker])
  history.hear({ type: 'conversation.created', conversation_id: 'N', created_at: '', timestamp: 1 })
  history.hear(event('run.started', 'D'))
  expect(markers()).toEqual([
    ['D', 'running'],
    ['N', undefined],
    ['E', undefined],
  ])
  history.hear({ type: 'run.ended', run_id: 'R', conversation_id: 'D', status: 'awaiting_approval', timestamp: 1 })
  history.hear({ type: 'conversation.title.generated', conversation_id: 'N', title: 'New', timestamp: 1 })
  expect(markers()[0]).toEqual(['D', 'waiting'])
  expect(history.store.getState().entries[1]?.title).toBe('New')
  history.noteWaiting(new Set(['E']))
  expect(markers()).toEqual([
    ['D', 'waiting'],
    ['N', undefined],
    ['E', 'waiting'],
  ])
  const decided = { call_id: 'A', conversation_id: 'D', revision: 1, status: 'denied', decided_by: null } as const
  history.hear({ type: 'approval.decided', ...decided, timestamp: 1 })
  expect(markers()[0]).toEqual(['D', undefined])
})

it('a search drops answers that come too late, and gives the list back when it ends', async () => {
  const history = await filled()
  list('limit=50&query=ab', [row('late', 1)])
  list('limit=50&query=abc', [row('found', 1)])
  history.search('ab')
  history.search('abc')
  await expect
    .poll(() => history.store.getState().search, patience)
    .toMatchObject({
      query: 'abc',
      state: 'ready',
      entries: [{ id: 'found' }],
    })
  history.search('a')
  expect(history.store.getState().search).toMatchObject({ query: '', entries: [] })
  expect(idsOf(history)).toEqual(['E', 'D'])
})

it('renames and removes only when the server has', async () => {
  const history = await filled()
  await expect(history.rename('D', 'Better')).rejects.toMatchObject({ status: 404 })
  expect(history.store.getState().entries[1]?.title).toBe('D')
  server.answers.set('PATCH /conversations/D', { status: 200, body: { status: 'success' } })
  server.answers.set('DELETE /conversations/E', { status: 200, body: { status: 'success' } })
  await history.rename('D', 'Better')
  await history.remove('E')
  expect(history.store.getState().entries).toMatchObject([{ id: 'D', title: 'Better' }])
})

it('a page that fails is told, and read again when asked', async () => {
  const history = await filled()
  server.answers.set('GET /conversations?limit=25&cursor=behind-D', { status: 503, body: { detail: 'Not ready' } })
  await history.loadMore()
  expect(history.store.getState()).toMatchObject({ state: 'failed', error: 'Not ready' })
  list('limit=25&cursor=behind-D', [row('C', 30)])
  await history.loadMore()
  expect(idsOf(history)).toEqual(['E', 'D', 'C'])
  expect(history.store.getState()).toMatchObject({ state: 'ready', error: undefined })
})
