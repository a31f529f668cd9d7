import { setTimeout as sleep } from 'node:timers/promises'
import type { CallView } from '@fairlead/client/conversation/conversation-view'
import {
  effectOf,
  end,
  generation,
  ofCall,
  proposed,
  ready,
  token,
  waiting,
} from '@fairlead/client/conversation/run-events.fixture'
import { findCall, isRunActive } from '@fairlead/client/conversation/selectors'
import { describe, expect, it, onTestFinished } from 'vitest'
import { aScene, opened, patience, type Scene } from './live-conversation.fixture.ts'
import type { LiveConversation } from './live-conversation.ts'

const stateOf = (live: LiveConversation) => live.store.getState()
const paths = ({ server }: Scene, path: string) => server.requests.filter((request) => request.path === path)

function callIn(live: LiveConversation, callId: string): CallView {
  const call = findCall(stateOf(live).view, callId)
  if (call === undefined) throw new Error(`there is no ${callId}`)
  return call
}

/** Calls that were proposed, the first of which waits. */
async function awaitingScene(...ids: string[]): Promise<Scene> {
  const scene = await aScene(onTestFinished)
  const { server, live } = scene
  await opened(live)
  const run = server.newRun('run-1')
  live.send('scale it')
  const [first = ''] = ids
  run.tell(ready, generation, proposed(...ids), waiting(first), ...end('awaiting_approval'))
  await expect.poll(() => stateOf(live).view.run?.state, patience).toBe('waiting')
  return scene
}

const anItem = (call_id: string, of: Record<string, unknown> = {}) => ({
  call_id,
  conversation_id: 'C',
  requester: { id: 'U', email: 'me@example.com', name: '' },
  request: 'scale it',
  tool: 'k8s_scale',
  title: 'Scale',
  effect: effectOf('as read'),
  args_digest: 'a'.repeat(64),
  effect_digest: '1'.repeat(64),
  revision: 1,
  status: 'awaiting_approval',
  required: { approvers: 1, not_requester: false, reason: false, passkey: false },
  votes: [],
  policies: [],
  expires_at: null,
  ...of,
})

