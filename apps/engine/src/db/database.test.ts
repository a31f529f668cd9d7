import { randomUUID } from 'node:crypto'
import { globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@fairlead/contract/json/digest'
import { sharedPostgres } from '@fairlead/testing/shared/shared-servers'
import { count, eq, getTableColumns, getTableName, is, sql } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { users } from '../auth/user.table.ts'
import { blobs } from '../event-log/record/blob.table.ts'
import { databases } from './databases.fixture.ts'
import { type Database, openDatabase } from './open-database.ts'
import { rowsOf } from './rows.ts'
import { giveLease, takeLease } from './take-lease.ts'
import { withRetry } from './with-retry.ts'

const source = new URL('..', import.meta.url)
const tableFiles: Record<string, unknown>[] = await Promise.all(
  globSync('**/*.table.ts', { cwd: source }).map((file) => import(new URL(file, source).href)),
)
const tables = tableFiles.flatMap((file) => Object.values(file).filter((value) => is(value, PgTable)))

const aUser = () => ({ id: randomUUID(), email: `${randomUUID()}@example.com` })

describe.each(databases)('$name', ({ open }) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())

  test('has exactly the tables and columns that the code declares', async () => {
    const found = await rowsOf<{ table_name: string; columns: string[] }>(
      database.db,
      sql`select table_name::text, array_agg(column_name::text || case is_nullable when 'NO' then ' not null' else '' end
        order by column_name::text) as columns from information_schema.columns where table_schema = 'public' group by 1`,
    )
    const declared = tables.map((table) => [
      getTableName(table),
      Object.values(getTableColumns(table))
        .map((column) => `${column.name}${column.notNull ? ' not null' : ''}`)
        .sort(),
    ])
    expect(Object.fromEntries(found.map(({ table_name, columns }) => [table_name, columns.toSorted()]))).toEqual(
      Object.fromEntries(declared),
    )
  })

  test('gives back what was put in: arrays, times, JSON, bytes', async () => {
    const user = {
      ...aUser(),
      grants: ['approve', 'with, comma "quoted"'],
      created_at: new Date('2026-01-31T10:00:00.123Z'),
    }
    await database.db.insert(users).values(user)
    const [found] = await database.db.select().from(users).where(eq(users.id, user.id))
    expect(found).toMatchObject(user)
    const body = new Uint8Array([0, 1, 255])
    const blob = { sha256: sha256(body), content_type: 'x', bytes: 3, body }
    await database.db.insert(blobs).values(blob)
    const [kept] = await database.db.select().from(blobs).where(eq(blobs.sha256, blob.sha256))
    expect([...(kept?.body ?? [])]).toEqual([0, 1, 255])
  })

  test('undoes a transaction that fails, and goes on', async () => {
    const user = aUser()
    await expect(
      database.db.transaction(async (tx) => {
        await tx.insert(users).values(user)
        await tx.insert(users).values(user)
      }),
    ).rejects.toThrow()
    expect(await database.db.select().from(users).where(eq(users.id, user.id))).toEqual([])
  })

  test('a broken constraint is known by its code, and a transaction behind it begins afresh', async () => {
    const user = aUser()
    await database.db.insert(users).values(user)
    const again = database.db.transaction(async (tx) => {
      await tx.insert(users).values(aUser())
      await tx.insert(users).values(user)
    })
    await expect(again).rejects.toMatchObject({ cause: { code: '23505' } })
    const [{ n: before } = { n: 0 }] = await database.db.select({ n: count() }).from(users)
    await database.db.transaction((tx) => tx.insert(users).values(aUser()))
    const [{ n: after } = { n: 0 }] = await database.db.select({ n: count() }).from(users)
    expect(after - before).toBe(1)
  })

  test('a transaction reads what it has written, and others do after its commit', async () => {
    const user = aUser()
    const inside = await database.db.transaction(async (tx) => {
      await tx.insert(users).values(user)
      return await tx.select({ id: users.id }).from(users).where(eq(users.id, user.id))
    })
    expect(inside).toEqual([{ id: user.id }])
    expect(await database.db.select({ id: users.id }).from(users).where(eq(users.id, user.id))).toEqual(inside)
  })

  test('keeps fifty parallel transactions apart', async () => {
    const [before] = await database.db.select({ n: count() }).from(users)
    await Promise.all(
      Array.from({ length: 50 }, () =>
        database.db.transaction(async (tx) => {
          const user = aUser()
          await tx.insert(users).values(user)
          await tx.update(users).set({ full_name: 'x' }).where(eq(users.id, user.id))
        }),
      ),
    )
    const [after] = await database.db.select({ n: count() }).from(users)
    expect(Number(after?.n) - Number(before?.n)).toBe(50)
  })

  test('migrates twice without harm and answers a ping', async () => {
    await database.migrate()
    await database.ping()
  })

  test('leases work to one engine at a time, until it runs out or is given back', async () => {
    const name = randomUUID()
    const take = (engine: string, seconds = 30) => takeLease(database.db, { name, engine, seconds })
    const first = await Promise.all(['a', 'b', 'c'].map((engine) => take(engine)))
    expect(first.filter(Boolean)).toHaveLength(1)
    const holder = ['a', 'b', 'c'][first.indexOf(true)] ?? ''
    expect(await take(holder)).toBe(true)
    expect(await take('other')).toBe(false)
    await giveLease(database.db, { name, engine: 'other' })
    expect(await take('other')).toBe(false)
    await giveLease(database.db, { name, engine: holder })
    expect(await take('other', 0)).toBe(true)
    await new Promise((later) => setTimeout(later, 20))
    expect(await take('third')).toBe(true)
  })
})

