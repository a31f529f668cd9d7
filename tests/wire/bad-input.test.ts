import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { badBodies } from './bad-bodies.fixture.ts'
import { badDecisions } from './bad-decisions.fixture.ts'
import { badQuestions } from './bad-questions.fixture.ts'
import type { BadRequest, World } from './bad-request.fixture.ts'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

type Body = { detail: unknown; code?: string; current?: ApprovalItem }

describe.each(adapterSets)('bad input, %s', (adapters) => {
  let engine: EngineUnderTest
  let world: World
  let before: unknown

  const send = ({ method = 'GET', path, json, text, form, headers = {} }: BadRequest) =>
    fetch(`${engine.api}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${engine.owner.token}`,
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: form === undefined ? (text ?? JSON.stringify(json)) : new URLSearchParams(form),
    })
  /** All that a refused request must leave as it was. */
  const everything = async () => ({
    requests: engine.model.requests.length,
    calls: engine.tools.calls.filter(({ callId }) => !callId.startsWith('facts_')).length,
    inbox: await engine.owner.inbox(),
    conversations: await engine.owner.request('GET', '/conversations'),
    conversation: await engine.owner.conversation(world.conversation),
  })

  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters, settings: { ALLOW_SELF_REGISTRATION: 'false' } })
    const other = await openConversation(engine)
    const conversation = await openConversation(engine)
    const { scale } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1')] }])
    const events = await readRun(await engine.owner.chat('scale it', conversation))
    const { call_id, run_id, args_digest, effect_digest } = only(events, 'tool.awaiting_approval')
    world = { conversation, run: run_id, call: call_id, args_digest, effect_digest, other }
    before = await everything()
  })
  afterAll(() => engine?.close())

  test.each([...badBodies, ...badQuestions, ...badDecisions])('%s', async (_, request, refused) => {
    const answer = await send(request(world))
    const { detail, code, current } = (await answer.json()) as Body
    if ('faults' in refused) {
      expect([answer.status, detail]).toEqual([
        422,
        refused.faults.map(([type, ...loc]) => expect.objectContaining({ type, loc, msg: expect.any(String) })),
      ])
    } else {
      expect([answer.status, detail]).toEqual([refused.status, refused.detail])
      if (refused.code) expect(code).toBe(refused.code)
      if (refused.current) expect(current).toMatchObject({ call_id: world.call, status: 'awaiting_approval' })
    }
    expect(await everything()).toEqual(before)
  })

  test('a batch has each fault in its place', async () => {
    const { call: call_id, args_digest, effect_digest } = world
    const wrong = 'a'.repeat(64)
    const decisions = [
      { call_id: 'unknown', approve: true, args_digest, effect_digest },
      { call_id: 'a\0b', approve: true, args_digest, effect_digest },
      { call_id, approve: true, args_digest: wrong, effect_digest },
      { call_id, approve: true, args_digest, effect_digest: wrong },
    ]
    expect(await engine.owner.request('POST', '/approvals/decisions', { decisions })).toEqual({
      status: 200,
      body: {
        results: [
          { call_id: 'unknown', error: { status: 404, detail: 'Tool call not found' } },
          { call_id: 'a\ufffdb', error: { status: 404, detail: 'Tool call not found' } },
          { call_id, error: expect.objectContaining({ status: 409, detail: 'Tool call arguments have changed' }) },
          { call_id, error: expect.objectContaining({ status: 409, detail: 'The effect has changed' }) },
        ],
      },
    })
    expect(await everything()).toEqual(before)
  })

  test.each([
    '/audit?tool=%00',
    '/audit?call_id=%00',
    '/audit?run_id=x',
    '/audit?conversation_id=x',
    '/audit?object=%00%2F%00',
    '/audit?type=,,nothing',
    "/audit?cluster=';--",
  ])('a filter that nothing fits finds nothing: %s', async (path) => {
    expect(await engine.owner.request('GET', path)).toEqual({ status: 200, body: { items: [], next_cursor: null } })
  })

  test.each(['x', '-1', '1e3', '999999999999999', '99999999999999999999'])(
    'a cursor of a stream that names no event of it costs nothing: %s',
    async (id) => {
      const stream = await engine.owner.stream('GET', `/agent/runs/${world.run}/events`, undefined, {
        'last-event-id': id,
      })
      await stream.all()
      const feed = await engine.owner.stream('GET', '/events', undefined, { 'last-event-id': id })
      expect(await feed.until('ready')).toMatchObject({ resumed: false })
      feed.close()
    },
  )

  test('the call that waited all the time is still approved as it stood', async () => {
    engine.model.use([{ text: 'Done.' }])
    const { call: call_id, conversation: conversation_id, args_digest, effect_digest } = world
    const events = await readRun(await engine.owner.approve({ call_id, conversation_id, args_digest, effect_digest }))
    expect(only(events, 'tool.verified').verdict).toBe('as_approved')
  })
})
