import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditEvent } from '@fairlead/contract/endpoints/audit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { feedOf, flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation, patience, statusesOf, untilAborted } from './scenario.fixture.ts'

/** Where something of a conversation stands, beside the audit. */
const ofConversation = [
  ['runs', 'id'],
  ['run_events', 'run_id'],
  ['run_text', 'run_id'],
  ['attempts', 'run_id'],
  ['messages', 'conversation_id'],
  ['turns', 'conversation_id'],
  ['segments', 'run_id'],
  ['tool_calls', 'call_id'],
  ['approvals', 'call_id'],
  ['votes', 'call_id'],
] as const

describe.each(adapterSets)('stop, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  let conversation: string
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  beforeEach(async () => {
    engine.tools.use((_, own) => own())
    conversation = await openConversation(engine)
  })
  afterAll(() => engine?.close())

  async function proposeScaling() {
    const made = newCalls(engine)
    engine.model.use([{ toolCalls: [made.scale('W1')] }, { text: 'Done.' }])
    const proposal = await readRun(await engine.owner.chat('scale it', conversation))
    return { ...made, proposal, approval: only(proposal, 'tool.awaiting_approval') }
  }

  test('during text', async () => {
    engine.model.use([{ text: { pieces: 10_000 }, pace: { piecesPerSecond: 100 } }])
    const stream = await engine.owner.chat('talk', conversation)
    const { run_id } = await stream.until('token')
    await engine.owner.stop({ conversation_id: conversation, run_id })
    const events = await readRun(stream)
    expect(flowOf(events)).toBe('ready generation.start ttft token END(stopped)')
    expect(only(events, 'workflow_complete').result).toEqual({ done: true, stopped: true })
    const shown = events.map((event) => (event.type === 'token' ? event.text : '')).join('')
    const { messages, active_run_id } = await engine.owner.conversation(conversation)
    expect(active_run_id).toBeNull()
    expect(messages?.at(-1)).toMatchObject({ type: 'assistant', content: shown, stopped: true })
    await expect.poll(() => engine.model.requests.at(-1)?.outcome, patience).toBe('left-by-client')
  })

  test('during a read tool', async () => {
    const { read, scale, id } = newCalls(engine)
    engine.tools.use((call, own) => (call.callId === id('R1') ? untilAborted(call, own) : own()))
    engine.model.use([{ toolCalls: [read('R1'), scale('W1')] }])
    const stream = await engine.owner.chat('look, then scale', conversation)
    const { run_id } = await stream.until('tool.executing')
    const { signal } = await engine.tools.untilCalled(id('R1'), 'read')
    await engine.owner.stop({ conversation_id: conversation, run_id })
    const events = await readRun(stream)
    expect(flowOf(events)).toBe('ready G tools.pending(R1 W1) tool.executing(R1) tool.error(R1 failed) END(stopped)')
    expect(only(events, 'tool.error').error).toBe('Stopped')
    await expect.poll(() => signal.aborted, patience).toBe(true)
    expect(await statusesOf(engine, conversation)).toBe('R1 error, W1 cancelled')
    const late = await engine.owner.request('POST', `/agent/approvals/${id('W1')}`, {
      approve: true,
      conversation_id: conversation,
    })
    expect(late).toMatchObject({ status: 409, body: { decision: 'cancelled' } })
  })

  test('during a write', async () => {
    const { approval, id, workload } = await proposeScaling()
    const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>()
    engine.tools.use(async (call, own) => {
      if (call.callId === id('W1') && call.phase === 'execute') await mayAnswer
      return own()
    })
    const stream = await engine.owner.approve(approval)
    const { signal } = await engine.tools.untilCalled(id('W1'), 'execute')
    await engine.owner.stop(await stream.until('ready'))
    expect(flowOf(await readRun(stream))).toBe('ready tool.approved(W1) tool.executing(W1) END(stopped)')
    expect(await engine.owner.calls(conversation)).toMatchObject([{ status: 'executing' }])
    expect(signal.aborted).toBe(false)
    answerNow()
    await expect.poll(() => statusesOf(engine, conversation), patience).toBe('W1 completed')
    expect(engine.tools.workloads.replicas.get(workload('W1'))).toBe(5)
    expect(await engine.owner.calls(conversation)).toMatchObject([{ outcome: 'succeeded' }])
    engine.model.use([{ text: 'It was scaled.' }])
    expect(flowOf(await readRun(await engine.owner.chat('and?', conversation)))).toBe('ready G END(completed)')
    const toolMessage = engine.model.requests.at(-1)?.messages.findLast(({ role }) => role === 'tool')
    expect(toolMessage?.text).toContain('scaled')
  })

  test('during a write, with the next one denied: its stream tells so, and no run begins by itself', async () => {
    const made = newCalls(engine)
    engine.model.use([{ toolCalls: [made.scale('W1'), made.scale('W2')] }])
    const proposal = await readRun(await engine.owner.chat('scale both', conversation))
    const mayAnswer = Promise.withResolvers<void>()
    engine.tools.use(async (call, own) => {
      if (call.callId === made.id('W1') && call.phase === 'execute') await mayAnswer.promise
      return own()
    })
    const stream = await engine.owner.approve(only(proposal, 'tool.awaiting_approval'))
    await engine.tools.untilCalled(made.id('W1'), 'execute')
    const joined = await engine.owner.deny({ call_id: made.id('W2'), conversation_id: conversation }, 'not now')
    const feed = await engine.owner.feed()
    await engine.owner.stop(await stream.until('ready'))
    expect(flowOf(await readRun(stream))).toBe(
      'ready tool.approved(W1) tool.executing(W1) tool.denied(W2 not now) END(stopped)',
    )
    await joined.all()
    mayAnswer.resolve()
    await expect.poll(() => statusesOf(engine, conversation), patience).toBe('W1 completed, W2 denied')
    // Decisions that no run has taken up are looked for behind a lease, of 5 s here.
    await sleep(7_000)
    expect(feedOf(feed.events)).toBe('ready run.ended')
    feed.close()
    engine.model.use([{ text: 'As you wish.' }])
    expect(flowOf(await readRun(await engine.owner.chat('and?', conversation)))).toBe('ready G END(completed)')
    const toolMessage = engine.model.requests.at(-1)?.messages.findLast(({ role }) => role === 'tool')
    expect(toolMessage?.text).toBe('Tool call was denied by the user: not now')
  })

  /** A write that was sent and has no answer yet when its conversation is deleted, and what the audit holds of it. */
  async function deleteUnderWay() {
    const { approval, id, workload } = await proposeScaling()
    const mayAnswer = Promise.withResolvers<void>()
    engine.tools.use(async (call, own) => {
      if (call.callId === id('W1') && call.phase === 'execute') await mayAnswer.promise
      return own()
    })
    const stream = await engine.owner.approve(approval)
    await engine.tools.untilCalled(id('W1'), 'execute')
    expect((await engine.owner.request('DELETE', `/conversations/${conversation}`)).status).toBe(200)
    const { run_id, conversation_id } = await stream.until('ready')
    const ends = async () => {
      const { body } = await engine.owner.request('GET', `/audit?call_id=${id('W1')}`)
      const { items } = body as { items: AuditEvent[] }
      const ends = items.filter(({ type }) => type === 'attempt.ended' || type === 'call.ended')
      for (const event of ends) expect(event).toMatchObject({ run_id, conversation_id, actor: 'engine' })
      return ends.map(({ type, data }) => `${type} ${data.outcome}`).toSorted()
    }
    return { mayAnswer, ends, replicas: () => engine.tools.workloads.replicas.get(workload('W1')) }
  }
  const givenUp = ['attempt.ended unknown', 'call.ended unknown']

  test('during a write, with its conversation deleted: the audit tells how it ended', async () => {
    const { mayAnswer, ends, replicas } = await deleteUnderWay()
    expect(await ends()).toEqual(givenUp)
    mayAnswer.resolve()
    const known = ['attempt.ended succeeded', 'call.ended succeeded']
    await expect.poll(ends, patience).toEqual([...known, ...givenUp].toSorted())
    expect(replicas()).toBe(5)
  })

  test('during a write, with its conversation deleted and the engine lost: the audit has an end of it', async () => {
    const { mayAnswer, ends } = await deleteUnderWay()
    await engine.restart()
    mayAnswer.resolve()
    expect(await ends()).toEqual(givenUp)
  })

  test('while waiting for a person, with its conversation deleted: whoever was asked hears of it, and the audit alone is left', async () => {
    const { proposal, approval } = await proposeScaling()
    const { run_id } = only(proposal, 'ready')
    const feed = await engine.owner.feed()
    await engine.owner.request('DELETE', `/conversations/${conversation}`)
    await feed.until('approval.decided')
    expect(feed.events[1]).toMatchObject({ call_id: approval.call_id, status: 'cancelled', decided_by: null })
    feed.close()
    const { body } = await engine.owner.request('GET', `/audit?call_id=${approval.call_id}`)
    const { items } = body as { items: AuditEvent[] }
    const reasons = items.filter(({ type }) => type === 'call.cancelled').map(({ data }) => data.why)
    expect(reasons).toEqual(['the conversation was deleted'])
    await engine.restart({
      whileDown: async (db) => {
        for (const [table, column] of ofConversation) {
          const { rows } = (await db.execute(`select * from ${table}`)) as { rows: Record<string, unknown>[] }
          const ids = rows.map((row) => row[column])
          expect(
            ids.filter((id) => [run_id, conversation, approval.call_id].includes(String(id))),
            table,
          ).toEqual([])
        }
      },
    })
  })

  test('while verifying', async () => {
    const { approval, id } = await proposeScaling()
    engine.tools.use((call, own) => {
      const waits = call.callId === id('W1') && call.phase === 'verify' && waitOf(call.meta) > 0
      return waits ? untilAborted(call, own) : own()
    })
    const stream = await engine.owner.approve(approval)
    await engine.tools.untilCalled(id('W1'), 'verify')
    await engine.owner.stop(await stream.until('ready'))
    expect(flowOf(await readRun(stream))).toBe(
      'ready tool.approved(W1) tool.executing(W1) tool.result(W1) tool.verified(W1 as_approved) END(stopped)',
    )
    expect(await statusesOf(engine, conversation)).toBe('W1 completed')
    expect(await engine.owner.calls(conversation)).toMatchObject([{ verdict: { verdict: 'as_approved' } }])
  })

  test('while waiting for a person', async () => {
    const { proposal, approval } = await proposeScaling()
    const feed = await engine.owner.feed()
    await engine.owner.stop(only(proposal, 'ready'))
    expect(await statusesOf(engine, conversation)).toBe('W1 cancelled')
    await feed.until('approval.decided')
    expect(feedOf(feed.events)).toBe('ready approval.decided')
    expect(feed.events[1]).toMatchObject({ call_id: approval.call_id, status: 'cancelled', decided_by: null })
    feed.close()
    expect(await engine.owner.conversation(conversation)).toMatchObject({ awaiting_approval: false })
  })

  test('a message right behind the stop is answered', async () => {
    engine.model.use([{ text: { pieces: 10_000 }, pace: { piecesPerSecond: 100 } }, { text: 'Yes?' }])
    const first = await engine.owner.chat('talk', conversation)
    const { run_id } = await first.until('token')
    await engine.owner.stop({ conversation_id: conversation, run_id })
    const second = await engine.owner.chat('listen', conversation)
    expect(flowOf(await readRun(first))).toBe('ready generation.start ttft token END(stopped)')
    expect(flowOf(await readRun(second))).toBe('ready G END(completed)')
  })
})

function waitOf(meta: Record<string, unknown>): number {
  return (meta['dev.fairlead/verify'] as { wait_seconds: number }).wait_seconds
}
