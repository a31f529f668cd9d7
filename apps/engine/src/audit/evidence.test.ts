import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keyHex } from '@fairlead/contract/audit/public-keys'
import { checkAuditByHand } from '@fairlead/testing/engine/check-audit-by-hand'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '../db/database.ts'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { rowsOf } from '../db/rows.ts'
import { chainKeys } from '../event-log/audit/chain-keys.ts'
import { type HeadKey, headKey } from '../event-log/audit/head-key.fixture.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { recordKeys } from '../event-log/audit/record-keys.ts'
import { signHead } from '../event-log/audit/run-heads.ts'
import { seal } from '../event-log/audit/seal.ts'
import { verifyChain } from '../event-log/audit/verify-chain.ts'
import { exportJsonLines } from './export-audit.ts'
import { type guardsOff, reseal, signAgain, type Tampering, tampered } from './tampering.fixture.ts'

const command = fileURLToPath(new URL('../../../cli/src/main.ts', import.meta.url))
const large = 'large '.repeat(20_000)

/** Row 1 names the key, row 4 has a large body, heads sign rows 5 and 8; row 9 and 10 are signed by none. */
async function record(db: Db, key: HeadKey): Promise<string[]> {
  await db.execute(sql`insert into signing_keys (kid, jwk) values (${key.kid}, ${JSON.stringify(key.jwk)}::jsonb)`)
  await recordKeys(db, { signing: [key.jwk], past: [] })
  const recordMessage = (n: number, data: Record<string, unknown> = { n }) =>
    recordAudit(db, { actor: 'ann@example.com', user_id: randomUUID(), type: 'message.asked', data })
  const heads: string[] = []
  for (let n = 2; n <= 10; n++) {
    await recordMessage(n, n === 4 ? { n, content: large } : { n })
    await seal(db)
    if (n === 5 || n === 8) heads.push((await signHead(db, key.sign)) ?? '')
  }
  return heads
}

