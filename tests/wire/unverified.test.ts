import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import { verifyAddress } from '@fairlead/testing/engine/verify-address'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import type { Person } from './person.fixture.ts'
import { loadsWriteTools, newCalls } from './scenario.fixture.ts'

const JWT_SECRET = 'x'.repeat(40)
const refused = [403, { detail: { code: 'DECISION_NOT_ALLOWED', reason: expect.stringContaining('not verified') } }]

describe.each(adapterSets)('an address that somebody has only typed, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  let eve: Person
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters, settings: { JWT_SECRET, MAX_AUTO_CONTINUE_TURNS: '0' } })
    eve = await engine.newPerson()
  })
  afterAll(() => engine?.close())

  const setVerified = (isVerified: boolean) =>
    engine.restart({
      whileDown: (db) => db.execute(sql`update users set is_verified = ${isVerified} where email = ${eve.email}`),
    })

  test('decides nothing, takes nothing back and sees nothing to decide; verified, it does', async () => {
    const { scale, id } = newCalls(engine)
    engine.model.use([
      loadsWriteTools,
      { toolCalls: [scale('W1')] },
      { text: 'Done.' },
      loadsWriteTools,
      { toolCalls: [scale('W2')] },
      { text: 'Done.' },
    ])
    const done = only(await readRun(await eve.chat('scale it')), 'tool.awaiting_approval')
    await readRun(await eve.approve(done))
    const proposal = only(await readRun(await eve.chat('scale it again')), 'tool.awaiting_approval')
    await setVerified(false)
    const { call_id, conversation_id, args_digest, effect_digest } = proposal
    const answers: Record<string, unknown[]> = {}
    const post = async (path: string, body: object) => {
      const { status, body: refusal } = await eve.request('POST', path, body)
      answers[path] = [status, refusal]
    }
    for (const approve of [true, false]) {
      const decision = { approve, conversation_id, args_digest, effect_digest }
      await post(`/agent/approvals/${call_id}`, decision)
      await post(`/approvals/${call_id}/decision`, decision)
      expect(answers).toEqual({
        [`/agent/approvals/${call_id}`]: refused,
        [`/approvals/${call_id}/decision`]: refused,
      })
    }
    const batch = await eve.decideAll([proposal], true)
    expect(batch.body).toMatchObject({
      results: [{ error: { status: 403, detail: { code: 'DECISION_NOT_ALLOWED' } } }],
    })
    const undo = await eve.request('POST', `/agent/undo/${done.call_id}`, { conversation_id: done.conversation_id })
    expect([undo.status, undo.body]).toEqual(refused)
    expect(await eve.inbox()).toEqual([])
    expect(engine.tools.calls.filter((call) => call.callId === id('W2') && call.phase === 'execute')).toEqual([])

    const { body: me } = await eve.request('GET', '/auth/me')
    await verifyAddress(engine.api, me as { id: string; email: string }, JWT_SECRET)
    expect(await eve.inbox()).toHaveLength(1)
    // To its end, so that nothing of it goes on in the next test.
    expect(flowOf(await readRun(await eve.approve(proposal)))).toMatch(/END\(completed\)$/)
  })

  test('is offered no tool that changes anything, and its reads are in nobody’s name', async () => {
    await setVerified(false)
    const { read, scale, id } = newCalls(engine)
    engine.model.use([loadsWriteTools, { toolCalls: [read('R1')] }, { toolCalls: [scale('W1')] }, { text: 'No.' }])
    const events = await readRun(await eve.chat('look and scale'))
    expect(flowOf(events)).not.toContain('tool.awaiting_approval')
    const names = (engine.model.requests.at(-1)?.tools ?? []).map(({ name }) => name)
    expect(names).not.toContain('k8s_scale')
    const looked = engine.tools.calls.filter((call) => call.callId === id('R1'))
    expect(looked.map(({ meta }) => meta[metaKeys.identity])).toEqual([undefined])
    expect(engine.tools.calls.filter((call) => call.callId === id('W1') && call.phase !== 'read')).toEqual([])

    await setVerified(true)
    const again = newCalls(engine)
    engine.model.use([{ toolCalls: [again.read('R1')] }, { text: 'Seen.' }])
    await readRun(await eve.chat('look'))
    const seen = engine.tools.calls.find((call) => call.callId === again.id('R1'))
    expect(seen?.meta[metaKeys.identity]).toEqual(expect.any(String))
  })

  test('in the middle of a run, reads are in nobody’s name from the next turn on', async () => {
    const { read, id } = newCalls(engine)
    const { body: me } = await eve.request('GET', '/auth/me')
    const change = (is_verified: boolean) =>
      engine.owner.request('PATCH', `/auth/users/${(me as { id: string }).id}`, { is_verified })
    engine.model.use([{ toolCalls: [read('R1')] }, { toolCalls: [read('R2')] }, { text: 'Seen.' }])
    engine.tools.use(async (call, own) => {
      if (call.callId === id('R1')) expect((await change(false)).status).toBe(200)
      return own()
    })
    const events = await readRun(await eve.chat('look twice'))
    expect(flowOf(events)).toContain('END(completed)')
    const metas = ['R1', 'R2'].map((name) => engine.tools.calls.find((call) => call.callId === id(name))?.meta)
    expect(metas.map((meta) => typeof meta?.[metaKeys.identity])).toEqual(['string', 'undefined'])
    await change(true)
  })
})
