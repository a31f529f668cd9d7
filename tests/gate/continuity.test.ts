import { setTimeout as sleep } from 'node:timers/promises'
import { writesIn } from '@fairlead/testing/cluster/cluster-writes'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { approvalOf, type RunStream, type Seen } from './caller.fixture.ts'
import { createDice, seed } from './dice.fixture.ts'
import { holdTable } from './hold-table.fixture.ts'
import { type EngineProcess, type Installation, startInstallation } from './installation.fixture.ts'
import { prepareWrite } from './random-write.fixture.ts'
import { expectReconciled } from './reconciled.fixture.ts'
import { messageFor } from './scripted-by-message.fixture.ts'

let all: Installation & { engine: EngineProcess }
let namespace: string
/** The one that goes, and the one that stays. */
let leaver: EngineProcess
let stayer: EngineProcess
const dice = createDice(seed)

beforeAll(async () => {
  all = await startInstallation({ leaseSeconds: 1.5 })
  namespace = await all.apiServer.newNamespace('gate')
  stayer = all.engine
}, 180_000)
afterAll(() => all?.close(), 60_000)

const words = 240
const pieces = Array.from({ length: words }, (_, n) => `w${n} `).join('')

describe('while the engine goes that a run, a write or a decision is with', () => {
  /** Starts while the test before it waits. */
  let next: Promise<EngineProcess> | undefined
  beforeEach(async () => {
    all.toCluster.interfere(() => ({ do: 'pass' }))
    leaver = await (next ?? all.startEngine())
    next = all.startEngine()
  }, 60_000)
  // It would be left starting behind the end of the installation.
  afterAll(() => next?.catch(() => undefined), 60_000)

  test('the engine with the run is killed during text: the other one goes on, and the client misses nothing', async () => {
    const before = await all.owner.ask(leaver.api, messageFor({ words, perSecond: 80 }))
    await before.until(({ type, id }) => type === 'token' && id > 60)
    await leaver.kill()
    const seen = await before.ended
    const after = await attach(seen)
    const events = [...seen, ...(await after.ended)]
    expectRising(events)
    const lastStart = events.findLastIndex(({ type }) => type === 'generation.start')
    expect(lastStart).toBeGreaterThan(0)
    expect(textOf(events.slice(lastStart))).toBe(pieces)
    expect(terminals(events)).toEqual(['completed', 'workflow_complete'])
  }, 60_000)

  test('the engine with the run is told to end during text: it ends its step, and no word is lost', async () => {
    const before = await all.owner.ask(leaver.api, messageFor({ words, perSecond: 80 }))
    await before.until(({ type, id }) => type === 'token' && id > 60)
    const [seen] = await Promise.all([before.ended, leaver.terminate()])
    const events = terminals(seen).length === 0 ? [...seen, ...(await (await attach(seen)).ended)] : seen
    expectRising(events)
    expect(events.filter(({ type }) => type === 'generation.start')).toHaveLength(1)
    expect(textOf(events)).toBe(pieces)
    expect(terminals(events)).toEqual(['completed', 'workflow_complete'])
  }, 60_000)

  test('the engine is told to end while a write is on its way: it waits for the outcome, another goes on', async () => {
    const { run, approval, write, held } = await writeHeld()
    const ended = leaver.terminate()
    await sleep(500)
    expect(leaver.process.hasExited()).toBe(false)
    held.resolve('pass')
    const [seen] = await Promise.all([run.ended, ended])
    const events = [...seen, ...(await (await attach(seen)).ended)]
    expectRising(events)
    expect(terminals(events)).toEqual(['completed', 'workflow_complete'])
    expect(events.find(({ type }) => type === 'tool.result')).not.toHaveProperty('recovered')
    expect(await write.isDone()).toBe(true)
    expect(await attemptsOf(approval.call_id)).toEqual([{ outcome: 'succeeded', recovered: null }])
  }, 60_000)

  test('a write outlives the stop of its run, and the engine that waited for it dies: another looks into it', async () => {
    const { run, approval, write, held } = await writeHeld()
    await stop(run)
    await leaver.kill()
    held.resolve('pass')
    const call = await untilClosed(approval.call_id)
    expect(call).toMatchObject({ status: 'completed', outcome: 'succeeded', recovered: true })
    expect(await write.isDone()).toBe(true)
    expect(await attemptsOf(approval.call_id)).toEqual([{ outcome: 'succeeded', recovered: true }])
    expect(await auditedEnds(approval.call_id)).toBe(1)
  }, 60_000)

  test('the same, and the write is lost on its way: it is said to be unknown, and is not sent again', async () => {
    const { run, approval, write, held } = await writeHeld()
    await stop(run)
    await leaver.kill()
    held.resolve('cut')
    const call = await untilClosed(approval.call_id)
    expect(call).toMatchObject({ status: 'unknown', outcome: 'unknown', recovered: null })
    expect(call.error).toContain('as they were before')
    expect(await write.isDone()).toBe(false)
    expect(await attemptsOf(approval.call_id)).toHaveLength(1)
    expect(await writesOf(approval.call_id)).toEqual([])
  }, 60_000)

  test('a message after the stop does not send a write again that is still on its way', async () => {
    const { run, approval, write, held } = await writeHeld()
    await stop(run)
    const next = await all.owner.ask(leaver.api, 'And now?', approval.conversation_id)
    expect(terminals(await next.ended)).toEqual(['completed', 'workflow_complete'])
    expect(await attemptsOf(approval.call_id)).toEqual([{ outcome: null, recovered: null }])
    // Longer than the lease: it is renewed as long as somebody waits.
    await sleep(2500)
    expect(await attemptsOf(approval.call_id)).toEqual([{ outcome: null, recovered: null }])
    held.resolve('pass')
    expect(await untilClosed(approval.call_id)).toMatchObject({ status: 'completed', recovered: null })
    expect(await attemptsOf(approval.call_id)).toEqual([{ outcome: 'succeeded', recovered: null }])
    expect(await write.isDone()).toBe(true)
    await leaver.kill()
  }, 60_000)

  test('the engine dies between a decision and the run that it was to wake: another takes the decision up', async () => {
    const write = await prepareWrite(all.apiServer, namespace, dice)
    const approval = await approvalOf(await all.owner.ask(leaver.api, messageFor({ calls: [write.call] })))
    const held = await holdTable(all.sql, 'runs')
    const decided = all.owner.decide(leaver.api, approval, true).catch(() => {}) // it dies before it answers
    await held.waiting()
    await leaver.kill()
    await held.release()
    await decided
    expect(await untilClosed(approval.call_id)).toMatchObject({ status: 'completed', recovered: null })
    expect(await write.isDone()).toBe(true)
    expect(await attemptsOf(approval.call_id)).toEqual([{ outcome: 'succeeded', recovered: null }])
  }, 60_000)
})

