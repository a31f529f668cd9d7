import { setTimeout as sleep } from 'node:timers/promises'
import {
  end,
  failure,
  generation,
  ofCall,
  proposed,
  ready,
  spoken,
  token,
  waiting,
} from '@fairlead/client/conversation/run-events.fixture'
import { findCall, isRunActive } from '@fairlead/client/conversation/selectors'
import { describe, expect, it, onTestFinished } from 'vitest'
import { aScene, opened, patience } from './live-conversation.fixture.ts'

const contentsOf = (live: { store: { getState(): { view: { messages: { content: string }[] } } } }) =>
  live.store.getState().view.messages.map(({ content }) => content)

describe('a run over a bad line', () => {
  it('is whole after twenty cuts at random, each taken up behind the last event, and nothing is doubled', async () => {
    const { server, live, output } = await aScene(onTestFinished, { random: () => 0 })
    await opened(live)
    const run = server.newRun('run-1')
    live.send('speak')
    run.tell(ready, generation)
    let said = ''
    let cuts = 0
    const cutAt = new Set<number>()
    while (cutAt.size < 20) cutAt.add(Math.floor(Math.random() * 10_002))
    const attaches = () => server.requests.filter(({ path }) => path.endsWith('/events'))
    for (let call = 0; call < 3; call++) {
      let words = ''
      for (let piece = 0; piece < 3334; piece++) {
        const text = `${call}.${piece} `
        words += text
        run.tell(token(text))
        if (cutAt.has(call * 3334 + piece)) {
          await expect.poll(() => run.readers, patience).toBe(1)
          run.cut()
          cuts++
          await expect.poll(attaches, patience).toHaveLength(cuts)
        }
        if (piece % 100 === 0) await sleep(0)
      }
      said += words
      const id = `R${call}`
      run.tell(spoken(words), proposed(id), ofCall('tool.executing', id))
      for (let seq = 1; seq <= 50; seq++)
        run.tell(ofCall('tool.progress', id, { seq, stream: 'stdout', text: `${seq}\n` }))
      run.tell(ofCall('tool.result', id, { result: [{ type: 'text', text: id }], outcome: 'succeeded' }), generation)
    }
    run.tell(...end())
    await expect.poll(() => isRunActive(live.store.getState().view), patience).toBe(false)
    const [, content] = contentsOf(live)
    expect(content === said, 'nothing is missing, nothing doubled').toBe(true)
    const answer = live.store.getState().view.messages[1]
    expect(answer?.type === 'assistant' && answer.segments.map(({ kind }) => kind)).toEqual([
      'text',
      'tool',
      'text',
      'tool',
      'text',
      'tool',
    ])
    for (const id of ['R0', 'R1', 'R2']) {
      expect(output.read(id)?.pieces.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, at) => at + 1))
      expect(findCall(live.store.getState().view, id)?.status).toBe('completed')
    }
    expect(attaches()).toHaveLength(20)
    const lasts = attaches().map(({ lastEventId }) => Number(lastEventId))
    expect(lasts).toEqual(lasts.toSorted((one, other) => one - other))
    expect(lasts.every((last) => last > 0)).toBe(true)
    expect(server.requests.filter(({ path }) => path === '/agent/chat')).toHaveLength(1)
  })

  it('has no gap in output that comes over several frames, but the one that its numbers tell of', async () => {
    const { server, live, output } = await aScene(onTestFinished)
    await opened(live)
    const run = server.newRun('run-1')
    live.send('speak')
    run.tell(ready, generation, proposed('R'), ofCall('tool.executing', 'R'))
    for (const seq of [1, 2, 3, 5, 6]) {
      run.tell(ofCall('tool.progress', 'R', { seq, stream: 'stdout', text: `${seq}\n` }))
      await expect.poll(() => output.read('R')?.pieces.at(-1)?.seq, patience).toBe(seq)
    }
    expect(output.read('R')?.pieces.map(({ seq, missing }) => [seq, missing])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [5, 1],
      [6, 0],
    ])
  })

  it('tells of an outage once it has lasted, and tries at once when the network is back', async () => {
    const { server, live, page } = await aScene(onTestFinished)
    await opened(live)
    const run = server.newRun('run-1')
    live.send('speak')
    run.tell(ready, generation, token('one'))
    await expect.poll(() => contentsOf(live), patience).toEqual(['speak', 'one'])
    server.answer(({ path }) => (path.endsWith('/events') ? 'cut' : undefined))
    run.cut()
    await expect.poll(() => live.store.getState().connection, patience).toBe('connecting')
    await expect.poll(() => live.store.getState().connection, patience).toBe('reconnecting')
    server.answer(() => undefined)
    run.tell(token(' two'), ...end())
    page.goOnline()
    await expect.poll(() => contentsOf(live), patience).toEqual(['speak', 'one two'])
    await expect.poll(() => live.store.getState().connection, patience).toBe('idle')
  })

  it('that is silent for too long is taken up again', async () => {
    const { server, live } = await aScene(onTestFinished, { times: { silenceMs: 2000 } })
    await opened(live)
    const run = server.newRun('run-1')
    live.send('speak')
    run.tell(ready, generation, token('one'))
    await expect
      .poll(() => server.requests.filter(({ path }) => path.endsWith('/events')).length, patience)
      .toBeGreaterThan(0)
    run.tell(...end())
    await expect.poll(() => live.store.getState().view.run?.state, patience).toBe('completed')
    expect(contentsOf(live)).toEqual(['speak', 'one'])
  })

  it('that the server does not know any more is shown as the record has it', async () => {
    const { server, live } = await aScene(onTestFinished)
    await opened(live)
    const run = server.newRun('run-1')
    live.send('speak')
    run.tell(ready, generation, token('one'))
    await expect.poll(() => contentsOf(live), patience).toEqual(['speak', 'one'])
    server.conversation.active_run_id = null
    server.conversation.messages = [{ id: 'U', type: 'user', content: 'speak', timestamp: 1 }]
    server.answer(({ path }) =>
      path.endsWith('/events') ? { status: 404, body: { detail: 'Run not found' } } : undefined,
    )
    run.cut()
    await expect.poll(() => live.store.getState().problem?.text, patience).toMatch(/last saved state/)
    expect(contentsOf(live)).toEqual(['speak'])
  })
})

