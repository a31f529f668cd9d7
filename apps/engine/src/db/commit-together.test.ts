import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { users } from '../auth/user.table.ts'
import { commitTogether } from './commit-together.ts'
import { databases } from './databases.fixture.ts'
import { demand, isDemandOf } from './demand.ts'
import { insertRows } from './insert-rows.ts'
import type { Database } from './open-database.ts'
import { rowsOf } from './rows.ts'

const aUser = () => ({ id: randomUUID(), email: `${randomUUID()}@example.com` })

describe.each(databases)('$name', ({ open }) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())
  const exists = async ({ id }: { id: string }) =>
    (await database.db.select().from(users).where(eq(users.id, id))).length > 0
  const insert = (user: ReturnType<typeof aUser>, more: (db: Database['db']) => readonly unknown[] = () => []) =>
    database.db.transaction((tx) => commitTogether(tx, [insertRows(tx, users, [user]), ...more(tx)]))

  test('what is asked at one moment is committed, and its values come back in order', async () => {
    const [one, other] = [aUser(), aUser()]
    const values = await database.db.transaction((tx) =>
      commitTogether(tx, [
        rowsOf(tx, sql`select 7 as n`),
        insertRows(tx, users, [one]),
        insertRows(tx, users, [other]),
      ]),
    )
    expect(values).toEqual([[{ n: 7 }], undefined, undefined])
    expect([await exists(one), await exists(other)]).toEqual([true, true])
  })

  test('a demand that fails takes everything back, and is known by its name', async () => {
    const user = aUser()
    const asked = insert(user, (tx) => [tx.execute(sql`select ${demand(sql`1 = 2`, 'one is two')}`)])
    const fault = await asked.then(
      () => undefined,
      (error: unknown) => error,
    )
    expect([isDemandOf(fault, 'one is two'), isDemandOf(fault, 'another')]).toEqual([true, false])
    expect(await exists(user)).toBe(false)
    await insert(user, (tx) => [tx.execute(sql`select ${demand(sql`1 = 1`, 'one is one')}`)])
    expect(await exists(user)).toBe(true)
  })

  test('the first fault in order is told, not those that follow from it', async () => {
    const user = aUser()
    await insert(user)
    const behind = (tx: Database['db']) => [tx.execute(sql`select 1`)]
    await expect(insert(user, behind)).rejects.toMatchObject({ cause: { code: '23505' } })
  })

  test('a fault before its statement was asked keeps the others from being committed', async () => {
    const user = aUser()
    await expect(insert(user, () => [Promise.reject(new Error('no statement'))])).rejects.toThrow('no statement')
    expect(await exists(user)).toBe(false)
  })

  test('nothing can be asked behind the commit, and what was committed stays', async () => {
    const user = aUser()
    const late = database.db.transaction(async (tx) => {
      await commitTogether(tx, [insertRows(tx, users, [user])])
      await insertRows(tx, users, [aUser()])
    })
    await expect(late).rejects.toMatchObject({ cause: { message: 'Asked behind the commit of its transaction' } })
    expect(await exists(user)).toBe(true)
    await insert(aUser())
  })
})
