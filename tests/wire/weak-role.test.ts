import { randomBytes, randomUUID } from 'node:crypto'
import { sharedPostgres } from '@fairlead/testing/shared/shared-servers'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

/** One role owns the tables and migrates, the other one is the engine's own. */
describe('an engine whose own role owns nothing', { timeout: 60_000 }, () => {
  let engine: EngineUnderTest
  let weak: Client
  let owner: Client
  beforeAll(async () => {
    const postgres = await sharedPostgres()
    const url = new URL(await postgres.newDatabase())
    const as = (role: string) => Object.assign(new URL(url), { username: role }).href
    const salt = randomBytes(6).toString('hex')
    const [owning, working] = [`owner_${salt}`, `engine_${salt}`]
    const admin = new Client({ connectionString: postgres.url })
    await admin.connect()
    for (const role of [owning, working]) await admin.query(`create role ${role} login`)
    await admin.query(`alter database ${url.pathname.slice(1)} owner to ${owning}`)
    await admin.end()
    const other = new Client({ connectionString: url.href })
    await other.connect()
    await other.query('create table somebody_elses ()')
    await other.end()
    engine = await startEngineUnderTest({
      adapters: 'servers',
      settings: { POSTGRES_DATABASE_URL: as(working), MIGRATIONS_DATABASE_URL: as(owning) },
    })
    weak = new Client({ connectionString: as(working) })
    owner = new Client({ connectionString: as(owning) })
    await Promise.all([weak.connect(), owner.connect()])
  })
  afterAll(async () => {
    await Promise.all([weak?.end(), owner?.end()])
    await engine?.close()
  })

  test('it does all of its work, and seals its audit', async () => {
    const conversation = await openConversation(engine)
    const { scale } = newCalls(engine)
    engine.model.use([{ toolCalls: [scale('W1')] }, { text: 'Scaled.' }])
    const proposal = await readRun(await engine.owner.chat('scale it', conversation))
    const done = await readRun(await engine.owner.approve(only(proposal, 'tool.awaiting_approval')))
    expect(flowOf(done)).toMatch(/^ready tool\.approved\(W1\) .* END\(completed\)$/)
    expect((await engine.owner.request('DELETE', `/conversations/${conversation}`)).status).toBeLessThan(300)
    const unsealed = 'select count(*)::int as rows from audit_events where seq is null'
    await expect.poll(async () => (await weak.query(unsealed)).rows, { timeout: 20_000 }).toEqual([{ rows: 0 }])
    expect(await engine.owner.request('GET', '/audit/verify')).toMatchObject({ status: 200, body: { ok: true } })
    const ready = await engine.owner.request('GET', '/health/ready')
    expect(ready).toMatchObject({ status: 200, body: { checks: { checkpointer: 'postgres', audit: 'ok' } } })
    // A second start finds everything there, and may use it as the first one did.
    await engine.restart()
    const next = await openConversation(engine)
    engine.model.use([{ text: 'Still here.' }])
    expect(flowOf(await readRun(await engine.owner.chat('and?', next)))).toBe('ready G END(completed)')
  })

  test('it owns nothing', async () => {
    const owned = `select relname from pg_class where relowner = current_user::regrole
      union all select proname from pg_proc where proowner = current_user::regrole`
    expect((await weak.query(owned)).rows).toEqual([])
  })

  test.each([
    'drop trigger audit_events_no_change on audit_events',
    'drop trigger audit_events_no_truncate on audit_events',
    'drop trigger audit_heads_no_change on audit_heads',
    'alter table audit_events disable trigger all',
    'alter table audit_events disable trigger audit_events_no_change',
    'alter table audit_heads disable trigger all',
    'drop trigger blobs_no_change on blobs',
    'drop trigger signing_keys_no_truncate on signing_keys',
    'alter table blobs disable trigger all',
    'alter table signing_keys disable trigger all',
    'alter table blobs drop constraint blobs_digest',
    'alter table audit_events drop constraint audit_events_seq',
    'alter table audit_events drop constraint audit_events_numbers',
    'alter table audit_events drop constraint audit_events_time',
    "set session_replication_role = 'replica'",
    'drop function audit_events_guard() cascade',
    'drop function evidence_guard() cascade',
    'create or replace function audit_events_guard() returns trigger language plpgsql as $$ begin return new; end $$',
    'alter table audit_events owner to current_user',
    'drop table audit_events',
    'truncate audit_events',
    'truncate audit_heads',
    'delete from audit_events',
    'delete from audit_heads',
    "update audit_events set actor = 'nobody'",
    'update audit_heads set seq = 0',
    'truncate blobs',
    'delete from blobs',
    "update blobs set body = ''",
    "update blobs set content_type = 'text/html'",
    'truncate signing_keys',
    'delete from signing_keys',
    "update signing_keys set jwk = '{}'",
  ])('it may not: %s', async (statement) => {
    // Not the guard's own words: rights refuse it before a trigger is asked.
    await expect(weak.query(statement)).rejects.toMatchObject({
      code: '42501',
      message: expect.stringMatching(/^(must be owner of|permission denied)/),
    })
  })

  test.each(['audit_events', 'audit_heads', 'blobs', 'signing_keys'])(
    'what is in %s stays, for the owner of the table as well',
    async (table) => {
      await owner.query(
        "insert into blobs values (encode(sha256('a'), 'hex'), 'text/plain', 1, 'a') on conflict do nothing",
      )
      await owner.query("insert into audit_heads values (0, '', now(), '') on conflict do nothing")
      const [column] =
        { audit_events: ['at'], audit_heads: ['at'], blobs: ['bytes'], signing_keys: ['kid'] }[table] ?? []
      const refused = (operation: string) => ({
        code: '42501',
        message: `${table} is append-only: ${operation} refused`,
      })
      await expect(owner.query(`update ${table} set ${column} = ${column}`)).rejects.toMatchObject(refused('UPDATE'))
      await expect(owner.query(`delete from ${table}`)).rejects.toMatchObject(refused('DELETE'))
      await expect(owner.query(`truncate ${table}`)).rejects.toMatchObject(refused('TRUNCATE'))
    },
  )

  test('a body is only taken under its own digest', async () => {
    const forged = "insert into blobs values (encode(sha256('a'), 'hex'), 'text/plain', 1, 'b')"
    await expect(weak.query(forged)).rejects.toMatchObject({ code: '23514', constraint: 'blobs_digest' })
  })

  test.each([
    'update audit_events set seq = -1, prev_hash = $1, hash = $1, format = 2 where id = $2',
    "insert into audit_events (id, at, actor, type, data, seq, prev_hash, hash) values ($2, now(), '', '', '{}', 0, $1, $1)",
  ])('no row is put before the first: %s', async (statement) => {
    const [hash, id] = ['a'.repeat(64), randomUUID()]
    await weak.query('begin')
    const row = "insert into audit_events (id, at, actor, type, data) values ($1, now(), '', '', '{}')"
    if (statement.startsWith('update')) await weak.query(row, [id])
    const refused = { code: '23514', constraint: 'audit_events_seq' }
    await expect(weak.query(statement, [hash, id])).rejects.toMatchObject(refused)
    await weak.query('rollback')
  })

  test.each([
    ['audit_events_numbers', 'now()', '{"n": 1e400}'],
    ['audit_events_numbers', 'now()', '{"deep": [1, {"n": [-1.7976931348623159e308]}]}'],
    ['audit_events_time', "'infinity'", '{}'],
    ['audit_events_time', "'-infinity'", '{}'],
    ['audit_events_time', "'0001-12-31T23:59:59Z BC'", '{}'],
    ['audit_events_time', "'275760-09-13T00:00:01Z'", '{}'],
  ])('no row is put there that has no hash: %s, at %s with %s', async (constraint, at, data) => {
    const row = `insert into audit_events (id, at, actor, type, data) values ($1, ${at}, '', '', $2)`
    for (const client of [weak, owner])
      await expect(client.query(row, [randomUUID(), data])).rejects.toMatchObject({ code: '23514', constraint })
  })

  test('the largest numbers that there are have a hash', async () => {
    const data = `{"numbers": [${Number.MAX_VALUE}, -1.7976931348623158e308], "text": "1e400"}`
    await weak.query('begin')
    await weak.query("insert into audit_events (id, at, actor, type, data) values ($1, now(), '', '', $2)", [
      randomUUID(),
      data,
    ])
    await weak.query('rollback')
  })

  test('a row that is sealed stays as it is, for the owner of the table as well', async () => {
    const seal = 'update audit_events set seq = seq + 1, prev_hash = hash, hash = prev_hash, format = 2'
    for (const client of [weak, owner])
      await expect(client.query(seal)).rejects.toThrow('audit_events is append-only: UPDATE refused')
  })
})