describe('a page that comes and goes', () => {
  it('lets go of its stream when it is hidden for long, and takes it up by the last id', async () => {
    const { server, live, page } = await aScene(onTestFinished, { times: { hiddenMs: 500 } })
    await opened(live)
    const run = server.newRun('run-1')
    live.send('speak')
    run.tell(ready, generation, token('one'))
    await expect.poll(() => contentsOf(live), patience).toEqual(['speak', 'one'])
    page.hide()
    await expect.poll(() => run.readers, patience).toBe(0)
    run.tell(token(' two'))
    await sleep(50)
    expect(contentsOf(live)).toEqual(['speak', 'one'])
    page.show()
    await expect.poll(() => contentsOf(live), patience).toEqual(['speak', 'one two'])
    expect(server.requests.at(-1)).toMatchObject({ path: '/agent/runs/run-1/events', lastEventId: '3' })
  })

  it('left with a text in the queue still sends it; left without one lets go of its stream', async () => {
    const { server, live } = await aScene(onTestFinished)
    const leave = await opened(live)
    const [run, next] = [server.newRun('run-1'), server.newRun('run-2')]
    live.send('first')
    run.tell(ready, generation, token('one'))
    await expect.poll(() => isRunActive(live.store.getState().view), patience).toBe(true)
    live.send('second')
    leave()
    run.tell(...end())
    next.tell(ready, generation, token('two'))
    await expect.poll(() => contentsOf(live), patience).toEqual(['first', 'one', 'second', 'two'])
    live.open()()
    await expect.poll(() => next.readers, patience).toBe(0)
    next.tell(token(' and three'))
    live.open()
    await expect.poll(() => contentsOf(live).at(-1), patience).toBe('two and three')
  })

  it('read again in the middle of a run shows all of it once', async () => {
    const { server, live, another } = await aScene(onTestFinished)
    await opened(live)
    const run = server.newRun('run-1')
    live.send('speak')
    run.tell(ready, generation, token('one '))
    await expect.poll(() => contentsOf(live), patience).toEqual(['speak', 'one '])
    server.conversation.messages = [
      { id: 'U', type: 'user', content: 'speak', timestamp: 900 },
      {
        id: 'A',
        type: 'assistant',
        content: 'one ',
        timestamp: 1000,
        segments: [{ kind: 'text', id: 'run-1:text', text: 'one ', timestamp: 1000 }],
        run_ids: ['run-1'],
      },
    ]
    const reloaded = another()
    await opened(reloaded)
    run.tell(token('two'), spoken('one two'), ...end())
    for (const tab of [live, reloaded]) {
      await expect.poll(() => tab.store.getState().view.run?.state, patience).toBe('completed')
      expect(contentsOf(tab)).toEqual(['speak', 'one two'])
    }
  })

  it('follows a run that somebody else began, when the feed tells of it', async () => {
    const { server, live } = await aScene(onTestFinished)
    await opened(live)
    const run = server.newRun('run-1')
    run.tell(ready, generation, token('here'))
    server.conversation.active_run_id = 'run-1'
    server.conversation.messages = [{ id: 'U', type: 'user', content: 'asked elsewhere', timestamp: 900 }]
    live.hear({ type: 'run.started', run_id: 'run-1', conversation_id: live.id, timestamp: 1 })
    await expect.poll(() => contentsOf(live), patience).toEqual(['asked elsewhere', 'here'])
    run.tell(...end())
    await expect.poll(() => live.store.getState().view.run?.state, patience).toBe('completed')
  })
})