describe('a decision', () => {
  it('goes once, with both digests of what was drawn, and moves nothing by itself', async () => {
    const scene = await awaitingScene('W1')
    const { server, live } = scene
    const run = server.newRun('run-2')
    const drawn = callIn(live, 'W1')
    live.decide(drawn, { approve: true, reason: '  since I say so ' })
    live.decide(drawn, { approve: true })
    expect(stateOf(live).decisions.W1).toMatchObject({ state: 'sending', approve: true })
    await expect.poll(() => paths(scene, '/agent/approvals/W1').length, patience).toBe(1)
    expect(callIn(live, 'W1').status).toBe('awaiting_approval')
    run.tell(ready, ofCall('tool.approved', 'W1', { decided_by: 'me@example.com', revision: 1 }))
    await expect.poll(() => callIn(live, 'W1').status, patience).toBe('approved')
    expect(stateOf(live).decisions.W1).toBeUndefined()
    run.tell(ofCall('tool.result', 'W1', { result: [], outcome: 'succeeded' }), generation, token('Done.'), ...end())
    await expect.poll(() => stateOf(live).view.run?.state, patience).toBe('completed')
    expect(paths(scene, '/agent/approvals/W1')).toMatchObject([
      {
        body: {
          approve: true,
          conversation_id: live.id,
          reason: 'since I say so',
          args_digest: 'a'.repeat(64),
          effect_digest: '1'.repeat(64),
        },
      },
    ])
    expect(stateOf(live).view.messages).toHaveLength(2)
  })

  it('that is one vote of several is counted, and the call goes on waiting', async () => {
    const { server, live } = await awaitingScene('W1')
    const run = server.newRun('run-2')
    live.decide(callIn(live, 'W1'), { approve: true })
    run.tell(ready, { type: 'approval.vote', call_id: 'W1', given: 1, required: 2, by: 'me@example.com' })
    run.tell(...end('awaiting_approval'))
    await expect.poll(() => stateOf(live).decisions.W1?.state, patience).toBe('counted')
    expect(callIn(live, 'W1')).toMatchObject({ status: 'awaiting_approval', votes: [{ by: 'me@example.com' }] })
  })

  it('on an effect that has changed decides nothing: the call has the present one, and what was seen before', async () => {
    const { server, live } = await awaitingScene('W1')
    const current = anItem('W1', { revision: 2, effect_digest: '2'.repeat(64) })
    server.answer(({ path }) =>
      path === '/agent/approvals/W1' ? { status: 409, body: { detail: 'The effect has changed', current } } : undefined,
    )
    live.decide(callIn(live, 'W1'), { approve: true })
    await expect.poll(() => stateOf(live).decisions.W1?.state, patience).toBe('refused')
    expect(stateOf(live).decisions.W1?.refusal).toMatchObject({ isChanged: true, mayDecideAgain: true })
    expect(callIn(live, 'W1')).toMatchObject({
      status: 'awaiting_approval',
      revision: 2,
      effect: { summary: 'as read' },
      before: { revision: 1, effect: { summary: 'scale, revision 1' } },
    })
    server.answer(() => undefined)
    const run = server.newRun('run-2')
    live.decide(callIn(live, 'W1'), { approve: true })
    run.tell(ready, ofCall('tool.approved', 'W1', { decided_by: 'me@example.com', revision: 2 }))
    await expect.poll(() => callIn(live, 'W1').status, patience).toBe('approved')
    expect(server.requests.findLast(({ path }) => path === '/agent/approvals/W1')?.body).toMatchObject({
      effect_digest: '2'.repeat(64),
    })
  })

  it.each([
    [
      'decided elsewhere',
      409,
      {
        detail: 'Tool call is already decided',
        decision: 'denied',
        decided_by: 'b@example.com',
        current: anItem('W1', { status: 'denied' }),
      },
      { mayDecideAgain: false, decided: { decision: 'denied', by: 'b@example.com' } },
    ],
    [
      'voted already',
      409,
      { detail: 'You have already voted', code: 'ALREADY_VOTED', current: anItem('W1') },
      { mayDecideAgain: false },
    ],
    [
      'the effect is not known yet',
      409,
      { detail: 'The effect is not known yet', code: 'EFFECT_UNKNOWN' },
      { mayDecideAgain: true, text: expect.stringMatching(/depends on a call before/) },
    ],
    [
      'a reason is asked for',
      400,
      { detail: { code: 'REASON_REQUIRED', reason: 'Say why.' } },
      { code: 'REASON_REQUIRED', mayDecideAgain: true, text: 'Say why.' },
    ],
    [
      'a policy says no',
      403,
      { detail: { code: 'POLICY_DENIED', reason: 'Not on a Friday.' } },
      { code: 'POLICY_DENIED', mayDecideAgain: true },
    ],
    [
      'not theirs to decide',
      403,
      { detail: { code: 'DECISION_NOT_ALLOWED', reason: 'You asked.' } },
      { mayDecideAgain: false, text: 'You asked.' },
    ],
  ])('refused since %s says so on the card', async (_, status, body, refusal) => {
    const { server, live } = await awaitingScene('W1')
    server.answer(({ path }) => (path === '/agent/approvals/W1' ? { status, body } : undefined))
    live.decide(callIn(live, 'W1'), { approve: true })
    await expect.poll(() => stateOf(live).decisions.W1?.refusal, patience).toMatchObject(refusal)
  })

  it('whose answer is lost is looked for in the record', async () => {
    const { server, live } = await awaitingScene('W1')
    server.answer(({ path }) => (path === '/agent/approvals/W1' ? 'cut' : undefined))
    server.conversation.messages = recorded('awaiting_approval')
    live.decide(callIn(live, 'W1'), { approve: true })
    await expect.poll(() => stateOf(live).decisions.W1?.refusal, patience).toMatchObject({ mayDecideAgain: true })
    server.conversation.messages = recorded('completed')
    live.decide(callIn(live, 'W1'), { approve: true })
    await expect.poll(() => callIn(live, 'W1').status, patience).toBe('completed')
    await expect.poll(() => stateOf(live).decisions.W1, patience).toBeUndefined()
  })

  it('during a run joins it: its stream is followed on', async () => {
    const scene = await aScene(onTestFinished)
    const { server, live } = scene
    await opened(live)
    const run = server.newRun('run-1')
    live.send('both')
    run.tell(ready, generation, proposed('W1', 'W2'), ofCall('tool.executing', 'W1'))
    await expect.poll(() => findCall(stateOf(live).view, 'W2')?.status, patience).toBe('pending')
    // The answer to the decision is the run's own stream, from its start.
    const joined = server.newRun('run-1')
    joined.tell(ready)
    live.decide(callIn(live, 'W2'), { approve: true })
    await expect.poll(() => paths(scene, '/agent/approvals/W2').length, patience).toBe(1)
    await expect.poll(() => joined.readers, patience).toBe(0)
    expect(run.readers).toBe(1)
    run.tell(ofCall('tool.approved', 'W2', { decided_by: 'me@example.com', revision: 1 }))
    await expect.poll(() => callIn(live, 'W2').status, patience).toBe('approved')
    expect(stateOf(live).decisions.W2).toBeUndefined()
  })
})