describe('Postgres', () => {
  test('is migrated once by engines that start together', async () => {
    const url = await (await sharedPostgres()).newDatabase()
    const all = await Promise.all(Array.from({ length: 8 }, () => openDatabase({ url })))
    await Promise.all(all.map((database) => database.migrate()))
    const [row] = await rowsOf<{ n: number }>(
      (all[0] as Database).db,
      sql`select count(*)::int as n, count(distinct hash)::int as d from drizzle.__drizzle_migrations`,
    )
    expect(row).toEqual({ n: expect.any(Number), d: row?.n })
    await Promise.all(all.map((database) => database.close()))
  })

  test('is waited for while it does not listen, and not when the question is wrong', async () => {
    const retries: unknown[] = []
    const database = await openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' })
    const retry = { seconds: 0.2, pauseMs: 50, onRetry: (error: unknown) => retries.push(error) }
    await expect(withRetry(() => database.ping(), retry)).rejects.toThrow(/ECONNREFUSED/)
    await expect(withRetry(() => database.migrate(), retry)).rejects.toThrow()
    expect(retries.length).toBeGreaterThan(3)
    await database.close()
    retries.length = 0
    await expect(withRetry(() => Promise.reject(new Error('no such column')), retry)).rejects.toThrow('no such column')
    expect(retries).toEqual([])
  })
})

describe('PGlite', () => {
  test('keeps its rows, and refuses a second owner of its folder, a dead one apart', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'fairlead-pglite-'))
    const user = aUser()
    const first = await openDatabase({ dir })
    await first.migrate()
    await first.db.insert(users).values(user)
    await expect(openDatabase({ dir })).rejects.toThrow(/in use by another process/)
    await first.close()
    const again = await openDatabase({ dir })
    expect(await again.db.select({ id: users.id }).from(users)).toEqual([{ id: user.id }])
    await again.close()
    await rm(dir, { recursive: true })
  })

  test('rejects what is asked after it was closed', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'fairlead-pglite-'))
    const database = await openDatabase({ dir })
    await database.close()
    await expect(database.ping()).rejects.toThrow()
    await rm(dir, { recursive: true })
  })
})
