import type { Effect } from '@fairlead/contract/effect/effect'
import { failed, previewed, type SeenToolCall, stale, succeeded, written } from '@fairlead/testing/tools/tool-script'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation, statusesOf } from './scenario.fixture.ts'

const readsOfFacts = ['k8s_get', 'k8s_cluster_info', 'k8s_contexts']
let engine: EngineUnderTest
beforeAll(async () => {
  engine = await startEngineUnderTest({ adapters: 'embedded', foreignTools: ['k8s_scale', ...readsOfFacts] })
})
afterAll(() => engine?.close())

test('a tool that nobody vouches for is asked for nothing before its approval, and gets nothing of ours with the call', async () => {
  const conversation = await openConversation(engine)
  const { scale, id } = newCalls(engine)
  const call = scale('W1')
  engine.model.use([{ toolCalls: [call] }, { text: 'Done.' }])
  engine.tools.use((_, own) => own())
  const proposal = await readRun(await engine.owner.chat('scale it', conversation))
  const approval = only(proposal, 'tool.awaiting_approval')
  const address = engine.tools.url
  expect(approval.effect).toMatchObject({ basis: 'unknown', risk: 'high', summary: `k8s_scale on ${address}` })
  expect(JSON.stringify(approval.effect)).not.toContain('builtin')
  const sent = () => engine.tools.calls.filter(({ callId }) => callId === id('W1'))
  expect(sent()).toEqual([])

  engine.tools.use(() => succeeded('scaled, as we do it'))
  const events = await readRun(await engine.owner.approve(approval))
  expect(flowOf(events)).toMatch(/ tool\.executing\(W1\) tool\.result\(W1\) tool\.verified\(W1 unreadable\) G /)
  const reason = "This server's writes cannot be verified."
  const verdict = { verdict: 'unreadable', waited_ms: 0, objects: [], reason }
  expect(only(events, 'tool.verified')).toMatchObject(verdict)
  expect((await engine.owner.calls(conversation)).find(({ call_id }) => call_id === call.id)?.verdict).toEqual(verdict)
  const asking = engine.model.requests.findLast(({ isStreamed }) => isStreamed)
  expect(asking?.messages.findLast(({ role }) => role === 'tool')?.text).toContain(`unreadable. ${reason}`)
  const [execution, ...others] = sent()
  expect(others).toEqual([])
  expect(execution?.args).toEqual(call.args)
  expect(Object.keys(execution?.meta ?? {}).filter((key) => key.startsWith('dev.fairlead/'))).toEqual([])
})

test.each([
  ['that it is stale, with an effect of its own making', stale],
  [
    'that it succeeded, with objects of its own making',
    (call: SeenToolCall, effect: Effect) => ({
      ...previewed(call, effect),
      ...written([{ ref: { cluster: 'c', apiVersion: 'v1', kind: 'Pod', name: 'web' }, outcome: 'succeeded' }]),
    }),
  ],
] as const)(
  'what a foreign server says %s, is no word of ours: no card and no object comes of it',
  async (_, answer) => {
    const conversation = await openConversation(engine)
    const call = newCalls(engine).scale('W2')
    engine.model.use([{ toolCalls: [call] }, { text: 'Done.' }])
    const approval = only(await readRun(await engine.owner.chat('scale it', conversation)), 'tool.awaiting_approval')
    engine.tools.use((seen) => answer(seen, harmless))
    const events = await readRun(await engine.owner.approve(approval))
    expect(flowOf(events)).toMatch(
      / tool\.executing\(W2\) tool\.(?:error\(W2 failed\)|result\(W2\) tool\.verified\(W2 unreadable\)) G /,
    )
    const [recorded] = (await engine.owner.calls(conversation)).filter(({ call_id }) => call_id === call.id)
    expect(recorded).toMatchObject({ effect: { basis: 'unknown', risk: 'high' } })
    expect(JSON.stringify(events)).not.toContain(harmless.summary)
    expect(JSON.stringify(events)).not.toContain('"objects":[{')
  },
)

const harmless: Effect = {
  summary: 'label Deployment shop/web',
  risk: 'low',
  reasons: [],
  basis: 'server',
  objects: [],
  generated: [],
  pins: {},
}

test('a tool that is not offered is named in the error that says so', async () => {
  const conversation = await openConversation(engine)
  const id = `R1-${newCalls(engine).id('x')}`
  engine.model.use([{ toolCalls: [{ id, name: 'k8s_fly', args: {} }] }, { text: 'I cannot.' }])
  const events = await readRun(await engine.owner.chat('fly', conversation))
  expect(only(events, 'tool.error')).toMatchObject({ tool: 'k8s_fly', title: 'k8s_fly' })
})

test('a read that nobody vouches for waits as well, and a failure that is said in the text alone is one', async () => {
  const conversation = await openConversation(engine)
  const { read, id } = newCalls(engine)
  const call = read('R1')
  engine.model.use([{ toolCalls: [call] }, { text: 'Too bad.' }])
  engine.tools.use(() => failed('NotFound', 'there are no pods.'))
  const proposal = await readRun(await engine.owner.chat('look', conversation))
  expect(flowOf(proposal)).toBe('ready G tools.pending(R1) tool.awaiting_approval(R1) END(awaiting_approval)')
  const sent = () => engine.tools.calls.filter(({ callId }) => callId === id('R1'))
  expect(sent()).toEqual([])

  const events = await readRun(await engine.owner.approve(only(proposal, 'tool.awaiting_approval')))
  expect(flowOf(events)).toMatch(/^ready tool.approved\(R1\) tool.executing\(R1\) tool.error\(R1 failed\) G /)
  expect(only(events, 'tool.error').error).toBe('NotFound: there are no pods.')
  expect(await statusesOf(engine, conversation)).toBe('R1 error')
  const [execution, ...others] = sent()
  expect(others).toEqual([])
  expect(execution?.args).toEqual(call.args)
  expect(Object.keys(execution?.meta ?? {}).filter((key) => key.startsWith('dev.fairlead/'))).toEqual([])
})

test('cluster facts are not read with tools that nobody vouches for, and nobody is said to know them', async () => {
  engine.model.use([{ text: 'Hello.' }])
  await readRun(await engine.owner.chat('hello'))
  expect(engine.model.requests.findLast(({ isStreamed }) => isStreamed)?.system).toContain(
    '<cluster_facts>unknown</cluster_facts>',
  )
  const { status, body } = await engine.owner.request('GET', '/agent/context')
  expect({ status, body }).toMatchObject({ status: 200, body: { clusters: [], helm: false, argo_rollouts: false } })
  expect(engine.tools.calls.filter(({ callId }) => callId.startsWith('facts_'))).toEqual([])
})