function recorded(status: 'awaiting_approval' | 'completed') {
  return [
    { id: 'U', type: 'user' as const, content: 'scale it', timestamp: 1 },
    {
      id: 'A',
      type: 'assistant' as const,
      content: '',
      timestamp: 2,
      segments: [{ kind: 'tool' as const, id: 'W1', timestamp: 3, toolExecution: anExecution('W1', status) }],
      run_ids: ['run-1'],
    },
  ]
}

function anExecution(call_id: string, status: 'awaiting_approval' | 'completed' | 'executing') {
  return {
    call_id,
    tool: 'k8s_scale',
    title: 'Scale',
    args: {},
    status,
    requires_approval: true,
    timestamp: 1,
    class: 'write' as const,
    args_digest: 'a'.repeat(64),
    effect: effectOf('recorded') as never,
    effect_digest: '1'.repeat(64),
    revision: 1,
  }
}

describe('several decisions', () => {
  const both = (approve = true) =>
    ['W1', 'W2'].map((call_id) => ({
      call_id,
      approve,
      args_digest: 'a'.repeat(64),
      effect_digest: '1'.repeat(64),
    }))

  it('are one request, each decided on its own, and their run is followed', async () => {
    const scene = await awaitingScene('W1', 'W2')
    const { server, live } = scene
    const run = server.newRun('run-2')
    const current = anItem('W2', { revision: 2, effect_digest: '2'.repeat(64) })
    const results = [
      { call_id: 'W1', status: 'approved' },
      { call_id: 'W2', error: { status: 409, detail: 'The effect has changed', current } },
    ]
    server.answer(({ path }) => {
      if (path !== '/approvals/decisions') return undefined
      server.conversation.active_run_id = 'run-2'
      server.conversation.messages = recorded('awaiting_approval')
      return { status: 200, body: { results } }
    })
    run.tell(ready, ofCall('tool.approved', 'W1', { decided_by: 'me@example.com', revision: 1 }))
    live.decideMany(both())
    await expect.poll(() => callIn(live, 'W1').status, patience).toBe('approved')
    expect(stateOf(live).bulk).toMatchObject({
      state: 'done',
      results: { W1: { state: 'decided', status: 'approved' }, W2: { state: 'refused', refusal: { isChanged: true } } },
    })
    expect(paths(scene, '/approvals/decisions')).toHaveLength(1)
    live.clearBulk()
    expect(stateOf(live).bulk).toBeUndefined()
  })

  it('go one by one where the server knows no other way, and an error leaves the rest undecided', async () => {
    const scene = await awaitingScene('W1', 'W2')
    const { server, live } = scene
    const run = server.newRun('run-2')
    server.answer(({ path }) =>
      path === '/agent/approvals/W2'
        ? { status: 403, body: { detail: { code: 'POLICY_DENIED', reason: 'No.' } } }
        : undefined,
    )
    live.decideMany([...both(), { ...both()[0], call_id: 'W3' } as never])
    await expect.poll(() => stateOf(live).bulk?.isOneByOne, patience).toBe(true)
    run.tell(ready, ofCall('tool.approved', 'W1', { decided_by: 'me@example.com', revision: 1 }))
    run.tell(
      ofCall('tool.result', 'W1', { result: [], outcome: 'succeeded' }),
      waiting('W2'),
      ...end('awaiting_approval'),
    )
    await expect.poll(() => stateOf(live).bulk?.state, patience).toBe('done')
    expect(stateOf(live).bulk).toMatchObject({
      results: { W1: { state: 'decided', status: 'completed' }, W2: { state: 'refused', refusal: { text: 'No.' } } },
    })
    expect(paths(scene, '/agent/approvals/W3')).toHaveLength(0)
  })
})

