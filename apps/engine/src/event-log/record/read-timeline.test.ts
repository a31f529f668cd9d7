import { randomUUID } from 'node:crypto'
import { timelineMessage } from '@fairlead/contract/call/timeline'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { approvals, votes } from '../../approvals/approval.table.ts'
import { readApprovals } from '../../approvals/read-approvals.ts'
import { databases } from '../../db/databases.fixture.ts'
import type { Database } from '../../db/open-database.ts'
import { runs } from '../../runs/run.table.ts'
import { readRunsBetween } from '../../runs/run-rows.ts'
import { aCall, aConversation, anEffect, aRun, speak } from '../record.fixture.ts'
import { createMemoryLiveTail } from '../tail/memory-live-tail.ts'
import { insertCalls } from './calls.ts'
import { readTimeline, type TimelineSources } from './read-timeline.ts'
import { findPlace, insertSegments } from './write-messages.ts'

const said = (text: string, calls = 0) => ({ pieces: [{ kind: 'text' as const, text }], isVoid: false, calls })

const sources: TimelineSources = { approvalsOf: readApprovals, runsOf: readRunsBetween }

describe.each(databases)('the timeline from $name', ({ open }) => {
  let database: Database
  const tail = createMemoryLiveTail({ onFenced: () => {} })
  beforeAll(async () => {
    database = await open()
  })
  afterAll(async () => {
    await tail.close()
    await database.close()
  })

  const aChat = async (conversationId: string, content = 'Why?') => aRun(database.db, { tail, conversationId, content })
  const timeline = async (conversationId: string, page: { limit?: number; before?: string } = {}) => {
    const read = await readTimeline(database.db, { conversationId, ...page }, sources)
    for (const message of read.messages) expect(timelineMessage.parse(message)).toEqual(message)
    return read
  }

  test('is empty before the first message', async () => {
    const conversationId = await aConversation(database.db)
    expect(await timeline(conversationId)).toMatchObject({ messages: [], next_cursor: null, has_more: false })
  })

  test('has segments, calls, usage and runs of an answer', async () => {
    const conversationId = await aConversation(database.db)
    const run = await aChat(conversationId, 'What runs?')
    await speak(run, {
      ...said('Let me look. ', 1),
      pieces: [
        { kind: 'thinking', text: 'Hm.' },
        { kind: 'text', text: 'Let me look. ' },
      ],
    })
    await speak(run, said('Two pods.'))
    await run.end()
    const [message, answer] = (await timeline(conversationId)).messages
    expect(message).toMatchObject({ type: 'user', content: 'What runs?' })
    expect(answer).toMatchObject({
      type: 'assistant',
      content: 'Let me look. Two pods.',
      segments: [
        { kind: 'thinking', text: 'Hm.', isComplete: true, durationMs: 5 },
        { kind: 'text', text: 'Let me look. ' },
        { kind: 'tool', toolExecution: { status: 'completed', outcome: 'succeeded', requires_approval: false } },
        { kind: 'text', text: 'Two pods.' },
      ],
      token_usage: {
        model: 'test/model',
        prompt_tokens: 20,
        completion_tokens: 2,
        cached_tokens: 0,
        cost: 0.5,
        ttft_ms: 7,
      },
      run_ids: [run.ids.run_id],
    })
    expect(answer).not.toHaveProperty('error')
    expect(answer).not.toHaveProperty('stopped')
  })

  test('shows the words under way, also before their message exists, and never twice', async () => {
    const conversationId = await aConversation(database.db)
    const run = await aChat(conversationId)
    run.log.tell({ type: 'generation.start', model: 'test/model', tools_available: 0 })
    run.log.tell({ type: 'token', text: 'So fa', tokens_generated: 1 })
    await expect
      .poll(async () => (await timeline(conversationId)).messages)
      .toMatchObject([{ type: 'user' }, { type: 'assistant', content: 'So fa', run_ids: [run.ids.run_id] }])
    run.log.clearText()
    await speak(run, said('So far.'))
    expect((await timeline(conversationId)).messages).toMatchObject([{ type: 'user' }, { content: 'So far.' }])
    await run.end()
  })

  test.each([
    ['stopped', { stopped: true }],
    ['error', { error: 'The model failed.' }],
  ] as const)('tells of a run that ended as %s before it said anything', async (how, shown) => {
    const conversationId = await aConversation(database.db)
    const run = await aChat(conversationId)
    await run.end(how)
    const next = await aChat(conversationId, 'Again?')
    await speak(next, said('Yes.'))
    await next.end()
    expect((await timeline(conversationId)).messages).toMatchObject([
      { type: 'user' },
      { type: 'assistant', segments: [], run_ids: [run.ids.run_id], ...shown },
      { type: 'user', content: 'Again?' },
      { type: 'assistant', content: 'Yes.', run_ids: [next.ids.run_id] },
    ])
  })

  test('has what was asked of a write, and the end of the run that the decision started', async () => {
    const { db } = database
    const conversationId = await aConversation(db)
    const run = await aChat(conversationId)
    const call = aCall(run.ids, {
      class: 'write',
      status: 'denied',
      tool_message: 'Tool call was denied by the user: no',
    })
    const place = await findPlace(db, conversationId)
    const proposed = {
      conversationId,
      runId: run.ids.run_id,
      segments: [{ kind: 'tool' as const, call_id: call.call_id }],
    }
    const { messageId } = await db.transaction((tx) => insertSegments(tx, place, proposed))
    await insertCalls(db, [{ ...call, message_id: messageId }])
    await run.end()
    const decided = { decided_by: 'ada@example.com', decided_at: new Date(), reason: 'no' }
    const required = { approvers: 2, not_requester: false, reason: false, passkey: false }
    const of = {
      call_id: call.call_id,
      revision: 1,
      effect: anEffect('scale'),
      effect_digest: '1'.repeat(64),
      required,
    }
    const [asker] = await db.select().from(runs).where(eq(runs.id, run.ids.run_id))
    const by = { conversation_id: conversationId, user_id: asker?.user_id ?? '', request: 'Why?' }
    await db.insert(approvals).values({ ...of, ...by, policies: [], taint: [], status: 'denied', ...decided })
    const vote = { user_id: randomUUID(), args_digest: '0'.repeat(64), effect_digest: '1'.repeat(64) }
    await db
      .insert(votes)
      .values({ ...vote, call_id: call.call_id, revision: 1, email: 'bob@example.com', approve: true })
    const resumed = randomUUID()
    await db.insert(runs).values({
      id: resumed,
      conversation_id: conversationId,
      user_id: by.user_id,
      cause: { kind: 'decision' },
      status: 'ended',
      started_at: new Date(Date.now() + 5),
      ended_at: new Date(Date.now() + 25),
      end_status: 'error',
      error: 'The model failed.',
    })
    const [, answer] = (await timeline(conversationId)).messages
    expect(answer).toMatchObject({ error: 'The model failed.', run_ids: [run.ids.run_id, resumed] })
    expect(answer).toMatchObject({
      segments: [
        {
          toolExecution: {
            status: 'denied',
            requires_approval: true,
            result: [{ type: 'text', text: 'Tool call was denied by the user' }],
            effect: anEffect('scale'),
            revision: 1,
            votes: [{ by: 'bob@example.com' }],
            decided_by: 'ada@example.com',
            reason: 'no',
            expires_at: null,
          },
        },
      ],
    })
  })

  test('read by pages is the whole one, also while messages arrive', async () => {
    const conversationId = await aConversation(database.db)
    const speakOnce = async (n: number) => {
      const run = await aChat(conversationId, `question ${n}`)
      if (n % 5 !== 4) await speak(run, said(`answer ${n}`, n % 2))
      await run.end(n % 5 === 4 ? 'stopped' : 'completed')
    }
    for (let n = 0; n < 12; n += 1) await speakOnce(n)
    const whole = (await timeline(conversationId)).messages
    expect(whole).toHaveLength(24)
    const joined: typeof whole = []
    let before: string | undefined
    for (let n = 12; ; n += 1) {
      const page = await timeline(conversationId, { limit: 5, before })
      joined.unshift(...page.messages)
      expect(page.has_more).toBe(page.next_cursor !== null)
      if (page.next_cursor === null) break
      before = page.next_cursor
      await speakOnce(n)
    }
    expect(joined).toEqual(whole)
  })

  test.each(['', 'x', '-1', '1.5', '99999999999', '4294967296'])('refuses %j as a cursor', async (before) => {
    const conversationId = await aConversation(database.db)
    await expect(timeline(conversationId, { before })).rejects.toThrow('invalidCursor')
  })
})