describe('what the feed tells of a run', () => {
  it('that was followed to its end is not read once more; of another one it is', async () => {
    const { server, live } = await aScene(onTestFinished)
    await opened(live)
    const run = server.newRun('run-1')
    live.send('speak')
    run.tell(ready, generation, token('one'), spoken('one'), ...end())
    await expect.poll(() => live.store.getState().view.run?.state, patience).toBe('completed')
    const reads = () => server.requests.filter(({ path }) => path === `/conversations/${live.id}`).length
    const before = reads()
    const ended = { type: 'run.ended', conversation_id: live.id, status: 'completed', timestamp: 1 } as const
    live.hear({ ...ended, run_id: 'run-1' })
    await sleep(30)
    expect(reads()).toBe(before)
    live.hear({ ...ended, run_id: 'run-2' })
    await expect.poll(reads, patience).toBe(before + 1)
  })
})

describe('a message', () => {
  it('whose answer is lost is looked for in the record, and never sent twice', async () => {
    const { server, live } = await aScene(onTestFinished)
    await opened(live)
    server.answer(({ path }) => (path === '/agent/chat' ? 'cut' : undefined))
    live.send('speak')
    await expect.poll(() => live.store.getState().returned, patience).toBe('speak')
    expect(live.store.getState().problem?.text).toMatch(/not sent/)
    expect(live.takeReturned()).toBe('speak')
    expect(live.store.getState()).toMatchObject({ returned: undefined, sending: undefined })
    const run = server.newRun('run-1')
    run.tell(ready, generation, token('heard'))
    server.answer(({ path }) => {
      if (path !== '/agent/chat') return undefined
      server.conversation.active_run_id = 'run-1'
      server.conversation.messages = [{ id: 'U', type: 'user', content: 'speak', timestamp: 900 }]
      return 'cut'
    })
    live.send('speak')
    await expect.poll(() => contentsOf(live), patience).toEqual(['speak', 'heard'])
    expect(live.store.getState()).toMatchObject({ returned: undefined, sending: undefined, problem: undefined })
    expect(server.requests.filter(({ path }) => path === '/agent/chat')).toHaveLength(2)
  })

  it('on its way as its page is left comes back with the next page, unless the record has it', async () => {
    const { server, live, another } = await aScene(onTestFinished)
    await opened(live)
    const never = new Promise<never>(() => {})
    server.answer(({ path }) => (path === '/agent/chat' ? never : undefined))
    live.send('speak')
    await expect.poll(() => server.requests.some(({ path }) => path === '/agent/chat'), patience).toBe(true)
    live.close()
    const next = another()
    await opened(next)
    await expect.poll(() => next.store.getState().returned, patience).toBe('speak')
    next.close()
    const one = another()
    await opened(one)
    await expect.poll(() => one.store.getState().returned, patience).toBe('speak')
    expect(one.takeReturned()).toBe('speak')
    one.send('speak')
    await expect.poll(() => server.requests.filter(({ path }) => path === '/agent/chat').length, patience).toBe(2)
    one.close()
    server.conversation.messages = [{ id: 'U', type: 'user', content: 'speak', timestamp: 900 }]
    const last = another()
    await opened(last)
    await sleep(20)
    expect(last.store.getState()).toMatchObject({ returned: undefined, sending: undefined })
    const after = another()
    server.conversation.messages = []
    await opened(after)
    await sleep(20)
    expect(after.store.getState().returned).toBeUndefined()
  })

  it('sent before the conversation is read goes once it is', async () => {
    const { server, live } = await aScene(onTestFinished)
    const run = server.newRun('run-1')
    live.open()
    live.send('the first one')
    expect(live.store.getState()).toMatchObject({ sending: 'the first one', queue: { items: [] } })
    run.tell(ready, generation, token('Hello.'), ...end())
    await expect.poll(() => contentsOf(live), patience).toEqual(['the first one', 'Hello.'])
    expect(live.store.getState()).toMatchObject({ sending: undefined, loading: { state: 'loaded' } })
  })

  it('sent to a conversation that is not there goes back', async () => {
    const { server, live } = await aScene(onTestFinished)
    server.answer(() => ({ status: 404, body: { detail: 'Conversation not found' } }))
    live.open()
    live.send('the first one')
    await expect.poll(() => live.store.getState().returned, patience).toBe('the first one')
    expect(server.requests.filter(({ path }) => path === '/agent/chat')).toEqual([])
  })

  it('that is refused goes back, and the reason is told', async () => {
    const { server, live } = await aScene(onTestFinished)
    await opened(live)
    server.answer(({ path }) =>
      path === '/agent/chat' ? { status: 429, body: { detail: 'Too Many Requests' } } : undefined,
    )
    live.send('speak')
    await expect.poll(() => live.store.getState().returned, patience).toBe('speak')
    expect(live.store.getState().problem?.text).toBe('Too Many Requests')
  })

  it('sent while another tab runs joins that run, and waits in the queue', async () => {
    const { server, live } = await aScene(onTestFinished)
    await opened(live)
    const run = server.newRun('run-1')
    run.tell(ready, generation, token('busy'))
    server.answer(({ path }) =>
      path === '/agent/chat'
        ? { status: 409, body: { detail: 'A run is already in progress', run_id: 'run-1' } }
        : undefined,
    )
    server.conversation.active_run_id = 'run-1'
    server.conversation.messages = [{ id: 'U', type: 'user', content: 'first', timestamp: 900 }]
    live.send('second')
    await expect.poll(() => contentsOf(live), patience).toEqual(['first', 'busy'])
    expect(live.store.getState().queue.items.map(({ text }) => text)).toEqual(['second'])
    const next = server.newRun('run-2')
    server.answer(() => undefined)
    // The fixture begins runs in their order; the first was begun elsewhere.
    server.newRun('unused')
    run.tell(...end())
    await expect.poll(() => server.requests.filter(({ path }) => path === '/agent/chat').length, patience).toBe(2)
    next.tell(ready, ...end())
  })

  it('typed during a run waits for its end and for the approval', async () => {
    const { server, live, storage, another } = await aScene(onTestFinished)
    await opened(live)
    const run = server.newRun('run-1')
    live.send('scale it')
    run.tell(ready, generation, token('I scale.'))
    await expect.poll(() => isRunActive(live.store.getState().view), patience).toBe(true)
    live.send('then this')
    live.send('and that')
    run.tell(proposed('W1'), waiting('W1'), ...end('awaiting_approval'))
    await expect.poll(() => live.store.getState().view.run?.state, patience).toBe('waiting')
    await sleep(30)
    expect(server.requests.filter(({ path }) => path === '/agent/chat')).toHaveLength(1)
    expect(JSON.parse(storage.kept.get(`queue:${live.id}`) ?? '').items).toHaveLength(2)
    const reloaded = another()
    reloaded.open()
    expect(reloaded.store.getState().queue.items.map(({ text }) => text)).toEqual(['then this', 'and that'])
    reloaded.close()
    const call = findCall(live.store.getState().view, 'W1')
    const decided = server.newRun('run-2')
    const next = server.newRun('run-3')
    if (call !== undefined) live.decide(call, { approve: true })
    decided.tell(ready, ofCall('tool.approved', 'W1', { decided_by: 'me@example.com', revision: 1 }))
    decided.tell(ofCall('tool.result', 'W1', { result: [], outcome: 'succeeded' }), ...end())
    await expect.poll(() => server.requests.filter(({ path }) => path === '/agent/chat').length, patience).toBe(2)
    expect(server.requests.findLast(({ path }) => path === '/agent/chat')?.body).toMatchObject({
      messages: [{ role: 'user', content: 'then this' }],
    })
    next.tell(ready, ...failure('The model failed.'))
    await expect.poll(() => live.store.getState().problem?.text, patience).toBe('The model failed.')
    await sleep(30)
    expect(live.store.getState().queue).toMatchObject({ isHeld: true, items: [{ text: 'and that' }] })
    const last = server.newRun('run-4')
    live.queue.release()
    await expect.poll(() => server.requests.filter(({ path }) => path === '/agent/chat').length, patience).toBe(3)
    last.tell(ready, ...end())
    await expect.poll(() => live.store.getState().queue.items, patience).toEqual([])
  })
})