describe('stop', () => {
  it('before the run has an id is sent once, as soon as it has one', async () => {
    const scene = await aScene(onTestFinished)
    const { server, live } = scene
    await opened(live)
    server.answer(({ path, body }) =>
      path === '/agent/stop' ? { status: 200, body: { status: 'stopped', ...body } } : undefined,
    )
    const run = server.newRun('run-1')
    live.send('speak')
    live.stop()
    live.stop()
    expect(stateOf(live).stop.state).toBe('requested')
    await sleep(30)
    expect(paths(scene, '/agent/stop')).toHaveLength(0)
    run.tell(ready, generation)
    await expect.poll(() => paths(scene, '/agent/stop').length, patience).toBe(1)
    run.tell(...end('stopped'))
    await expect.poll(() => stateOf(live).view.run?.state, patience).toBe('stopped')
    await expect.poll(() => stateOf(live).stop.state, patience).toBe('none')
    expect(paths(scene, '/agent/stop')).toMatchObject([{ body: { conversation_id: live.id, run_id: 'run-1' } }])
  })

  it('that fails is said, and the run goes on', async () => {
    const { server, live } = await aScene(onTestFinished)
    await opened(live)
    server.answer(({ path }) => (path === '/agent/stop' ? { status: 503, body: { detail: 'Not ready' } } : undefined))
    const run = server.newRun('run-1')
    live.send('speak')
    run.tell(ready, generation, token('one'))
    await expect.poll(() => isRunActive(stateOf(live).view), patience).toBe(true)
    live.stop()
    await expect.poll(() => stateOf(live).stop, patience).toMatchObject({ state: 'failed', text: /Not ready/ })
    expect(isRunActive(stateOf(live).view)).toBe(true)
  })

  it('of a write that was sent waits for what the record says of it', async () => {
    const { server, live } = await awaitingScene('W1')
    const run = server.newRun('run-2')
    server.answer(({ path, body }) => {
      if (path !== '/agent/stop') return undefined
      run.tell(...end('stopped'))
      return { status: 200, body: { status: 'stopped', ...body } }
    })
    live.decide(callIn(live, 'W1'), { approve: true })
    run.tell(
      ready,
      ofCall('tool.approved', 'W1', { decided_by: 'me@example.com', revision: 1 }),
      ofCall('tool.executing', 'W1'),
    )
    await expect.poll(() => callIn(live, 'W1').status, patience).toBe('executing')
    const [, answer] = recorded('completed')
    const executing = { kind: 'tool' as const, id: 'W1', timestamp: 3, toolExecution: anExecution('W1', 'executing') }
    server.conversation.messages = [
      { id: 'U', type: 'user', content: 'scale it', timestamp: 1 },
      { ...answer, segments: [executing], stopped: true, run_ids: ['run-1', 'run-2'] } as never,
    ]
    live.stop()
    await expect.poll(() => stateOf(live).view.run?.state, patience).toBe('stopped')
    expect(callIn(live, 'W1').status).toBe('executing')
    server.conversation.messages = recorded('completed')
    await expect.poll(() => callIn(live, 'W1').status, patience).toBe('completed')
  })

  it('withdraws calls that wait, by the last run', async () => {
    const scene = await awaitingScene('W1')
    const { server, live } = scene
    const [message, answer] = recorded('awaiting_approval')
    server.answer(({ path, body }) => {
      if (path !== '/agent/stop') return undefined
      const cancelled = { ...anExecution('W1', 'completed'), status: 'cancelled' as const }
      const segments = [{ kind: 'tool' as const, id: 'W1', timestamp: 3, toolExecution: cancelled }]
      server.conversation.messages = [message, { ...answer, segments }] as never
      return { status: 200, body: { status: 'stopped', ...body } }
    })
    live.withdraw()
    await expect.poll(() => callIn(live, 'W1').status, patience).toBe('cancelled')
    expect(paths(scene, '/agent/stop')).toMatchObject([{ body: { run_id: 'run-1' } }])
  })

  it('"Send now" stops the run, waits for its end, and sends that text first', async () => {
    const scene = await aScene(onTestFinished)
    const { server, live } = scene
    await opened(live)
    const [run, next] = [server.newRun('run-1'), server.newRun('run-2')]
    server.answer(({ path, body }) => {
      if (path !== '/agent/stop') return undefined
      run.tell(...end('stopped'))
      return { status: 200, body: { status: 'stopped', ...body } }
    })
    live.send('first')
    run.tell(ready, generation, token('on and on'))
    await expect.poll(() => isRunActive(stateOf(live).view), patience).toBe(true)
    live.send('second')
    live.send('third')
    const third = stateOf(live).queue.items[1]
    live.queue.sendNow(third?.id ?? '')
    next.tell(ready)
    await expect.poll(() => paths(scene, '/agent/chat').length, patience).toBe(2)
    expect(paths(scene, '/agent/chat')[1]?.body).toMatchObject({ messages: [{ content: 'third' }] })
    expect(stateOf(live).queue.items.map(({ text }) => text)).toEqual(['second'])
  })
})

