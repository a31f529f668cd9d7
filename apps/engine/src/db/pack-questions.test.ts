import { sharedPostgres } from '@fairlead/testing/shared/shared-servers'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase } from './open-database.ts'
import { rowsOf } from './rows.ts'

let database: Database
beforeAll(async () => {
  database = await openDatabase({ url: await (await sharedPostgres()).newDatabase() })
})
afterAll(() => database.close())

const connectionOf = async () => {
  const [row] = await rowsOf<{ pid: number }>(database.db, sql`select pg_backend_pid() as pid`)
  return row?.pid
}
const ask = (times: number) => Promise.all(Array.from({ length: times }, connectionOf))

test('questions of one moment go over one connection, up to eight of them', async () => {
  expect(new Set(await ask(8)).size).toBe(1)
  const seventeen = await ask(17)
  expect([seventeen.slice(0, 8), seventeen.slice(8, 16), seventeen.slice(16)].map((it) => new Set(it).size)).toEqual([
    1, 1, 1,
  ])
  expect(new Set(seventeen).size).toBe(3)
})

test('one that fails leaves the others as they are, and the connection in use', async () => {
  const asked = [connectionOf(), rowsOf(database.db, sql`select 1 / 0`), connectionOf()]
  const settled = await Promise.allSettled(asked)
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await connectionOf()).toBe(await asked[0])
})

test('a hundred questions in turn take one connection, and give it back each time', async () => {
  const seen = new Set<unknown>()
  for (let n = 0; n < 100; n++) seen.add(await connectionOf())
  expect(seen.size).toBe(1)
})

test('a connection that breaks fails the questions on it alone', async () => {
  const victim = await connectionOf()
  const killed = await Promise.allSettled([
    rowsOf(database.db, sql`select pg_terminate_backend(${victim}::int)`),
    connectionOf(),
  ])
  expect(killed.some(({ status }) => status === 'rejected')).toBe(true)
  expect(await connectionOf()).not.toBe(victim)
})

test('what may write has a connection to itself: nobody waits for its commit', async () => {
  const written = async () => {
    const [row] = await rowsOf<{ pid: number }>(
      database.db,
      sql`with w as (select) select pg_backend_pid() as pid from w`,
    )
    return row?.pid
  }
  const [asked, one, other, again] = await Promise.all([connectionOf(), written(), written(), connectionOf()])
  expect([new Set([asked, one, other]).size, again]).toEqual([3, asked])
})
