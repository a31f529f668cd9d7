import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { effectsIn, writesTo } from './call-record.fixture.ts'
import { type Answer, type Awaiting, approvalOf } from './caller.fixture.ts'
import { createDice, type Dice, seed } from './dice.fixture.ts'
import { holdTable } from './hold-table.fixture.ts'
import { type EngineProcess, type Installation, startInstallation } from './installation.fixture.ts'
import { type PreparedWrite, prepareWrite } from './random-write.fixture.ts'
import { expectReconciled } from './reconciled.fixture.ts'
import { messageFor } from './scripted-by-message.fixture.ts'

const rounds = Array.from({ length: process.env.FAIRLEAD_FULL === '1' ? 25 : 3 }, (_, round) => round)
const closed = new Set(['completed', 'error', 'unknown', 'denied', 'cancelled', 'expired'])

let all: Installation & { engine: EngineProcess }
let engines: [EngineProcess, EngineProcess]
let namespace: string

beforeAll(async () => {
  all = await startInstallation({ leaseSeconds: 5 })
  namespace = await all.apiServer.newNamespace('gate')
  engines = [all.engine, await all.startEngine()]
}, 180_000)
afterAll(() => all?.close(), 60_000)

type Proposal = { write: PreparedWrite; approval: Awaiting & { run_id: string }; dice: Dice }

async function ask(salt: number): Promise<Proposal> {
  const dice = createDice(seed).fork(salt)
  const write = await prepareWrite(all.apiServer, namespace, dice)
  const approval = await approvalOf(await all.owner.ask(engines[0].api, messageFor({ calls: [write.call] })))
  return { write, approval, dice }
}

/** As the owner, on the stream of the run that it resumes. */
async function decideAsOwner(engine: EngineProcess, approval: Awaiting, approve: boolean): Promise<Answer> {
  const stream = await all.owner.decide(engine.api, approval, approve)
  await stream.ended
  return { status: stream.status, body: stream.refusal }
}

/** In the inbox. */
function decideInInbox(engine: EngineProcess, approval: Awaiting, approve: boolean): Promise<Answer> {
  const { call_id, args_digest, effect_digest } = approval
  const body = { approve, args_digest, effect_digest }
  return all.owner.json(engine.api, 'POST', `/approvals/${call_id}/decision`, body)
}

type Record = { status: string; audited: string[]; effects: number }

/** What is on record once the call is closed and nothing runs any more. */
async function recordOf({ approval, write }: Proposal): Promise<Record> {
  const { call_id, conversation_id } = approval
  for (;;) {
    const { rows: calls } = await all.sql.query('select status from tool_calls where call_id = $1', [call_id])
    const { rows: running } = await all.sql.query(
      `select id from runs where conversation_id = $1 and status = 'running'`,
      [conversation_id],
    )
    const status: string = calls[0].status
    if (!closed.has(status) || running.length > 0) {
      await sleep(50)
      continue
    }
    const { rows } = await all.sql.query('select type, data from audit_events where call_id = $1', [call_id])
    const ends = ['approval.decided', 'approval.expired', 'call.cancelled', 'call.ended']
    const audited = rows.map(({ type }) => type).filter((type) => ends.includes(type))
    const most = effectsIn(await writesTo(all.apiServer, { namespace, write, callId: call_id }), write)
    expect(await write.isDone()).toBe(most === 1)
    return { status, audited: audited.toSorted(), effects: most }
  }
}

const executed = { status: 'completed', audited: ['approval.decided', 'call.ended'], effects: 1 }
const denied = { status: 'denied', audited: ['approval.decided'], effects: 0 }
const cancelled = { status: 'cancelled', audited: ['call.cancelled'], effects: 0 }

