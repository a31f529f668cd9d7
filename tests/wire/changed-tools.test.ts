import type { ScriptedToolServer } from '@fairlead/testing/tools/scripted-tool-server'
import { succeeded } from '@fairlead/testing/tools/tool-script'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation, patience, statusesOf, untilAborted } from './scenario.fixture.ts'

type Edit = Parameters<ScriptedToolServer['list']>[0]
type Listed = Parameters<Edit>[0]

describe.each(adapterSets)('tools that change between turn and call, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters, settings: { MAX_AUTO_CONTINUE_TURNS: '0' } })
  })
  beforeEach(async () => {
    engine.tools.use((_, own) => own())
    // Only an engine that begins is sure to list the tools anew.
    await engine.restart({ whileDown: async () => engine.tools.list(asReleased) })
  })
  afterAll(() => engine?.close())

  /** Every other tool stays as it is. */
  const editing =
    (change: (tool: Listed) => Listed | undefined, name = 'k8s_get'): Edit =>
    (tool) =>
      tool.name === name ? change(tool) : tool
  const asReleased: Edit = (tool) => tool
  const listingNothing: Edit = () => {
    throw new Error('no list today')
  }
  const hinting = (hints: NonNullable<Listed['annotations']>, name?: string) =>
    editing((tool) => ({ ...tool, annotations: { ...tool.annotations, ...hints } }), name)
  const withParameter = (name: string) =>
    editing(({ inputSchema, ...tool }) => ({
      ...tool,
      inputSchema: { ...inputSchema, properties: { ...inputSchema.properties, [name]: { type: 'boolean' } } },
    }))

  /** The list changes while this call is carried out, and the server says so. */
  const changingDuring = (callId: string, edit: Edit) =>
    engine.tools.use(async (call, own) => {
      if (call.callId !== callId) return own()
      engine.tools.list(edit)
      await call.listChanged()
      return call.phase === 'read' ? succeeded('looked') : own()
    })
  const sent = (callId: string) => engine.tools.calls.filter((call) => call.callId === callId)
  const unpinned = async () => {
    const { body } = await engine.owner.request('GET', '/audit?type=tool.unpinned&limit=200')
    return (body as { items: { data: { tool: string; digest: string; pinned_digest: string | null } }[] }).items
  }

  const changes: readonly (readonly [what: string, edit: Edit])[] = [
    ['says no more that it only looks', hinting({ readOnlyHint: false })],
    ['says that it destroys', hinting({ destructiveHint: true })],
    ['has one hint more', hinting({ title: 'Another' })],
    ['takes one parameter more', withParameter('force')],
    ['is gone', editing(() => undefined)],
  ]

  test.each(changes)('a read whose tool %s waits; once the tool is as it was, it is a read', async (_, edit) => {
    const conversation = await openConversation(engine)
    const { read, id } = newCalls(engine)
    engine.model.use([{ toolCalls: [read('R1'), read('R2')] }])
    changingDuring(id('R1'), edit)
    const events = await readRun(await engine.owner.chat('look twice', conversation))
    expect(flowOf(events)).toBe(
      'ready G tools.pending(R1 R2) tool.executing(R1) tool.result(R1) tool.awaiting_approval(R2) END(awaiting_approval)',
    )
    const approval = only(events, 'tool.awaiting_approval')
    expect(approval.effect).toMatchObject({ basis: 'unknown', risk: 'high' })
    expect(sent(id('R2'))).toEqual([])
    expect(await engine.owner.approval(id('R2'))).toMatchObject({ status: 'awaiting_approval', tool: 'k8s_get' })

    engine.model.use([{ toolCalls: [read('R3')] }, { text: 'Done.' }])
    changingDuring(id('R2'), asReleased)
    expect(flowOf(await readRun(await engine.owner.approve(approval)))).toBe(
      'ready tool.approved(R2) tool.executing(R2) tool.result(R2) tool.verified(R2 unreadable) ' +
        'G tools.pending(R3) tool.executing(R3) tool.result(R3) G END(completed)',
    )
    expect(await statusesOf(engine, conversation)).toBe('R1 completed, R2 completed, R3 completed')
    const decisionsOf = (callId: string) =>
      sent(callId).map(({ meta }) => Object.keys(meta).filter((key) => key.startsWith('dev.fairlead/')))
    expect([decisionsOf(id('R1')), decisionsOf(id('R2')), decisionsOf(id('R3'))]).toEqual([
      [['dev.fairlead/identity']],
      [[]],
      [['dev.fairlead/identity']],
    ])
  })

  test('a read behind a write is judged by the tool as it is when its turn has come, however late', async () => {
    const conversation = await openConversation(engine)
    const { read, scale, id } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1'), read('R1')] }])
    const proposal = only(
      await readRun(await engine.owner.chat('scale and look', conversation)),
      'tool.awaiting_approval',
    )
    await engine.restart({ whileDown: async () => engine.tools.list(withParameter('later')) })
    const events = await readRun(await engine.owner.approve(proposal))
    expect(flowOf(events)).toBe(
      'ready tool.approved(W1) tool.executing(W1) tool.result(W1) tool.verified(W1 as_approved) ' +
        'tool.awaiting_approval(R1) END(awaiting_approval)',
    )
    expect(sent(id('R1'))).toEqual([])
  })

  test('a read that an engine left under way is not sent again to a tool that has changed meanwhile', async () => {
    const conversation = await openConversation(engine)
    const { read, id } = newCalls(engine)
    engine.tools.use((call, own) => (call.callId === id('R1') ? untilAborted(call, own) : own()))
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'Never mind.' }])
    const stream = await engine.owner.chat('look', conversation)
    const { run_id } = await stream.until('tool.executing')
    await engine.tools.untilCalled(id('R1'), 'read')
    await engine.restart({ whileDown: async () => engine.tools.list(withParameter('meanwhile')) })
    const events = await readRun(await engine.owner.follow(run_id), { mayJump: true })
    expect(flowOf(events)).toBe('ready G tools.pending(R1) tool.executing(R1) tool.error(R1 failed) G END(completed)')
    expect(only(events, 'tool.error').error).toContain('k8s_get has changed since it was called')
    expect(sent(id('R1'))).toHaveLength(1)
  })

  test('who may only look is not asked about a read that is none any more: it fails', async () => {
    const viewer = await engine.newPerson()
    const makeViewOnly = sql`update users set view_only = true where email = ${viewer.email}`
    await engine.restart({ whileDown: (db) => db.execute(makeViewOnly) })
    const { read, id } = newCalls(engine)
    engine.model.use([{ toolCalls: [read('R1'), read('R2')] }, { text: 'Never mind.' }])
    changingDuring(id('R1'), withParameter('viewed'))
    const events = await readRun(await viewer.chat('look twice'))
    expect(flowOf(events)).toBe(
      'ready G tools.pending(R1 R2) tool.executing(R1) tool.result(R1) tool.error(R2 failed) G END(completed)',
    )
    expect(sent(id('R2'))).toEqual([])
  })

  test('a read of a server that lists its tools no more fails', async () => {
    const conversation = await openConversation(engine)
    const { read, id } = newCalls(engine)
    engine.model.use([{ toolCalls: [read('R1'), read('R2')] }, { text: 'Never mind.' }])
    changingDuring(id('R1'), listingNothing)
    const events = await readRun(await engine.owner.chat('look twice', conversation))
    expect(flowOf(events)).toBe(
      'ready G tools.pending(R1 R2) tool.executing(R1) tool.result(R1) tool.error(R2 failed) G END(completed)',
    )
    expect(only(events, 'tool.error').error).not.toContain('today')
    expect(sent(id('R2'))).toEqual([])
  })

  test('a write of a server that lists its tools no more fails before anybody is asked', async () => {
    const conversation = await openConversation(engine)
    const { read, scale, id } = newCalls(engine)
    engine.model.use([{ toolCalls: [read('R1'), scale('W1')] }, { text: 'Never mind.' }])
    changingDuring(id('R1'), listingNothing)
    const events = await readRun(await engine.owner.chat('look and scale', conversation))
    expect(flowOf(events)).toBe(
      'ready G tools.pending(R1 W1) tool.executing(R1) tool.result(R1) tool.error(W1 failed) G END(completed)',
    )
    expect(only(events, 'tool.error').error).toContain('does not list its tools')
    expect(sent(id('W1'))).toEqual([])
  })

  test('an approved write is verified by a server that lists its tools no more', async () => {
    const conversation = await openConversation(engine)
    const { scale, id } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1')] }, { text: 'Done.' }])
    const proposal = only(await readRun(await engine.owner.chat('scale', conversation)), 'tool.awaiting_approval')
    changingDuring(id('W1'), listingNothing)
    const events = await readRun(await engine.owner.approve(proposal))
    expect(flowOf(events)).toContain('tool.result(W1) tool.verified(W1 as_approved)')
  })

  const somebodyElses = hinting({ title: 'Another' }, 'k8s_scale')
  const auditOf = async (callId: string) => {
    const { body } = await engine.owner.request('GET', `/audit?call_id=${callId}&limit=200`)
    return (body as { items: { type: string }[] }).items.map(({ type }) => type)
  }
  async function propose() {
    const conversation = await openConversation(engine)
    const calls = newCalls(engine)
    engine.model.use([{ toolCalls: [calls.scale('W1')] }, { text: 'Done.' }])
    const proposal = only(await readRun(await engine.owner.chat('scale', conversation)), 'tool.awaiting_approval')
    return { ...calls, conversation, proposal }
  }

  test.each([
    ['has changed', somebodyElses],
    ['is gone', editing(() => undefined, 'k8s_scale')],
  ])('an approved write whose tool %s is not sent: what is known of it now is asked about', async (_, edit) => {
    const { conversation, proposal, id } = await propose()
    await engine.restart({ whileDown: async () => engine.tools.list(edit) })
    const events = await readRun(await engine.owner.approve(proposal))
    expect(flowOf(events)).toBe(
      'ready tool.approved(W1) tool.stale(W1 revision 1) tool.awaiting_approval(W1 revision 2) END(awaiting_approval)',
    )
    const again = only(events, 'tool.awaiting_approval')
    expect(again).toMatchObject({ effect: { basis: 'unknown', risk: 'high' }, votes: [] })
    expect(only(events, 'tool.stale').reason).toContain('k8s_scale has changed')
    expect(sent(id('W1')).map(({ phase }) => phase)).toEqual(['preview'])
    expect(await auditOf(id('W1'))).not.toContain('attempt.started')
    expect(await statusesOf(engine, conversation)).toBe('W1 awaiting_approval')

    // Approved as what it is now, it goes out with nothing of ours: this server does nothing without a grant.
    const refused = await readRun(await engine.owner.approve(again))
    expect(flowOf(refused)).toBe('ready tool.approved(W1) tool.executing(W1) tool.error(W1 failed) G END(completed)')
    expect(only(refused, 'tool.error').error).toContain('the grant is missing')
  })

  test('an approved write whose tool is vouched for again is asked about with its effect', async () => {
    engine.tools.list(somebodyElses)
    await engine.restart()
    const { proposal, id, workload } = await propose()
    expect(proposal.effect.basis).toBe('unknown')
    await engine.restart({ whileDown: async () => engine.tools.list(asReleased) })
    const events = await readRun(await engine.owner.approve(proposal))
    expect(flowOf(events)).toContain('tool.stale(W1 revision 1) tool.awaiting_approval(W1 revision 2)')
    expect(only(events, 'tool.awaiting_approval').effect).toMatchObject({ basis: 'server' })
    expect(engine.tools.workloads.replicas.get(workload('W1'))).toBe(3)
    expect(sent(id('W1')).map(({ phase }) => phase)).toEqual(['execute'])
  })

  test('a tool that nobody vouched for gets nothing of ours once its server lists its tools no more', async () => {
    engine.tools.list(somebodyElses)
    await engine.restart()
    const { proposal, id, workload } = await propose()
    const other = await openConversation(engine)
    const { read, id: otherId } = newCalls(engine)
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'Done.' }])
    changingDuring(otherId('R1'), listingNothing)
    expect(flowOf(await readRun(await engine.owner.chat('look', other)))).toContain('tool.result(R1)')

    engine.model.use([{ text: 'Done.' }])
    const events = await readRun(await engine.owner.approve(proposal))
    expect(flowOf(events)).toBe('ready tool.approved(W1) tool.executing(W1) tool.error(W1 failed) G END(completed)')
    expect(only(events, 'tool.error').error).toContain('the grant is missing')
    expect(sent(id('W1'))).toEqual([])
    expect(engine.tools.workloads.replicas.get(workload('W1'))).toBe(3)
  })

  test('a tool that is new or has changed stands in the audit once, whatever restarts', async () => {
    const edit = withParameter('audited')
    const extra = (tool: Listed) => (tool.name === 'k8s_get' ? { ...tool, name: 'k8s_conjure' } : undefined)
    const before = (await unpinned()).map(({ data }) => data.digest)
    const fresh = async () => (await unpinned()).filter(({ data }) => !before.includes(data.digest))
    for (const list of [edit, asReleased, edit, edit, extra]) {
      await engine.restart({ whileDown: async () => engine.tools.list(list) })
      expect((await engine.owner.request('GET', '/agent/tools')).status).toBe(200)
    }
    await expect.poll(async () => (await fresh()).length, patience).toBe(2)
    const [conjured, got] = await fresh()
    expect(got?.data).toMatchObject({ server: 'builtin', tool: 'k8s_get', pinned_digest: expect.any(String) })
    expect(conjured?.data).toMatchObject({ server: 'builtin', tool: 'k8s_conjure', pinned_digest: null })
    expect(got?.data.digest).not.toBe(got?.data.pinned_digest)
  })
})