describe.each(databases)('evidence on $name', { timeout: 60_000 }, ({ open }) => {
  let database: Database
  let [key, eves] = [] as unknown as [HeadKey, HeadKey]
  let heads: string[]
  let folder: string
  let [keyFile, headFile] = ['', '']
  beforeAll(async () => {
    database = await open()
    ;[key, eves] = await Promise.all([headKey(), headKey()])
    heads = await record(database.db, key)
    folder = await mkdtemp(join(tmpdir(), 'fairlead-evidence-'))
    ;[keyFile, headFile] = [join(folder, 'keys.json'), join(folder, 'heads.jws')]
    await writeFile(keyFile, JSON.stringify({ keys: [key.jwk] }))
    await writeFile(headFile, `{"level":30,"msg":"a log"}\n${heads.join('\n')}\n`)
  })
  afterAll(async () => {
    await database.close()
    await rm(folder, { recursive: true, force: true })
  })

  const keptKeys = async (db: Db) =>
    (await rowsOf<{ jwk: object }>(db, sql`select jwk from signing_keys`)).map(({ jwk }) => jwk)
  const exported = async (db: Db) => {
    const publicKeys = async () => ({ keys: await keptKeys(db) })
    let text = ''
    for await (const piece of exportJsonLines(db, { publicKeys, onEnd: async () => {} })) text += piece
    return text
  }
  /** What the command says of a file: its exit code and its object. */
  const verified = async (text: string, ...args: string[]) => {
    const file = join(folder, `${randomUUID()}.jsonl`)
    await writeFile(file, text)
    return await new Promise<{
      code: number
      said: Record<string, unknown> & { fault: Record<string, unknown> | null }
    }>((resolve, reject) => {
      execFile(process.execPath, [command, 'audit', 'verify', file, '--json', ...args], (error, stdout, stderr) => {
        if (stdout === '') reject(new Error(stderr))
        else resolve({ code: Number(error?.code ?? 0), said: JSON.parse(stdout) })
      })
    })
  }
  const rowId = async (seq: number) => {
    const [row] = await rowsOf<{ id: string }>(database.db, sql`select id from audit_events where seq = ${seq}`)
    return row?.id
  }

  test('whole: the command, the engine and a check by hand say so, and what it was checked against', async () => {
    const text = await exported(database.db)
    const { code, said } = await verified(text, '--key', keyFile, '--head', headFile)
    expect([code, said]).toMatchObject([
      0,
      { ok: true, keys: 'given', checked: 10, first_seq: 1, last_seq: 10, bodies: 1, heads: 2, signed: 8, fault: null },
    ])
    expect(said.detail).toContain(`the key in ${keyFile}`)
    const alone = await verified(text)
    expect(alone).toMatchObject({ code: 0, said: { ok: true, keys: 'file', heads: 2 } })
    expect(alone.said.detail).toContain('the keys in the file itself')
    expect(checkAuditByHand(text, { x: key.jwk.x, head: heads[1] })).toBeUndefined()
    expect(await verifyChain(database.db, key.chainKeys)).toMatchObject({ ok: true, checked: 10 })
  })

  type Case = {
    what: string
    tamper(of: Tampering): Promise<void>
    fault: Record<string, unknown>
    /** What has to come from outside to see it; the file alone is then found whole. */
    needs?: 'key' | 'head'
    how?: keyof typeof guardsOff
  }
  const update = (set: string, where: string) => (of: Tampering) =>
    of.do(`update audit_events set ${set} where ${where}`)
  const cases: Case[] = [
    { what: 'an actor', tamper: update("actor = 'eve'", 'seq = 3'), fault: { seq: 3, problem: 'changed', of: 'row' } },
    {
      what: 'who may see a row',
      how: 'session_replication_role',
      tamper: update('user_id = gen_random_uuid()', 'seq = 3'),
      fault: { seq: 3, problem: 'changed', of: 'row' },
    },
    {
      what: 'the format of a row',
      tamper: update('format = null', 'seq = 3'),
      fault: { seq: 3, problem: 'changed', of: 'row' },
    },
    {
      what: 'a row that was hashed again',
      tamper: async (of) => {
        await of.do("update audit_events set actor = 'eve' where seq = 3")
        const keep =
          'create temp table kept on commit drop as select id, prev_hash, hash from audit_events where seq > 3'
        await of.do(keep)
        await reseal(of, 3)
        await of.do(
          'update audit_events e set prev_hash = k.prev_hash, hash = k.hash from kept k where k.id = e.id and e.seq > 3',
        )
      },
      fault: { seq: 3, problem: 'changed', of: 'row' },
    },
    {
      what: 'a row that is gone',
      tamper: (of) => of.do('delete from audit_events where seq = 3'),
      fault: { seq: 3, id: null, problem: 'removed', of: 'row' },
    },
    {
      what: 'a row that is gone, and those behind it moved up',
      tamper: (of) =>
        of.do(
          'delete from audit_events where seq = 3',
          'update audit_events set seq = -seq where seq > 3',
          'update audit_events set seq = -seq - 1 where seq < 0',
        ),
      fault: { seq: 3, id: null, problem: 'removed', of: 'row' },
    },
    {
      what: 'a row that was put between others',
      tamper: (of) =>
        of.do(
          'update audit_events set seq = -seq where seq > 3',
          'update audit_events set seq = -seq + 1 where seq < 0',
          `insert into audit_events (id, at, actor, type, data, seq, prev_hash, hash, format)
            select gen_random_uuid(), now(), 'eve', 'message.asked', '{}', 4, hash, md5('x') || md5('y'), 2
            from audit_events where seq = 3`,
        ),
      fault: { seq: 4, problem: 'added', of: 'row' },
    },
    {
      what: 'a row that was put before the first',
      tamper: (of) =>
        of.do(
          `insert into audit_events (id, at, actor, type, data, seq, prev_hash, hash, format)
            values (gen_random_uuid(), now(), 'eve', 'message.asked', '{}', 0, md5('x') || md5('y'), md5('x') || md5('y'), 2)`,
        ),
      fault: { seq: 0, problem: 'added', of: 'row' },
    },
    {
      what: 'the last row, sealed to stand before the first',
      tamper: (of) => of.do('update audit_events set seq = -1 where seq = 10'),
      fault: { seq: -1, problem: 'added', of: 'row' },
    },
    {
      what: 'two rows that changed places',
      tamper: (of) =>
        of.do(
          'update audit_events set seq = 100 where seq = 3',
          'update audit_events set seq = 3 where seq = 6',
          'update audit_events set seq = 6 where seq = 100',
        ),
      fault: { seq: 3, problem: 'moved', of: 'row' },
    },
    {
      what: 'rows that were sealed again, under heads that were left',
      tamper: async (of) => {
        await of.do("update audit_events set actor = 'eve' where seq = 6")
        await reseal(of, 6)
      },
      fault: { seq: 8, problem: 'changed', of: 'chain', since: 6 },
    },
    {
      what: 'rows that were sealed again, and hashes of heads under their old signatures',
      tamper: async (of) => {
        await of.do("update audit_events set actor = 'eve' where seq = 3")
        await reseal(of, 3)
        await of.do('update audit_heads h set hash = e.hash from audit_events e where e.seq = h.seq')
      },
      fault: { seq: 5, problem: 'changed', of: 'chain', since: 1 },
    },
    {
      what: 'rows that were sealed again in the first format, under heads that the right key has signed',
      tamper: async (of) => {
        await of.do('update audit_events set format = null, user_id = gen_random_uuid() where seq = 9')
        await reseal(of, 9)
        await signAgain(of, key)
      },
      fault: { seq: 9, problem: 'changed', of: 'row' },
    },
    {
      what: 'all of it, sealed and signed with the right key',
      needs: 'head',
      tamper: async (of) => {
        await of.do("update audit_events set actor = 'eve' where seq = 3")
        await reseal(of, 3)
        await signAgain(of, key)
      },
      fault: { seq: 5, problem: 'changed', of: 'chain' },
    },
    {
      what: 'all of it, with keys of the same name',
      needs: 'key',
      tamper: async (of) => {
        const hex = keyHex(eves.jwk)
        await of.do(
          "update audit_events set actor = 'eve' where seq = 3",
          `update audit_events set data = jsonb_set(data, '{public_key_hex}', '"${hex}"') where seq = 1`,
          `update signing_keys set jwk = '${JSON.stringify(eves.jwk)}'`,
        )
        await reseal(of, 1)
        await signAgain(of, eves)
      },
      fault: { seq: 5, problem: 'changed', of: 'head', reason: 'signature', kid: 'k1' },
    },
    {
      what: 'a large body',
      tamper: (of) => of.do(`update blobs set body = 'small'`),
      fault: { seq: 4, problem: 'changed', of: 'body', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    },
    {
      what: 'a large body that is gone',
      tamper: (of) => of.do('delete from blobs'),
      fault: { seq: 4, problem: 'removed', of: 'body' },
    },
    {
      what: 'the signature of a head',
      tamper: (of) => of.do(`update audit_heads set jws = left(jws, -20) || 'AAAAAAAAAAAAAAAAAAAA' where seq = 8`),
      fault: { seq: 8, problem: 'changed', of: 'head', reason: 'signature' },
    },
    {
      what: 'a head that a stranger has signed',
      tamper: async (of) => {
        const stranger = await headKey('eve')
        await signAgain(of, stranger)
      },
      fault: { seq: 5, of: 'head', reason: 'unknown_key', kid: 'eve' },
    },
    {
      what: 'a head and a key that a stranger has put there',
      tamper: async (of) => {
        const stranger = await headKey('eve')
        await of.do(`insert into signing_keys (kid, jwk) values ('eve', '${JSON.stringify(stranger.jwk)}')`)
        await signAgain(of, stranger)
      },
      fault: { seq: 5, of: 'head', reason: 'unknown_key', kid: 'eve' },
    },
    {
      what: 'a public key',
      tamper: (of) => of.do(`update signing_keys set jwk = '${JSON.stringify(eves.jwk)}'`),
      fault: { seq: 1, problem: 'changed', of: 'key', kid: 'k1' },
    },
    {
      what: 'the end, with its heads',
      needs: 'head',
      tamper: (of) => of.do('delete from audit_events where seq > 6', 'delete from audit_heads where seq > 6'),
      fault: { seq: 7, id: null, problem: 'removed', of: 'tail', signed_seq: 8 },
    },
    {
      what: 'all heads',
      needs: 'key',
      tamper: (of) => of.do('delete from audit_heads'),
      fault: { seq: 10, problem: 'removed', of: 'head', reason: 'none' },
    },
  ]

  test.each(cases)('names $what', async ({ tamper, fault, needs, how = 'DISABLE TRIGGER' }) => {
    const text = await tampered(database.db, { how, tamper, read: exported })
    const byHand = (outside: Parameters<typeof checkAuditByHand>[1]) => checkAuditByHand(text, outside)
    const args = { none: [], key: ['--key', keyFile], head: ['--head', headFile] }[needs ?? 'none']
    if (needs !== undefined) {
      expect((await verified(text)).said).toMatchObject({ ok: true, keys: 'file' })
      expect(byHand({})).toBeUndefined()
    }
    const { code, said } = await verified(text, ...args)
    expect([code, said.ok, said.fault]).toEqual([1, false, expect.objectContaining(fault)])
    if (fault.reason !== 'none') expect(byHand({ x: key.jwk.x, head: heads[1] })).toEqual(expect.any(String))
    const { id } = said.fault ?? {}
    if (id) expect(said.detail).toContain(id)
  })

  test.each(cases.filter(({ needs, fault }) => needs !== 'head' && fault.reason !== 'none'))(
    'the engine names $what',
    async ({ tamper, fault, how = 'DISABLE TRIGGER' }) => {
      const read = async (db: Db) => {
        return await verifyChain(db, chainKeys({ own: [key.jwk], kept: await keptKeys(db) }))
      }
      const { ok, first_bad } = await tampered(database.db, { how, tamper, read })
      const { seq, problem } = fault
      expect(ok).toBe(false)
      // Its own keys are what comes from outside.
      if (fault.reason !== 'columns') expect(first_bad).toMatchObject({ ...(problem ? { problem } : {}), seq })
    },
  )

  test('the engine wants the newest head to be of a key in its key file, whatever keys the database names', async () => {
    const eve = await headKey('eve')
    const tamper = async (of: Tampering) => {
      const named = JSON.stringify({ kid: 'eve', public_key_hex: keyHex(eve.jwk) })
      await of.do(
        "update audit_events set actor = 'eve' where seq = 3",
        `update audit_events set data = data || '${named}' where seq = 1`,
        `insert into signing_keys (kid, jwk) values ('eve', '${JSON.stringify(eve.jwk)}')`,
      )
      await reseal(of, 1)
      await signAgain(of, eve)
    }
    const read = async (db: Db, own: HeadKey) => {
      const keys = chainKeys({ own: [own.jwk], kept: await keptKeys(db) })
      return [await verifyChain(db, keys), await verifyChain(db, keys, { to: 9 })]
    }
    const rewritten = await tampered(database.db, { how: 'DISABLE TRIGGER', tamper, read: (db) => read(db, key) })
    const detail = expect.stringContaining('signed with key eve, which the key file of this engine does not hold')
    const first_bad = { seq: 8, id: null, problem: 'changed', of: 'head', detail }
    // Of a stretch that ends before the chain does, nobody asks for the newest head.
    expect(rewritten).toMatchObject([
      { ok: false, first_bad },
      { ok: true, first_bad: null },
    ])
  })

  test('heads of a retired key are whole below one of the key that followed it', async () => {
    const next = await headKey('k2')
    const rotate = async (of: Tampering) => {
      await of.do(`insert into signing_keys (kid, jwk) values ('k2', '${JSON.stringify(next.jwk)}')`)
      await recordKeys(of.db, { signing: [next.jwk], past: [] })
      await signHead(of.db, next.sign)
    }
    const read = async (db: Db) => verifyChain(db, chainKeys({ own: [next.jwk], kept: await keptKeys(db) }))
    const found = await tampered(database.db, { how: 'DISABLE TRIGGER', tamper: rotate, read })
    expect(found).toMatchObject({ ok: true, checked: 11, head: { seq: 11 } })
  })

  test('names the row itself', async () => {
    const tamper = update("actor = 'eve'", 'seq = 3')
    const text = await tampered(database.db, { how: 'DISABLE TRIGGER', tamper, read: exported })
    const id = await rowId(3)
    expect((await verified(text)).said).toMatchObject({ fault: { id }, detail: `Row 3 (${id}) was changed.` })
  })
})
