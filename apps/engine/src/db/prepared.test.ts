import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { users } from '../auth/user.table.ts'
import { conversations } from '../conversations/conversation.table.ts'
import type { Db } from './database.ts'
import { databases } from './databases.fixture.ts'
import type { Database } from './open-database.ts'
import { prepared, type Slots } from './prepared.ts'

type Of = { id: string }
type OfDrawn = Slots<Of>
type Preparable = { prepare(name: string): { execute(): Promise<unknown[]> } }

const aTitled = (db: Db) =>
  db
    .select({ user_id: conversations.user_id, titles: sql<string[]>`array_agg(${conversations.title})`.as('titles') })
    .from(conversations)
    .groupBy(conversations.user_id)
    .as('titled')

/** What a row is made of, in all the ways in which a statement can ask for it. */
const statements = {
  'a whole table': (db: Db, id: OfDrawn['id'] | string) => db.select().from(users).where(eq(users.id, id)),
  'columns, and what the database makes of them': (db: Db, id: OfDrawn['id'] | string) =>
    db
      .select({
        at: users.created_at,
        nothing: users.full_name,
        length: sql<number>`length(${users.email})`.mapWith(Number),
        named: sql<string>`upper(${users.email})`.as('named'),
      })
      .from(users)
      .where(eq(users.id, id)),
  'columns in objects of their own': (db: Db, id: OfDrawn['id'] | string) =>
    db
      .select({ who: { id: users.id, at: users.created_at }, name: users.full_name })
      .from(users)
      .where(eq(users.id, id)),
  'a joined table': (db: Db, id: OfDrawn['id'] | string) =>
    db.select().from(users).innerJoin(conversations, eq(conversations.user_id, users.id)).where(eq(users.id, id)),
  'a joined table that may be missing': (db: Db, id: OfDrawn['id'] | string) =>
    db.select().from(users).leftJoin(conversations, eq(conversations.user_id, users.id)).where(eq(users.id, id)),
  'a joined question': (db: Db, id: OfDrawn['id'] | string) => {
    const titled = aTitled(db)
    return db
      .select({ email: users.email, titles: titled.titles })
      .from(users)
      .leftJoin(titled, eq(titled.user_id, users.id))
      .where(eq(users.id, id))
  },
  'what was changed': (db: Db, id: OfDrawn['id'] | string) =>
    db.update(users).set({ full_name: null }).where(eq(users.id, id)).returning(),
}

describe.each(databases)('rows of a drawn statement, $name', ({ open }) => {
  let database: Database
  const withTitles = randomUUID()
  const without = randomUUID()
  beforeAll(async () => {
    database = await open()
    const { db } = database
    await db.insert(users).values([withTitles, without].map((id) => ({ id, email: `${id}@example.com` })))
    const titled = ['one', 'other'].map((title) => ({ id: randomUUID(), user_id: withTitles, title }))
    await db.insert(conversations).values(titled)
  })
  afterAll(() => database.close())

  test.each(Object.entries(statements))('are what the query builder makes of them: %s', async (_, statement) => {
    const drawn = prepared((db, of: OfDrawn) => statement(db, of.id) as unknown as Preparable)
    const rows: unknown[] = []
    for (const id of [withTitles, without]) {
      const seen: unknown[] = await statement(database.db, id)
      expect(await drawn(database.db, { id })).toEqual(seen)
      rows.push(...seen)
    }
    expect(rows).not.toEqual([])
  })
})
