import { randomUUID } from 'node:crypto'
import type { TimelineMessage } from '@fairlead/contract/call/timeline'
import { userEvent } from '@fairlead/contract/events/user-event'
import { plainReply } from '@fairlead/testing/model/model-script'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, labelOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

type Page = {
  messages: TimelineMessage[]
  pagination: { next_cursor: string | null; has_more: boolean; limit: number }
}

describe.each(adapterSets)('conversations as people see them, %s', { timeout: 90_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters, settings: { MAX_AUTO_CONTINUE_TURNS: '0' } })
  })
  afterAll(() => engine?.close())
  const { stringify } = JSON

  test('the same provider id in two turns and in two conversations is never the same call', async () => {
    const conversation = await openConversation(engine)
    const other = await openConversation(engine)
    const { scale, id } = newCalls(engine)
    const call = scale('W1')
    engine.model.use([{ toolCalls: [call] }, { text: 'Done.' }])
    const first = only(await readRun(await engine.owner.chat('scale it', conversation)), 'tool.awaiting_approval')
    expect(first.call_id).toBe(id('W1'))
    await readRun(await engine.owner.approve(first))
    const ids = [first.call_id]
    for (const where of [conversation, other]) {
      engine.model.use([{ toolCalls: [{ ...call, args: { ...call.args, replicas: 7 } }] }])
      const proposal = only(await readRun(await engine.owner.chat('and again', where)), 'tool.awaiting_approval')
      ids.push(proposal.call_id)
      engine.model.use([{ text: 'As you like.' }])
      await readRun(await engine.owner.deny(proposal))
    }
    expect(new Set(ids).size).toBe(3)
    for (const made of ids.slice(1)) expect(made).toMatch(/^call_[0-9a-f]{32}$/)
  })

  test('the id of a call of a deleted conversation is never given again, and its context is gone', async () => {
    const conversation = await openConversation(engine)
    const { read, id } = newCalls(engine)
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'The secret word is walnut.' }])
    await readRun(await engine.owner.chat('look at the almond', conversation))
    expect((await engine.owner.request('DELETE', `/conversations/${conversation}`)).status).toBe(200)
    for (const person of [engine.owner, await engine.newPerson()]) {
      expect(await person.request('POST', '/conversations', { conversation_id: conversation })).toEqual({
        status: 409,
        body: { detail: 'Conversation already exists' },
      })
    }
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'Nothing.' }])
    const events = await readRun(await engine.owner.chat('what do you remember'))
    expect(only(events, 'tool.result').call_id).not.toBe(id('R1'))
    expect(stringify(engine.model.requests.at(-1)?.messages)).not.toMatch(/almond|walnut/)
  })

  test('a call that a new message closed can no longer be approved', async () => {
    const conversation = await openConversation(engine)
    const { scale } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1')] }, { text: 'Never mind.' }])
    const proposal = only(await readRun(await engine.owner.chat('scale it', conversation)), 'tool.awaiting_approval')
    await readRun(await engine.owner.chat('no, leave it', conversation))
    const requests = engine.model.requests.length
    expect(await engine.owner.decide(proposal, true)).toMatchObject({
      status: 409,
      body: { detail: 'Tool call is already decided', decision: 'cancelled', decided_by: null },
    })
    expect(engine.model.requests.length).toBe(requests)
  })

  test('an effect that went stale: the old digests are refused with the new effect, none means what is stored', async () => {
    const conversation = await openConversation(engine)
    const { scale, workload } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1', { from: 3, to: 5 })] }])
    const first = only(await readRun(await engine.owner.chat('scale it', conversation)), 'tool.awaiting_approval')
    engine.tools.workloads.replicas.set(workload('W1'), 4)
    const second = only(await readRun(await engine.owner.approve(first)), 'tool.awaiting_approval')
    expect([second.revision, second.votes, second.effect.objects[0]?.changes]).toEqual([
      2,
      [],
      [{ path: '/spec/replicas', before: 4, after: 5 }],
    ])
    const { effect_digest } = second
    expect(await engine.owner.decide(first, true)).toMatchObject({
      status: 409,
      body: { detail: 'The effect has changed', current: { revision: 2, effect_digest, votes: [] } },
    })
    expect(engine.tools.workloads.replicas.get(workload('W1'))).toBe(4)
    engine.model.use([{ text: 'Done.' }])
    const { call_id, conversation_id } = second
    const events = await readRun(await engine.owner.approve({ call_id, conversation_id }))
    expect(only(events, 'tool.approved')).toMatchObject({ effect_digest, revision: 2 })
    expect(engine.tools.workloads.replicas.get(workload('W1'))).toBe(5)
  })

  test('pages from the newest to the first join to the whole, while messages arrive', async () => {
    engine.model.use((request) => (request.isStreamed ? { text: 'Yes.' } : plainReply))
    const { conversation_id } = only(await readRun(await engine.owner.chat('message 0')), 'ready')
    const say = async (n: number) => readRun(await engine.owner.chat(`message ${n}`, conversation_id))
    for (let n = 1; n < 12; n++) await say(n)
    const whole = (await engine.owner.conversation(conversation_id)).messages
    expect(whole).toHaveLength(24)
    const page = async (query: string) =>
      (await engine.owner.request('GET', `/conversations/${conversation_id}?${query}`)).body as Page
    const joined: TimelineMessage[] = []
    let before = ''
    for (let n = 12; ; n++) {
      const { messages, pagination } = await page(`limit=7${before}`)
      joined.unshift(...messages)
      expect([pagination.limit, pagination.has_more]).toEqual([7, pagination.next_cursor !== null])
      if (pagination.next_cursor === null) break
      before = `&before=${pagination.next_cursor}`
      await say(n)
    }
    expect(joined).toEqual(whole)
    for (const [query, limit] of [
      ['limit=0', 50],
      ['limit=-3', 50],
      ['limit=1000', 100],
    ] as const)
      expect((await page(query)).pagination.limit).toBe(limit)
  })

  test('a title changed again and again during a run, from two clients, loses nothing', async () => {
    engine.model.use([{ text: 'Hi.' }])
    const { conversation_id } = only(await readRun(await engine.owner.chat('hi')), 'ready')
    engine.model.use([{ text: { pieces: 400 }, pace: { piecesPerSecond: 400 } }])
    const running = await engine.owner.chat('count', conversation_id)
    let isRunning = true
    const rename = async (who: string) => {
      let count = 0
      while (isRunning) {
        const title = `${who} ${count++}`
        const { status, body } = await engine.owner.request('PATCH', `/conversations/${conversation_id}`, { title })
        expect([status, (body as { title: string }).title]).toEqual([200, title])
      }
      return `${who} ${count - 1}`
    }
    const renaming = Promise.all([rename('left'), rename('right')])
    const events = await readRun(running)
    isRunning = false
    const titles = await renaming
    const { title, messages } = await engine.owner.conversation(conversation_id)
    expect(titles).toContain(title)
    expect(messages?.map(({ type }) => type)).toEqual(['user', 'assistant', 'user', 'assistant'])
    expect(messages?.at(-1)?.content).toBe(only(events, 'generation.complete').content)
  })

  test('a name that was given while the model thinks of one stays', async () => {
    const [called, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    engine.model.use(async ({ isStreamed }) => {
      if (isStreamed) return { text: 'Hello.' }
      called.resolve()
      await go.promise
      return { text: '{"title": "By the model"}' }
    })
    const stream = await engine.owner.chat('hi')
    const { conversation_id } = await stream.until('ready')
    await called.promise
    const path = `/conversations/${conversation_id}`
    expect((await engine.owner.request('PATCH', path, { title: 'By hand' })).status).toBe(200)
    go.resolve()
    const events = [...(await readRun(stream)), ...(await readRun(await engine.owner.chat('more', conversation_id)))]
    expect(events.filter(({ type }) => type === 'conversation.title.generated')).toEqual([])
    expect((await engine.owner.conversation(conversation_id)).title).toBe('By hand')
  })

  test('a conversation that a message begins has the id of its first run', async () => {
    engine.model.use((request) => (request.isStreamed ? { text: 'Hello.' } : plainReply))
    const first = only(await readRun(await engine.owner.chat('hi')), 'ready')
    expect(first.conversation_id).toBe(first.run_id)
    const second = only(await readRun(await engine.owner.chat('more', first.conversation_id)), 'ready')
    expect(second.conversation_id).toBe(first.conversation_id)
    expect(second.run_id).not.toBe(first.run_id)
  })

  test('a second tab that has only the feed learns of everything, and reads the same events', async () => {
    const feed = await engine.owner.feed()
    await feed.until('ready')
    const { scale } = newCalls(engine)
    engine.model.use((request) => {
      if (!request.isStreamed) return { text: '{"title": "Scale the shop"}' }
      const { role, toolCalls } = request.messages.at(-1) ?? {}
      if (role === 'user')
        return { toolCalls: [{ name: 'load_toolset', args: { toolset: 'k8s', include_write_tools: true } }] }
      const hasCalled = request.messages.some((message) => message.toolCalls.some(({ name }) => name === 'k8s_scale'))
      return hasCalled || toolCalls?.length ? { text: 'Done.' } : { toolCalls: [call] }
    })
    const call = scale('W1')
    const seen = [await readRun(await engine.owner.chat('scale the shop'))]
    const pending = await feed.until('approval.pending')
    expect([labelOf(pending.call_id), pending.given, pending.required]).toEqual(['W1', 0, 1])
    seen.push(await readRun(await engine.owner.approve(await engine.owner.approval(pending.call_id))))
    await feed.until('approval.decided')
    await feed.until('conversation.title.generated')
    await feed.until('run.ended', ({ status }) => status === 'completed')
    const { conversation_id } = only(seen[0] ?? [], 'ready')
    const names = feed.events.filter(({ type }) => type !== 'conversation.title.generated').map(({ type }) => type)
    expect(names).toEqual([
      'ready',
      'conversation.created',
      'run.started',
      'approval.pending',
      'run.ended',
      'approval.decided',
      'run.started',
      'run.ended',
    ])
    for (const event of feed.events.slice(1)) expect(event).toMatchObject({ conversation_id })
    const runs = feed.events.flatMap((event) => (event.type === 'run.started' ? [event.run_id] : []))
    for (const [at, runId] of runs.entries()) {
      const again = await readRun(await engine.owner.follow(runId))
      expect(flowOf(again)).toBe(flowOf(seen[at] ?? []))
    }
    feed.close()
  })

  test('a second tab learns of a conversation that was made by hand, and of its new name', async () => {
    const feed = await engine.owner.feed()
    await feed.until('ready')
    const id = randomUUID()
    for (const _ of ['made', 'repeated']) {
      expect((await engine.owner.request('POST', '/conversations', { conversation_id: id })).status).toBe(200)
    }
    expect((await engine.owner.request('PATCH', `/conversations/${id}`, { title: 'Shop' })).status).toBe(200)
    await feed.until('conversation.title.generated')
    feed.close()
    for (const event of feed.events) userEvent.parse(event)
    expect(feed.events.slice(1)).toMatchObject([
      { type: 'conversation.created', conversation_id: id },
      { type: 'conversation.title.generated', conversation_id: id, title: 'Shop' },
    ])
  })

  test('the public keys may be kept for a minute', async () => {
    const answer = await fetch(new URL('/.well-known/jwks.json', engine.api))
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'max-age=60'])
    expect(await answer.json()).toMatchObject({ keys: [{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' }] })
  })

  test('a request id is echoed, and one is made where none fits', async () => {
    const own = randomUUID()
    const ids = []
    for (const given of [own, 'a b', 'x'.repeat(129)]) {
      const answer = await fetch(`${engine.api}/health`, { headers: { 'x-request-id': given } })
      ids.push(answer.headers.get('x-request-id'))
    }
    expect(ids[0]).toBe(own)
    for (const made of ids.slice(1)) expect(made).toMatch(/^[0-9a-f-]{36}$/)
  })
})
