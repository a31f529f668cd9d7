import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import { writesIn } from '@fairlead/testing/cluster/cluster-writes'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { approvalOf } from './caller.fixture.ts'
import { startCutCommit } from './cut-commit.fixture.ts'
import { createDice, seed } from './dice.fixture.ts'
import { holdTable } from './hold-table.fixture.ts'
import { type EngineProcess, type Installation, startInstallation } from './installation.fixture.ts'
import { prepareWrite } from './random-write.fixture.ts'
import { expectReconciled } from './reconciled.fixture.ts'
import { messageFor } from './scripted-by-message.fixture.ts'

let all: Installation & { engine: EngineProcess }
let namespace: string
const dice = createDice(seed)

beforeAll(async () => {
  all = await startInstallation({ leaseSeconds: 1.5 })
  namespace = await all.apiServer.newNamespace('gate')
}, 180_000)
afterAll(() => all?.close(), 60_000)

/** Inserts of such rows fail with this SQLSTATE, until the trigger is dropped. */
async function refuseInserts(table: string, state: string, when = 'true'): Promise<() => Promise<void>> {
  await all.sql.query(`
    create or replace function refuse_insert() returns trigger language plpgsql as
      $$ begin raise exception 'refused by the test' using errcode = '${state}'; end $$;
    create trigger refuse_insert before insert on ${table} for each row when (${when}) execute function refuse_insert()`)
  return async () => {
    await all.sql.query(`drop trigger refuse_insert on ${table}`)
  }
}

/** The attempt cannot be recorded; resolves to what lets it be recorded again. */
const faults: { what: string; fault: () => Promise<() => Promise<void>> }[] = [
  {
    what: 'the audit refuses the attempt',
    fault: () => refuseInserts('audit_events', '42501', `new.type = 'attempt.started'`),
  },
  {
    what: 'the audit refuses the grant',
    fault: () => refuseInserts('audit_events', '42501', `new.type = 'grant.issued'`),
  },
  { what: 'the disk is full for attempts', fault: () => refuseInserts('attempts', '53100') },
  {
    what: 'the disk is full for the audit',
    fault: () => refuseInserts('audit_events', '53100', `new.type like 'attempt.%'`),
  },
  {
    what: 'the connection is lost before the attempt is committed',
    fault: async () => {
      const held = await holdTable(all.sql, 'attempts')
      const lost = held.waiting().then((pid) => all.sql.query('select pg_terminate_backend($1)', [pid]))
      return async () => {
        await lost
        await held.release()
      }
    },
  },
]

test.each(faults)('$what: no write reaches the cluster, and the person reads why', { timeout: 60_000 }, async (row) => {
  const { engine, owner } = all
  const write = await prepareWrite(all.apiServer, namespace, dice)
  const approval = await approvalOf(await owner.ask(engine.api, messageFor({ calls: [write.call] })))
  const mend = await row.fault()
  const run = await owner.decide(engine.api, approval, true)
  await run.ended
  await mend()
  expect(run.events.map(({ type }) => type)).toEqual([
    ...['ready', 'tool.approved', 'tool.error'],
    ...['workflow.error', 'completed', 'workflow_error'],
  ])
  const sentence = 'The attempt could not be recorded, so the call was not run.'
  expect(run.events[2]).toMatchObject({ outcome: 'failed', error: sentence })
  expect(run.events.at(-1)).toMatchObject({ type: 'workflow_error', error: sentence })
  const writes = await writesIn(all.apiServer, [namespace])
  expect(writes.filter(({ callId }) => callId === approval.call_id)).toEqual([])
  expect(await write.isDone()).toBe(false)
  expect(all.toCluster.requests.filter((one) => one.headers['user-agent']?.includes(approval.call_id))).toEqual([])

  // Afterwards all is as ever, in the same conversation.
  const stream = await owner.ask(engine.api, messageFor({ calls: [write.call] }), approval.conversation_id)
  const done = await owner.decide(engine.api, await approvalOf(stream), true)
  await done.ended
  expect(done.events.at(-1)).toMatchObject({ type: 'workflow_complete', status: 'completed' })
  expect(await write.isDone()).toBe(true)
})

test('an audit that takes nothing: not even the decision counts', async () => {
  const { engine, owner } = all
  const write = await prepareWrite(all.apiServer, namespace, dice)
  const approval = await approvalOf(await owner.ask(engine.api, messageFor({ calls: [write.call] })))
  const mend = await refuseInserts('audit_events', '53100')
  const run = await owner.decide(engine.api, approval, true)
  expect(run.status).toBe(500)
  await mend()
  expect(await write.isDone()).toBe(false)
  const again = await owner.decide(engine.api, approval, true)
  await again.ended
  expect(again.events.at(-1)).toMatchObject({ type: 'workflow_complete', status: 'completed' })
  expect(await write.isDone()).toBe(true)
}, 60_000)

test('the connection is lost between attempt and grant: what is durable but unheard of is looked into, then sent', async () => {
  const { owner } = all
  const database = await startCutCommit(all.databaseUrl)
  const engine = await all.startEngine({ env: { POSTGRES_DATABASE_URL: database.url } })
  const write = await prepareWrite(all.apiServer, namespace, dice)
  const approval = await approvalOf(await owner.ask(engine.api, messageFor({ calls: [write.call] })))
  const cut = database.afterWriteTo('attempts')
  const grantsBefore = grantsOf(approval.call_id)
  const run = await owner.decide(engine.api, approval, true)
  await cut
  expect(grantsBefore).toBe(0)
  const { run_id } = await run.until(({ type }) => type === 'ready')
  const followed = await owner.open(engine.api, `/agent/runs/${run_id}/events`, { after: 0 })
  await followed.ended
  expect(followed.events.at(-1)).toMatchObject({ type: 'workflow_complete', status: 'completed' })
  // The first grant never left the engine; the one that did is that of the second attempt.
  expect(grantsOf(approval.call_id)).toBe(1)
  const { rows } = await all.sql.query('select outcome from attempts where call_id = $1 order by started_at', [
    approval.call_id,
  ])
  expect(rows).toEqual([{ outcome: 'unknown' }, { outcome: 'succeeded' }])
  expect(await write.isDone()).toBe(true)
  await engine.terminate()
  await database.close()
}, 120_000)

/** How many grants for a call have left the engines. */
function grantsOf(callId: string): number {
  return all.toWorker.requests.filter(({ body }) => body.includes(metaKeys.grant) && body.includes(callId)).length
}

test('every write in the cluster has its approval', async () => {
  await expectReconciled(all, all.engine.api, [namespace])
}, 60_000)
