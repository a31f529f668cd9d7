import { end, ofCall, proposed, ready } from '@fairlead/client/conversation/run-events.fixture'
import { realClock } from '@fairlead/client/time/clock'
import { expect, onTestFinished, test } from 'vitest'
import { createConversations } from './conversations.ts'
import { patience, testPage, testStorage } from './live-conversation.fixture.ts'
import type { LiveConversation } from './live-conversation.ts'
import { createLiveOutput } from './live-output.ts'
import { startWireServer } from './wire-server.fixture.ts'

const messagesOf = (count: number, words: string) =>
  Array.from({ length: count }, (_, at) => ({ id: `M${at}`, type: 'user' as const, content: words, timestamp: at }))

/** The conversations of a tab; the server has one that it tells of, and says of others that they are not there. */
async function aTab() {
  const server = await startWireServer('the-one')
  const [page, output] = [testPage(), createLiveOutput()]
  let listening = 0
  const counted = (on: (listener: () => void) => () => void) => (listener: () => void) => {
    listening++
    const off = on(listener)
    return () => {
      listening--
      off()
    }
  }
  const conversations = createConversations({
    api: server.api,
    clock: realClock,
    page: {
      ...page,
      onHidden: counted(page.onHidden),
      onShown: counted(page.onShown),
      onOnline: counted(page.onOnline),
    },
    storage: testStorage(),
    output,
    schedule: (run) => void setTimeout(run, 0),
    me: () => 'me@example.com',
    onTitle: () => {},
  })
  onTestFinished(async () => {
    conversations.closeAll()
    await server.close()
  })
  const shown = async (id: string) => {
    const live = conversations.get(id)
    const leave = conversations.show(live)
    await expect.poll(() => live.store.getState().loading.state, patience).not.toBe('loading')
    return { live, leave }
  }
  const isKept = (live: LiveConversation) => conversations.get(live.id) === live
  return { server, output, conversations, shown, isKept, listening: () => listening }
}

test('whoever leaves a long conversation gets its memory back: messages, output, listeners', async () => {
  const { server, output, conversations, shown, listening } = await aTab()
  server.conversation.messages = messagesOf(2_000, 'how is the shop?')
  const { live, leave } = await shown('the-one')
  const run = server.newRun('run-1')
  live.send('roll it out')
  run.tell(ready, proposed('W1'), ofCall('tool.executing', 'W1'))
  for (let seq = 1; seq <= 100; seq++) {
    run.tell(ofCall('tool.progress', 'W1', { seq, stream: 'stdout', text: 'a line\n'.repeat(1_000) }))
  }
  run.tell(ofCall('tool.result', 'W1', { result: [], outcome: 'succeeded' }), ...end())
  await expect.poll(() => live.store.getState().view.run?.state, patience).toBe('completed')
  expect(live.store.getState().view.messages.length).toBeGreaterThan(2_000)
  expect(output.read('W1')?.pieces).toHaveLength(100)
  const forgotten: string[] = []
  output.onForgotten((callIds) => forgotten.push(...callIds))
  expect(listening()).toBeGreaterThan(0)

  leave()
  expect(output.read('W1')).toBeUndefined()
  expect(forgotten, 'so that its terminals go, too').toEqual(['W1'])
  expect(listening()).toBe(0)
  const again = conversations.get('the-one')
  expect(again).not.toBe(live)
  expect(again.store.getState().view.messages).toEqual([])
})

test('one that is on the screen twice, or comes back at once, is the same', async () => {
  const { server, conversations, shown } = await aTab()
  server.conversation.messages = messagesOf(2_000, 'how is the shop?')
  const { live, leave } = await shown('the-one')
  const leaveOther = conversations.show(live)
  leave()
  expect(live.store.getState().view.messages).toHaveLength(2_000)
  // The next page is made before the last one goes.
  const next = conversations.get('the-one')
  leaveOther()
  expect(next).toBe(live)
  const leaveNext = conversations.show(next)
  expect(next.store.getState().view.messages).toHaveLength(2_000)
  leaveNext()
  expect(conversations.get('the-one')).not.toBe(live)
})

test('of short ones the last four stay as they were left, and none that still has something to send', async () => {
  const { server, conversations, shown, isKept } = await aTab()
  server.conversation.messages = messagesOf(1, 'how is the shop?')
  const busy = await shown('the-one')
  const run = server.newRun('run-1')
  busy.live.send('speak')
  run.tell(ready)
  await expect.poll(() => busy.live.store.getState().view.run?.state, patience).toBe('running')
  busy.live.send('and then this')
  busy.leave()
  const short: LiveConversation[] = []
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const { live, leave } = await shown(id)
    leave()
    short.push(live)
  }
  expect(conversations.get('the-one')).toBe(busy.live)
  expect(short.slice(2).map(isKept)).toEqual([true, true, true, true])
  expect(short.slice(0, 2).map(isKept)).toEqual([false, false])
})