describe('what events do not tell', () => {
  it('the effect of a later write is read by itself, once', async () => {
    const scene = await aScene(onTestFinished)
    const { server, live } = scene
    await opened(live)
    server.answer(({ path }) =>
      path === '/approvals/W2' ? { status: 200, body: anItem('W2', { status: 'pending' }) } : undefined,
    )
    const run = server.newRun('run-1')
    live.send('both')
    run.tell(ready, generation, proposed('W1', 'W2'), waiting('W1'), ...end('awaiting_approval'))
    await expect.poll(() => findCall(stateOf(live).view, 'W2')?.effect?.summary, patience).toBe('as read')
    expect(callIn(live, 'W2').status).toBe('pending')
    expect(paths(scene, '/approvals/W2')).toHaveLength(1)
    expect(paths(scene, '/approvals/W1')).toHaveLength(0)
  })

  it('an undo is a call of its own; one that cannot be is said', async () => {
    const scene = await awaitingScene('W1')
    const { server, live } = scene
    server.answer(({ path }) =>
      path === '/agent/undo/W1' ? { status: 409, body: { detail: 'Nothing to undo' } } : undefined,
    )
    server.conversation.messages = recorded('completed')
    live.undo('W1')
    await expect
      .poll(() => stateOf(live).undos.W1, patience)
      .toMatchObject({ state: 'failed', text: 'Nothing to undo' })
    server.answer(() => undefined)
    const run = server.newRun('run-2')
    live.undo('W1')
    run.tell(ready, proposed('U1'), waiting('U1'), ...end('awaiting_approval'))
    await expect.poll(() => findCall(stateOf(live).view, 'U1')?.status, patience).toBe('awaiting_approval')
    expect(stateOf(live).undos.W1).toBeUndefined()
  })

  it('a vote or a new revision of a waiting call is read when the feed tells of it', async () => {
    const { server, live } = await awaitingScene('W1')
    const votes = [{ by: 'b@example.com', at: '' }]
    server.answer(({ path }) => (path === '/approvals/W1' ? { status: 200, body: anItem('W1', { votes }) } : undefined))
    const pending = { tool: 'k8s_scale', title: 'Scale', revision: 1, given: 1, required: 2, expires_at: null }
    live.hear({ type: 'approval.pending', call_id: 'W1', conversation_id: live.id, ...pending, timestamp: 1 })
    await expect.poll(() => callIn(live, 'W1').votes, patience).toEqual(votes)
  })

  it('an older page comes in front, and moves nothing', async () => {
    const { server, live } = await aScene(onTestFinished)
    const user = (id: string) => ({ id, type: 'user' as const, content: id, timestamp: 1 })
    server.conversation.messages = [user('M3'), user('M4')]
    Object.assign(server.conversation, { pagination: { limit: 50, next_cursor: 'before-M3', has_more: true } })
    await opened(live)
    expect(stateOf(live).older.hasMore).toBe(true)
    const shown = stateOf(live).view.messages[0]
    server.conversation.messages = [user('M1'), user('M2')]
    Object.assign(server.conversation, { pagination: { limit: 50, next_cursor: null, has_more: false } })
    await live.loadOlder()
    expect(stateOf(live).view.messages.map(({ id }) => id)).toEqual(['M1', 'M2', 'M3', 'M4'])
    expect(stateOf(live).view.messages[2]).toBe(shown)
    expect(stateOf(live).older.hasMore).toBe(false)
  })
})