test.each(rounds)(
  `two decisions at once, one of them in the inbox: one counts (${seed}/%i)`,
  async (round) => {
    const proposal = await ask(round)
    const { approval, dice } = proposal
    const [first, second] = [dice.pick([true, false]), dice.pick([true, false])]
    const at = dice.pick([
      [0, 1],
      [1, 0],
      [0, 0],
    ] as const)
    const answers = await Promise.all([
      sleep(dice.whole(0, 8)).then(() => decideAsOwner(engines[at[0]], approval, first)),
      sleep(dice.whole(0, 8)).then(() => decideInInbox(engines[at[1]], approval, second)),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
    const won = answers[0].status === 200 ? first : second
    expect(await recordOf(proposal)).toEqual(won ? executed : denied)
    const lost = answers.find(({ status }) => status === 409)
    expect(lost?.body).toMatchObject({ current: { call_id: approval.call_id } })
  },
  60_000,
)

test.each(rounds)(
  `an approval and a stop at once: one outcome (${seed}/%i)`,
  async (round) => {
    const proposal = await ask(1000 + round)
    const { approval, dice } = proposal
    const stop = { conversation_id: approval.conversation_id, run_id: approval.run_id }
    const [decision, stopped] = await Promise.all([
      sleep(dice.whole(0, 10)).then(() => decideInInbox(engines[0], approval, true)),
      sleep(dice.whole(0, 10)).then(() => all.owner.json(engines[1].api, 'POST', '/agent/stop', stop)),
    ])
    expect(stopped.status).toBe(200)
    const record = await recordOf(proposal)
    if (decision.status === 409) expect(record).toEqual(cancelled)
    else {
      expect(decision.status).toBe(200)
      // The stop came to a run that had ended to wait: what it may still close is a call that has not begun.
      const outcomes = [executed, { ...cancelled, audited: ['approval.decided', 'call.cancelled'] }]
      expect(outcomes).toContainEqual(record)
    }
  },
  60_000,
)

test.each(rounds)(
  `an approval and the stop of the run that it resumed: one outcome (${seed}/%i)`,
  async (round) => {
    const proposal = await ask(2000 + round)
    const { approval, dice } = proposal
    const run = await all.owner.decide(engines[0].api, approval, true)
    const { run_id } = await run.until(({ type }) => type === 'ready')
    await sleep(dice.whole(0, 60))
    const stop = { conversation_id: approval.conversation_id, run_id }
    expect((await all.owner.json(engines[1].api, 'POST', '/agent/stop', stop)).status).toBe(200)
    await run.ended
    const record = await recordOf(proposal)
    const outcomes = [executed, { ...cancelled, audited: ['approval.decided', 'call.cancelled'] }]
    expect(outcomes).toContainEqual(record)
  },
  60_000,
)

test.each(rounds)(
  `a decision after the time is up: expired, once (${seed}/%i)`,
  async (round) => {
    const proposal = await ask(3000 + round)
    const { approval, dice } = proposal
    await all.sql.query(`update approvals set expires_at = now() - interval '1 second' where call_id = $1`, [
      approval.call_id,
    ])
    const answers = await Promise.all([
      sleep(dice.whole(0, 5)).then(() => decideAsOwner(engines[0], approval, true)),
      sleep(dice.whole(0, 5)).then(() => decideInInbox(engines[1], approval, true)),
    ])
    for (const { status, body } of answers) {
      expect(status).toBe(409)
      expect(body).toMatchObject({ decision: 'expired' })
    }
    expect(await recordOf(proposal)).toEqual({ status: 'expired', audited: ['approval.expired'], effects: 0 })
  },
  60_000,
)

test('a message at the moment at which the answer before it is recorded: the model reads that answer', async () => {
  const { owner, sql, model } = all
  const [first, second] = engines
  const words = (count: number) => messageFor({ words: count, perSecond: 100 })
  const titled = await owner.ask(first.api, words(1))
  await titled.ended
  const { conversation_id } = await titled.until(({ type }) => type === 'ready')
  const answered = await owner.ask(first.api, words(60), conversation_id)
  await answered.until(({ type }) => type === 'token')

  // The end of this run is written and not committed: what starts the next one waits for it.
  const held = await holdTable(sql, 'run_events')
  const endingPid = await held.waiting()
  const asking = owner.ask(second.api, words(1), conversation_id)
  await untilBlockedBy(endingPid)
  await held.release()
  await answered.ended

  const run = await asking
  await run.ended
  expect(run.events.at(-1)).toMatchObject({ type: 'workflow_complete', status: 'completed' })
  const said = answered.events.flatMap((event) => (event.type === 'token' ? event.text : [])).join('')
  const lastRequest = model.requests.findLast(({ isStreamed }) => isStreamed)
  expect(lastRequest?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user'])
  expect(lastRequest?.messages[3]?.text).toBe(said)
}, 60_000)

/** Some statement waits for the transaction of that server process. */
async function untilBlockedBy(pid: number): Promise<void> {
  const query = 'select from pg_stat_activity where $1::int = any(pg_blocking_pids(pid))'
  while ((await all.sql.query(query, [pid])).rowCount === 0) await sleep(10)
}

test('every write in the cluster has its approval', async () => {
  await expectReconciled(all, engines[0].api, [namespace])
}, 60_000)
