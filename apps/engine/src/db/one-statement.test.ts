import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { users } from '../auth/user.table.ts'
import type { Db } from './database.ts'
import { databases } from './databases.fixture.ts'
import { demand, isDemandOf } from './demand.ts'
import { insertRows } from './insert-rows.ts'
import { inOneStatement } from './one-statement.ts'
import type { Database } from './open-database.ts'
import { prepared, preparedDemand, type Slots } from './prepared.ts'
import { rowsOf } from './rows.ts'

const aUser = () => ({ id: randomUUID(), email: `${randomUUID()}@example.com` })
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (fault: unknown) => fault,
  )

const NOBODY = 'nobody has this id'
type Named = { id: string; name: string }
const named = preparedDemand(NOBODY, (db, of: Slots<Named>) =>
  db
    .update(users)
    .set({ full_name: sql`${of.name}` })
    .where(eq(users.id, of.id))
    .returning({ id: users.id, at: users.created_at }),
)
const demandEqual = prepared((db, of: Slots<{ one: number; other: number }>) =>
  db.select({ ok: demand(sql`${of.one}::int = ${of.other}::int`, 'they are equal') }).from(sql`(select) as nothing`),
)
const userById = prepared((db, of: Slots<{ id: string }>) =>
  db.select({ email: users.email, created_at: users.created_at }).from(users).where(eq(users.id, of.id)),
)

describe.each(databases)('$name', ({ open }) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())
  const nameOf = async ({ id }: { id: string }) =>
    (await database.db.select().from(users).where(eq(users.id, id))).map(({ full_name }) => full_name)
  const insert = (user: ReturnType<typeof aUser>, more: (db: Db) => readonly unknown[] = () => []) =>
    inOneStatement(database.db, (db) => [insertRows(db, users, [user]), ...more(db)])

  test('what is asked at one moment is written, and its values come back in order', async () => {
    const [known, one, other] = [aUser(), aUser(), aUser()]
    await insert(known)
    const values = await inOneStatement(database.db, (db) => [
      userById(db, { id: known.id }),
      insertRows(db, users, [one]),
      named(db, { id: known.id, name: 'x' }),
      userById(db, { id: one.id }),
      db.insert(users).values(other),
      'no statement',
    ])
    const at = expect.any(Date)
    const empty: unknown[] = [] // what the same statement writes is not seen yet
    expect(values).toEqual([
      [{ email: known.email, created_at: at }],
      undefined,
      { id: known.id, at },
      empty,
      empty,
      'no statement',
    ])
    expect([await nameOf(one), await nameOf(other), await nameOf(known)]).toEqual([[null], [null], ['x']])
  })

  test.each([
    ['a demand', (db: Db) => demandEqual(db, { one: 1, other: 2 }), 'they are equal'],
    ['a demand of a row', (db: Db) => named(db, { id: randomUUID(), name: 'x' }), NOBODY],
  ])('%s that fails takes everything back, and is known by its name', async (_, failing, name) => {
    const user = aUser()
    const fault = await faultOf(insert(user, (db) => [failing(db)]))
    expect([isDemandOf(fault, name), isDemandOf(fault, 'another')]).toEqual([true, false])
    expect(await nameOf(user)).toEqual([])
    await insert(user, (db) => [demandEqual(db, { one: 1, other: 1 })])
    expect(await nameOf(user)).toEqual([null])
  })

  test('a demand is looked at before anything else can fail', async () => {
    const user = aUser()
    await insert(user)
    const fault = await faultOf(insert(user, (db) => [named(db, { id: randomUUID(), name: 'x' })]))
    expect(isDemandOf(fault, NOBODY)).toBe(true)
  })

  test('a fault that a part has put into words is the one that is told', async () => {
    const inWords = new Error('in words')
    const told = (db: Db) => named(db, { id: randomUUID(), name: 'x' }).catch(() => Promise.reject(inWords))
    expect(await faultOf(insert(aUser(), (db) => [told(db), insertRows(db, users, [aUser()])]))).toBe(inWords)
  })

  test("any other fault is the database's", async () => {
    const user = aUser()
    await insert(user)
    await expect(insert(user, (db) => [insertRows(db, users, [aUser()])])).rejects.toMatchObject({
      cause: { code: '23505' },
    })
  })

  test('a fault before its statement was asked keeps the others from being written', async () => {
    const user = aUser()
    await expect(insert(user, () => [Promise.reject(new Error('no statement'))])).rejects.toThrow('no statement')
    expect(await nameOf(user)).toEqual([])
  })

  test('what reads rows that nobody looks at is refused', async () => {
    await expect(insert(aUser(), (db) => [rowsOf(db, sql`select 7 as n`)])).rejects.toThrow('Nobody looks at')
  })

  test('nothing can be asked behind it, and what was written stays', async () => {
    const user = aUser()
    let handle: Db | undefined
    await insert(user, (db) => {
      handle = db
      return []
    })
    await expect(insertRows(handle as Db, users, [aUser()])).rejects.toThrow('Asked behind the statement')
    expect(await nameOf(user)).toEqual([null])
  })

  test('a demand of a row is asked at once, in a transaction and outside of one', async () => {
    const user = aUser()
    await insert(user)
    expect(await named(database.db, { id: user.id, name: 'one' })).toMatchObject({ id: user.id })
    await database.db.transaction(async (tx) => {
      await Promise.all([named(tx, { id: user.id, name: 'two' }), tx.update(users).set({ full_name: 'three' })])
    })
    expect(await nameOf(user)).toEqual(['three'])
    expect(isDemandOf(await faultOf(named(database.db, { id: randomUUID(), name: 'x' })), NOBODY)).toBe(true)
  })
})
