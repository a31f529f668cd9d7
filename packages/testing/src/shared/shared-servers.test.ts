import { Redis } from 'ioredis'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { sharedApiServer, sharedPostgres, sharedRedis } from './shared-servers.ts'

test('every asker gets the same API server', async () => {
  const [first, second] = await Promise.all([sharedApiServer(), sharedApiServer()])
  expect(first.url).toBe(second.url)
  const namespace = await first.newNamespace()
  expect((await second.request('GET', `/api/v1/namespaces/${namespace}`)).status).toBe(200)
}, 60_000)

test('databases of one Postgres do not see each other, and it syncs commits to disk', async () => {
  const postgres = await sharedPostgres()
  const [one, other] = await Promise.all([postgres.newDatabase(), postgres.newDatabase()])
  const query = async (url: string, sql: string) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query(sql)
    await client.end()
    return rows
  }
  await query(one, 'create table here (id int)')
  expect(await query(one, `select to_regclass('here') is not null as found`)).toEqual([{ found: true }])
  expect(await query(other, `select to_regclass('here') is not null as found`)).toEqual([{ found: false }])
  expect(await query(one, 'show fsync')).toEqual([{ fsync: 'on' }])
}, 60_000)

test('databases of one Redis do not see each other', async () => {
  const redis = await sharedRedis()
  const [one, other] = [new Redis(await redis.newDatabase()), new Redis(await redis.newDatabase())]
  await one.set('here', '1')
  expect(await other.get('here')).toBeNull()
  expect(await one.get('here')).toBe('1')
  one.disconnect()
  other.disconnect()
}, 30_000)