test('every write in the cluster has its approval', async () => {
  await expectReconciled(all, stayer.api, [namespace])
}, 60_000)

/** An approved write of the engine that will go; the API server gets it when `held` says so. */
async function writeHeld() {
  const write = await prepareWrite(all.apiServer, namespace, dice, 'scale')
  const approval = await approvalOf(await all.owner.ask(leaver.api, messageFor({ calls: [write.call] })))
  const reached = Promise.withResolvers<void>()
  const held = Promise.withResolvers<'pass' | 'cut'>()
  all.toCluster.interfere(async ({ headers }) => {
    if (!headers['user-agent']?.includes(`call/${approval.call_id}`)) return { do: 'pass' }
    reached.resolve()
    return { do: await held.promise }
  })
  const run = await all.owner.decide(leaver.api, approval, true)
  await reached.promise
  return { run, approval, write, held }
}

async function stop(run: RunStream): Promise<void> {
  const { run_id, conversation_id } = run.events[0] as Seen
  const answer = await all.owner.json(leaver.api, 'POST', '/agent/stop', { run_id, conversation_id })
  expect(answer.status).toBe(200)
  expect((await run.ended).at(-1)).toMatchObject({ type: 'workflow_complete', status: 'stopped' })
}

function attach(seen: readonly Seen[]): Promise<RunStream> {
  const { run_id, id } = seen.at(-1) as Seen
  return all.owner.open(stayer.api, `/agent/runs/${run_id}/events`, { after: id })
}

function textOf(events: readonly Seen[]): string {
  return events.map((event) => (event.type === 'token' ? event.text : '')).join('')
}

function terminals(events: readonly Seen[]): string[] {
  return events.map(({ type }) => type).filter((type) => /^(completed|workflow[._]\w+)$/.test(type))
}

function expectRising(events: readonly Seen[]): void {
  const ids = events.map(({ id }) => id)
  expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => one - other))
}

async function attemptsOf(callId: string) {
  const query = 'select outcome, recovered from attempts where call_id = $1 order by started_at'
  return (await all.sql.query(query, [callId])).rows
}

async function auditedEnds(callId: string): Promise<number> {
  const query = `select 1 from audit_events where call_id = $1 and type = 'call.ended'`
  return (await all.sql.query(query, [callId])).rowCount ?? 0
}

async function writesOf(callId: string) {
  return (await writesIn(all.apiServer, [namespace])).filter((write) => write.callId === callId)
}

async function untilClosed(callId: string) {
  for (;;) {
    const { rows } = await all.sql.query('select * from tool_calls where call_id = $1', [callId])
    if (!['approved', 'executing'].includes(rows[0].status)) return rows[0]
    await sleep(50)
  }
}
