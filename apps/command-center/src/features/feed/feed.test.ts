import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { aBrowser, type FeedServer, openTab, startFeedServer, type Tab } from './feed.fixture.ts'

const patience = { timeout: 5000, interval: 5 }
let server: FeedServer
let tabs: Tab[]
const open = (...more: Parameters<typeof openTab> extends [unknown, ...infer Rest] ? Rest : never): Tab => {
  const tab = openTab(server, ...more)
  tabs.push(tab)
  return tab
}
const typesOf = ({ heard }: Tab) => heard.map(({ type }) => type)
const created = (id: string) => ({ type: 'conversation.created', conversation_id: id, created_at: '' })

beforeEach(async () => {
  server = await startFeedServer()
  tabs = []
})
afterEach(async () => {
  for (const tab of tabs) tab.close()
  await server.close()
})

it('four tabs have one connection, and all hear what it tells', async () => {
  const browser = aBrowser()
  const four = [open(browser), open(browser), open(browser), open(browser)]
  await expect.poll(() => four.every(({ feed }) => feed.store.getState().state === 'open'), patience).toBe(true)
  for (const tab of four) expect(typesOf(tab)).toContain('gap')
  server.tell(created('A'))
  for (const tab of four) await expect.poll(() => typesOf(tab).at(-1), patience).toBe('conversation.created')
  expect(server.readers).toBe(1)
  expect(server.opened).toEqual([undefined])
})

it('another tab takes over where the reader left, and nothing is lost between', async () => {
  const browser = aBrowser()
  const [first, second] = [open(browser), open(browser)]
  await expect.poll(() => second.feed.store.getState().state, patience).toBe('open')
  server.tell(created('A'))
  await expect.poll(() => typesOf(second).at(-1), patience).toBe('conversation.created')
  const before = second.heard.length
  first.close()
  server.tell(created('B'))
  await expect.poll(() => second.heard.length, patience).toBe(before + 1)
  expect(second.heard.at(-1)).toMatchObject({ conversation_id: 'B' })
  expect(server.opened).toEqual([undefined, '1000'])
})

it('a stream that ends with its token is opened again at once, from the last event', async () => {
  const tab = open(aBrowser(), { times: { silenceMs: 1e6 } })
  await expect.poll(() => server.readers, patience).toBe(1)
  server.tell(created('A'))
  await expect.poll(() => typesOf(tab).at(-1), patience).toBe('conversation.created')
  await sleep(1050)
  server.end()
  await expect.poll(() => server.opened, patience).toEqual([undefined, '1000'])
  server.tell(created('B'))
  await expect.poll(() => tab.heard.at(-1), patience).toMatchObject({ conversation_id: 'B' })
  expect(tab.heard.filter(({ type }) => type === 'conversation.created')).toHaveLength(2)
  expect(tab.feed.store.getState()).toEqual({ state: 'open', lostSince: undefined })
})

it('tells since when the line is lost, and reads everything again where something was missed', async () => {
  const tab = open(aBrowser())
  await expect.poll(() => tab.feed.store.getState().state, patience).toBe('open')
  server.refuse(503)
  server.cut()
  await expect.poll(() => tab.feed.store.getState().state, patience).toBe('lost')
  const { lostSince } = tab.feed.store.getState()
  expect(lostSince).toBeGreaterThan(Date.now() - 5000)
  await sleep(60)
  expect(tab.feed.store.getState().lostSince).toBe(lostSince)
  server.refuse(undefined)
  await expect.poll(() => tab.feed.store.getState().state, patience).toBe('open')
})

it('where there is no feed, what is shown is read again while it is seen', async () => {
  server.refuse(404)
  const tab = open(aBrowser(), { times: { pollMs: 400 } })
  await expect.poll(() => tab.feed.store.getState().state, patience).toBe('absent')
  await expect.poll(() => tab.heard.length, patience).toBeGreaterThan(3)
  tab.page.hide()
  await sleep(60)
  const { length } = tab.heard
  await sleep(100)
  expect(tab.heard).toHaveLength(length)
})

it('without locks a tab reads for itself, while it is seen', async () => {
  const browser = aBrowser()
  const one = open(browser, { locks: undefined })
  const other = open(browser, { locks: undefined })
  for (const tab of [one, other]) await expect.poll(() => tab.feed.store.getState().state, patience).toBe('open')
  expect(server.readers).toBe(2)
  other.page.hide()
  await expect.poll(() => server.readers, patience).toBe(1)
  server.tell(created('A'))
  await expect.poll(() => typesOf(one).at(-1), patience).toBe('conversation.created')
  expect(typesOf(other)).not.toContain('conversation.created')
  other.page.show()
  await expect.poll(() => typesOf(other).at(-1), patience).toBe('conversation.created')
})

it('a session that is over ends it: nobody is asked again', async () => {
  server.refuse(401)
  const tab = open(aBrowser())
  await expect.poll(() => typesOf(tab), patience).toEqual(['gap'])
  await sleep(60)
  expect(server.opened).toEqual([])
  expect(tab.feed.store.getState().state).toBe('connecting')
})
