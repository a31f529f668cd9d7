import { failed } from '@fairlead/testing/tools/tool-script'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation, patience, statusesOf } from './scenario.fixture.ts'

const seconds = () => Math.floor(Date.now() / 1000)
/** As a tool server answers whose store of used grants has begun anew: nothing was contacted. */
const beforeStart = (retryAt: number) =>
  failed('Refused', 'the grant was issued before this server began to remember used grants. Nothing was written.', {
    outcome: 'failed',
    objects: [],
    data: { grant_error: 'before_start', retry_at: retryAt },
  })

describe.each(adapterSets)('a tool server that takes no grant of before, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  afterAll(() => engine?.close())

  /** An approved write; the first `refusals` grants are refused with that answer. */
  async function approveWhile(refusals: number, retryAt: () => number) {
    const conversation = await openConversation(engine)
    const { scale, id, workload } = newCalls(engine)
    const executions = () => engine.tools.calls.filter((call) => call.callId === id('W1') && call.phase === 'execute')
    engine.tools.use((call, own) => {
      const isRefused = call.callId === id('W1') && call.phase === 'execute' && executions().length <= refusals
      return isRefused ? beforeStart(retryAt()) : own()
    })
    engine.model.use([{ toolCalls: [scale('W1')] }, { text: 'Done.' }])
    const approval = only(await readRun(await engine.owner.chat('scale it', conversation)), 'tool.awaiting_approval')
    const stream = await engine.owner.approve(approval)
    return {
      stream,
      conversation,
      executions,
      id,
      isDone: () => engine.tools.workloads.replicas.get(workload('W1')) === 5,
    }
  }

  /** The audit's lines of a call, oldest first. */
  async function auditOf(callId: string, types: readonly string[]) {
    const { body } = await engine.owner.request('GET', `/audit?call_id=${callId}&limit=200`)
    const { items } = body as { items: { type: string; at: string; data: Record<string, unknown> }[] }
    return items.filter(({ type }) => types.includes(type)).toReversed()
  }

  test('the write waits, and goes on in the same attempt under a new grant', async () => {
    let retryAt = 0
    const { stream, conversation, executions, id, isDone } = await approveWhile(1, () => {
      retryAt = seconds() + 3
      return retryAt
    })
    const events = await readRun(stream)
    expect(flowOf(events)).toMatch(
      /^ready tool.approved\(W1\) tool.executing\(W1\) tool.progress\(W1.*\) tool.result\(W1\) tool.verified\(W1 as_approved\) G T END\(completed\)$/,
    )
    expect(only(events, 'tool.progress').text).toContain(new Date(retryAt * 1000).toISOString())
    const [first, second, ...others] = executions().map(({ grant }) => grant)
    expect(others).toEqual([])
    expect(first?.jti).not.toBe(second?.jti)
    expect(second?.iat).toBeGreaterThanOrEqual(retryAt)
    expect(isDone()).toBe(true)
    expect(await statusesOf(engine, conversation)).toBe('W1 completed')
    // One attempt, and the record has both of its grants.
    const audit = await auditOf(id('W1'), ['attempt.started', 'grant.issued', 'attempt.ended'])
    expect(audit.map(({ type }) => type).toSorted()).toEqual([
      'attempt.ended',
      'attempt.started',
      'grant.issued',
      'grant.issued',
    ])
    expect(new Set(audit.map(({ data }) => data.attempt))).toEqual(new Set([first?.jti]))
    const issued = audit.filter(({ type }) => type === 'grant.issued').map(({ data }) => data.grant)
    expect(issued).toEqual(expect.arrayContaining([first, second]))
  })

  test('a new grant is asked for again where that one is refused, too', async () => {
    const { stream, executions, isDone } = await approveWhile(2, () => seconds() + 1)
    expect(flowOf(await readRun(stream))).toContain('tool.result(W1)')
    expect(executions()).toHaveLength(3)
    expect(isDone()).toBe(true)
  })

  test('no longer than makes sense: then the write has failed, and says why', async () => {
    const { stream, executions, isDone } = await approveWhile(9, () => seconds() + 200)
    const events = await readRun(stream)
    expect(flowOf(events)).toMatch(/tool.executing\(W1\) tool.error\(W1 failed\) G/)
    expect(only(events, 'tool.error').error).toContain('before this server began to remember used grants')
    expect(executions()).toHaveLength(1)
    expect(isDone()).toBe(false)
  })

  test('a stop while it waits: nothing is sent any more, and the outcome is known', async () => {
    const { stream, conversation, executions, isDone } = await approveWhile(1, () => seconds() + 4)
    await stream.until('tool.progress')
    await engine.owner.stop(await stream.until('ready'))
    expect(flowOf(await readRun(stream))).toMatch(/ END\(stopped\)$/)
    await expect.poll(() => statusesOf(engine, conversation), patience).toBe('W1 error')
    await new Promise((resolve) => setTimeout(resolve, 4_500))
    expect(executions()).toHaveLength(1)
    expect(isDone()).toBe(false)
  })
})