describe('a server that tells less', () => {
  it('cannot be attached to: the conversation is read until it is done', async () => {
    const { server, live } = await aScene(onTestFinished)
    server.conversation.messages = [{ id: 'U', type: 'user', content: 'asked', timestamp: 1 }]
    Object.assign(server.conversation, { active_run_id: undefined })
    await opened(live)
    expect(stateOf(live).connection).toBe('elsewhere')
    const [, answer] = recorded('completed')
    server.conversation.messages = [{ id: 'U', type: 'user', content: 'asked', timestamp: 1 }, answer] as never
    await expect.poll(() => stateOf(live).connection, patience).toBe('idle')
    expect(callIn(live, 'W1').status).toBe('completed')
  })

  it('ends a run without a word: what is missing is said', async () => {
    const { server, live } = await aScene(onTestFinished)
    await opened(live)
    const run = server.newRun('run-1')
    live.send('speak')
    run.tell(ready, generation, ...end())
    await expect.poll(() => stateOf(live).problem?.text, patience).toMatch(/without an answer/)
  })

  it.each([403, 404])('has no such conversation (%s): nothing can be sent', async (status) => {
    const { server, live } = await aScene(onTestFinished)
    server.answer(() => ({ status, body: { detail: 'Conversation not found' } }))
    live.open()
    await expect.poll(() => stateOf(live).loading.state, patience).toBe('not-found')
  })

  it('fails to answer: it may be asked again', async () => {
    const { server, live } = await aScene(onTestFinished)
    server.answer(() => ({ status: 503, body: { detail: 'Not ready' } }))
    live.open()
    await expect.poll(() => stateOf(live).loading, patience).toEqual({ state: 'failed', text: 'Not ready' })
    server.answer(() => undefined)
    await live.load()
    expect(stateOf(live).loading.state).toBe('loaded')
  })
})
