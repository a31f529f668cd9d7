import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from '@fairlead/testing/model/model-script'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation, patience, statusesOf, untilAborted } from './scenario.fixture.ts'
import { watchHealth } from './watch-health.fixture.ts'

const STALL_MS = 2000
const OLD_RUNS = 40
/** A text that does not end while a test looks. */
const longText = { text: { pieces: 100_000 }, pace: { piecesPerSecond: 20 } }
/** The same, as fast as it can be sent. */
const flood: Reply = { text: { pieces: 300_000 }, split: 'every-piece' }

describe.each(adapterSets)('an engine that died, %s', { timeout: 120_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({
      adapters,
      isOwnProcess: true,
      leaseSeconds: 2,
      stallMs: STALL_MS,
      settings: { NODE_OPTIONS: `--import ${import.meta.resolve('@fairlead/testing/servers/stand-still-on-signal')}` },
    })
  })
  beforeEach(() => engine.tools.use((_, own) => own()))
  afterAll(() => engine?.close())

  const textRequests = () => engine.model.requests.filter(({ isStreamed }) => isStreamed)

  test('three times with the same run: the run is ended, on record, and taken up no more', async () => {
    const conversation = await openConversation(engine)
    const { read, id } = newCalls(engine)
    const times = (label: string) => engine.tools.calls.filter((call) => call.callId === id(label)).length
    // Each engine takes a step, and dies in the next one.
    engine.tools.use((call, own) =>
      engine.tools.calls.filter(({ callId }) => callId === call.callId).length === 1 ? untilAborted(call, own) : own(),
    )
    engine.model.use([{ toolCalls: ['R1', 'R2', 'R3', 'R4'].map((label) => read(label)) }])
    const { run_id } = await (await engine.owner.chat('which pods', conversation)).until('ready')
    for (const label of ['R1', 'R2', 'R3']) {
      await expect.poll(() => times(label), patience).toBe(1)
      await engine.process?.stop('SIGKILL')
      await engine.restart()
    }
    const events = await readRun(await engine.owner.follow(run_id), { mayJump: true })
    expect(flowOf(events)).toMatch(/ tool.executing\(R3\) tool.error\(R3 failed\) FAIL$/)
    expect(only(events, 'workflow.error').error).toMatch(/^Three engines that worked on this run ended or lost it/)
    expect(await statusesOf(engine, conversation)).toBe('R1 completed, R2 completed, R3 error, R4 cancelled')
    const { active_run_id, messages } = await engine.owner.conversation(conversation)
    expect(active_run_id).toBeNull()
    expect(JSON.stringify(messages?.at(-1))).toContain('Three engines that worked')

    const requestsBefore = engine.model.requests.length
    await engine.restart()
    engine.model.use([{ text: 'Here I am.' }])
    expect(flowOf(await readRun(await engine.owner.chat('go on', conversation)))).toBe('ready G END(completed)')
    expect({ reads: times('R3'), requestsBefore: engine.model.requests.length }).toEqual({
      reads: 1,
      requestsBefore: requestsBefore + 1,
    })
  })

  test('three times before a first word: the model is asked nothing more', async () => {
    engine.model.use(() => ({ fault: { kind: 'stall', ms: 60_000 } }))
    const before = engine.model.requests.length
    const { run_id } = await (await engine.owner.chat('talk')).until('ready')
    await expect.poll(() => engine.model.requests.length, patience).toBe(before + 1)
    await engine.process?.stop('SIGKILL')
    const twoBefore = sql`update runs set takeovers = 2 where id = ${run_id}`
    await engine.restart({ whileDown: (db) => db.execute(twoBefore) })
    const events = await readRun(await engine.owner.follow(run_id), { mayJump: true })
    expect(flowOf(events)).toMatch(/ FAIL$/)
    // The user's own words.
    expect(only(events, 'conversation.title.generated').title).toBe('talk')
    expect(engine.model.requests).toHaveLength(before + 1)
  })

  test('three times in the midst of a text that comes as fast as it can: the run is ended', async () => {
    engine.model.use(() => flood)
    const before = textRequests().length
    const { run_id } = await (await engine.owner.chat('talk')).until('token')
    for (let engines = 1; engines <= 3; engines++) {
      await expect.poll(() => textRequests().length, patience).toBe(before + engines)
      await sleep(100)
      await engine.process?.stop('SIGKILL')
      await engine.restart()
    }
    const events = await readRun(await engine.owner.follow(run_id), { mayJump: true })
    expect(flowOf(events)).toMatch(/ FAIL$/)
    expect(only(events, 'workflow.error').error).toMatch(/^Three engines that worked on this run ended or lost it/)
    expect(textRequests()).toHaveLength(before + 3)
  })

  test('three times with a run that cannot even be ended as usual: it is ended all the same', async () => {
    engine.model.use(() => longText)
    const { run_id, conversation_id } = await (await engine.owner.chat('talk')).until('token')
    await engine.process?.stop('SIGKILL')
    // Its owner is gone, and two engines have died with it before.
    const nobody = '00000000-0000-4000-8000-000000000000'
    const broken = sql`update runs set user_id = ${nobody}, takeovers = 2 where id = ${run_id}`
    await engine.restart({ whileDown: (db) => db.execute(broken) })
    const active = async () => (await engine.owner.conversation(conversation_id)).active_run_id
    await expect.poll(active, patience).toBeNull()
    expect(flowOf(await readRun(await engine.owner.follow(run_id), { mayJump: true }))).toMatch(/ FAIL$/)
    engine.model.use([{ text: 'Here I am.' }])
    expect(flowOf(await readRun(await engine.owner.chat('go on', conversation_id)))).toBe('ready G END(completed)')
  })

  test('three times with a write that it had to look into: the outcome is unknown, and nothing is sent again', async () => {
    const conversation = await openConversation(engine)
    const { scale, id } = newCalls(engine)
    const phases = () => engine.tools.calls.filter(({ callId }) => callId === id('W1')).map(({ phase }) => phase)
    engine.model.use([{ toolCalls: [scale('W1')] }])
    const events = await readRun(await engine.owner.chat('scale it', conversation))
    engine.tools.use(untilAborted)
    const stream = await engine.owner.approve(only(events, 'tool.awaiting_approval'))
    await engine.tools.untilCalled(id('W1'), 'execute')
    await engine.owner.stop(await stream.until('ready'))
    for (const verifications of [1, 2]) {
      await engine.process?.stop('SIGKILL')
      await engine.restart()
      await expect.poll(() => phases().filter((phase) => phase === 'verify').length, patience).toBe(verifications)
    }
    await engine.process?.stop('SIGKILL')
    await engine.restart()
    await expect.poll(() => statusesOf(engine, conversation), patience).toBe('W1 unknown')
    expect(phases()).toEqual(['preview', 'execute', 'verify', 'verify'])
  })

  test('since its event loop stood still: it ended with 70 and a stack in the log, and the run goes on', async () => {
    engine.model.use(() => longText)
    const stream = await engine.owner.chat('talk')
    const { run_id } = await stream.until('token')
    const blocked = engine.process
    blocked?.signal('SIGUSR2')
    expect(await blocked?.exited).toBe(70)
    const lines = (await readFile(blocked?.logFile ?? '', 'utf8')).split('\n')
    const line = JSON.parse(lines.find((each) => each.includes('"exit_code":70')) ?? '{}')
    expect(line).toMatchObject({ level: 60, stack: expect.stringMatching(/at standStill \(file:.+:\d+:\d+\)/) })
    engine.model.use([{ text: 'Here I am.' }])
    await engine.restart()
    expect(flowOf(await readRun(await engine.owner.follow(run_id), { mayJump: true }))).toMatch(/ G END\(completed\)$/)
  })

  test('with many runs: the next one answers, is ready and takes new work while it recovers them', async () => {
    engine.model.use(({ messages }) => (messages.at(-1)?.text === 'new work' ? { text: 'Done.' } : longText))
    const old = await Promise.all(
      Array.from({ length: OLD_RUNS }, async () => (await engine.owner.chat('old work')).until('token')),
    )
    await engine.process?.stop('SIGKILL')
    const requestsBefore = textRequests().length
    await engine.restart()
    const health = await watchHealth(engine.api)
    await expect.poll(() => textRequests().length, patience).toBeGreaterThan(requestsBefore)
    expect(flowOf(await readRun(await engine.owner.chat('new work')))).toBe('ready G END(completed)')
    await expect.poll(() => textRequests().length, patience).toBe(requestsBefore + OLD_RUNS + 1)
    expect((await health.stop()).slowestMs).toBeLessThan(Number.POSITIVE_INFINITY)
    const states = await Promise.all(old.map(({ conversation_id }) => engine.owner.conversation(conversation_id)))
    expect(new Set(states.map(({ active_run_id }) => active_run_id))).toEqual(new Set(old.map(({ run_id }) => run_id)))
  })
})
