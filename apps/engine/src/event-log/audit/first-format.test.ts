import { createHash, randomUUID } from 'node:crypto'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalJson } from '@fairlead/contract/json/digest'
import { sharedPostgres } from '@fairlead/testing/shared/shared-servers'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import journal from '../../../migrations/meta/_journal.json' with { type: 'json' }
import type { Db } from '../../db/database.ts'
import { migrationsFolder } from '../../db/migrations-folder.ts'
import { type Database, openDatabase } from '../../db/open-database.ts'
import { rowsOf } from '../../db/rows.ts'
import { type HeadKey, headKey } from './head-key.fixture.ts'
import { recordAudit } from './record-audit.ts'
import { recordKeys } from './record-keys.ts'
import { signHead } from './run-heads.ts'
import { seal } from './seal.ts'
import { verifyChain } from './verify-chain.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const body = 'x'.repeat(70_000)

/** The tables as they were before a hash covered who may see a row. */
async function migrateToFirstFormat(database: Database, folder: string): Promise<void> {
  const end = journal.entries.findIndex(({ tag }) => tag.endsWith('_evidence_guard'))
  await cp(migrationsFolder, folder, { recursive: true })
  const older = { ...journal, entries: journal.entries.slice(0, end) }
  await writeFile(join(folder, 'meta', '_journal.json'), JSON.stringify(older))
  await database.migrate(undefined, folder)
}

/** Rows as they were sealed then: the third has a large body, the sixth is not sealed. */
async function recordFirstFormat(db: Db, key: HeadKey): Promise<void> {
  let previous = '0'.repeat(64)
  await db.execute(sql`insert into signing_keys (kid, jwk) values (${key.kid}, ${JSON.stringify(key.jwk)}::jsonb)`)
  await db.execute(
    sql`insert into blobs (sha256, content_type, bytes, body) values (${sha256(body)}, 'text/plain', 70000, ${Buffer.from(body)})`,
  )
  for (let seq = 1; seq <= 6; seq++) {
    const event = {
      ...{ id: randomUUID(), at: new Date(Date.now() + seq).toISOString(), actor: 'ann@example.com', actor_ip: null },
      ...{ conversation_id: null, run_id: null, call_id: null, type: 'message.asked' },
      data: seq === 3 ? { content: { blob: sha256(body), bytes: 70_000 } } : { seq },
    }
    const hash = sha256(previous + canonicalJson(event))
    const { id, at, actor, type, data } = event
    await db.execute(sql`insert into audit_events (id, at, actor, user_id, type, data)
      values (${id}, ${at}, ${actor}, ${randomUUID()}, ${type}, ${JSON.stringify(data)}::jsonb)`)
    if (seq === 6) return
    await db.execute(
      sql`update audit_events set seq = ${seq}, prev_hash = ${previous}, hash = ${hash} where id = ${id}`,
    )
    previous = hash
    if (seq !== 4) continue
    const jws = await key.sign({ seq, hash, at })
    await db.execute(sql`insert into audit_heads (seq, hash, at, jws) values (${seq}, ${hash}, ${at}, ${jws})`)
  }
}

const adapters = {
  Postgres: async () => openDatabase({ url: await (await sharedPostgres()).newDatabase() }),
  PGlite: async (folder: string) => openDatabase({ dir: folder }),
}

describe.each(Object.entries(adapters))('a record of the first format on %s', { timeout: 60_000 }, (_, open) => {
  let database: Database
  let folder: string
  let key: HeadKey
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-first-format-'))
    key = await headKey()
    database = await open(join(folder, 'db'))
    await migrateToFirstFormat(database, join(folder, 'migrations'))
    await recordFirstFormat(database.db, key)
    await database.migrate()
    await recordKeys(database.db, { signing: [key.jwk], past: [key.jwk] })
    await recordAudit(database.db, { actor: 'bob@example.com', user_id: randomUUID(), type: 'message.asked', data: {} })
    await seal(database.db)
    await signHead(database.db, key.sign)
  })
  afterAll(async () => {
    await database?.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** What verification says when an owner has done this; it is taken back. */
  const verifyAfter = async (statement: string) => {
    let found: Awaited<ReturnType<typeof verifyChain>> | undefined
    await database.db
      .transaction(async (tx) => {
        await tx.execute(sql`alter table audit_events disable trigger user`)
        await tx.execute(sql`alter table blobs disable trigger user`)
        await tx.execute(sql.raw(statement))
        found = await verifyChain(tx, key.chainKeys)
        throw new Error('taken back')
      })
      .catch(() => {})
    return found?.first_bad
  }

  test('goes on verifying, and the key of its heads is named from then on', async () => {
    expect(await verifyChain(database.db, key.chainKeys)).toMatchObject({ ok: true, checked: 8, head: { seq: 8 } })
    const named = sql`select data->>'kid' as kid from audit_events where type = 'signing_key.added'`
    expect(await rowsOf(database.db, named)).toEqual([{ kid: key.kid }])
  })

  test('is held to its own rule: rows and bodies', async () => {
    const actor = "update audit_events set actor = 'eve' where seq = 2"
    expect(await verifyAfter(actor)).toMatchObject({ seq: 2, problem: 'changed', of: 'row' })
    expect(await verifyAfter('delete from blobs')).toMatchObject({ seq: 3, problem: 'removed', of: 'body' })
  })

  test('who may see a row is covered in rows that are sealed since, and nobody takes them back', async () => {
    const move = (seq: number) => `update audit_events set user_id = gen_random_uuid() where seq = ${seq}`
    expect(await verifyAfter(move(2))).toBeNull()
    expect(await verifyAfter(move(8))).toMatchObject({ seq: 8, problem: 'changed', of: 'row' })
    expect(await verifyAfter(move(6))).toMatchObject({ seq: 6, problem: 'changed', of: 'row' })
    const back = 'update audit_events set format = null where seq = 8'
    expect(await verifyAfter(back)).toMatchObject({ seq: 8, problem: 'changed', of: 'row' })
  })

  test('is not sealed in the first format any more', async () => {
    await recordAudit(database.db, { actor: 'ann@example.com', type: 'message.asked', data: {} })
    const old = sql`update audit_events set seq = 9, prev_hash = ${'a'.repeat(64)}, hash = ${'b'.repeat(64)} where seq is null`
    await expect(database.db.execute(old)).rejects.toThrow()
    await seal(database.db)
    expect(await verifyChain(database.db, key.chainKeys)).toMatchObject({ ok: true, checked: 9 })
  })
})
