import type { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Client, Pool } from 'pg'
import type { Db } from './database.ts'
import { inTime } from './in-time.ts'
import { packQuestions } from './pack-questions.ts'
import { packStatements, pipelined } from './pack-statements.ts'

/** An open database. Who uses it asks `db`; the rest is for who opened it. */
export type Database = {
  db: Db
  kind: 'postgres' | 'pglite'
  /** Rejects when the database does not answer within two seconds. */
  ping(): Promise<unknown>
  /** Runs the work while no other process migrates; what it asks goes over one connection of its own. */
  migrating(work: (db: Db) => Promise<void>): Promise<void>
  close(): Promise<void>
}
export type DatabaseAddress =
  /**
   * `onBroken` is told of connections that broke; they are replaced. `idleSeconds`: after so long in the midst of a
   * transaction without a word the server gives up on a connection. Its process stands still, and what it holds would keep
   * every other from going on with its runs.
   */
  { url: string; idleSeconds?: number; onBroken?: (error: Error) => void } | { dir: string }

const PING_MS = 2000
/** A process that has little of a busy machine is slow, and does not stand still. */
const LEAST_IDLE_SECONDS = 5
const MIGRATION_LOCK = 0x6661_6972

/** Opens Postgres by its address, or the embedded database in a folder. Postgres is first asked by `ping`. */
export function openDatabase(address: DatabaseAddress): Promise<Database> {
  return 'url' in address ? openPostgres(address) : openEmbedded(address.dir)
}

async function openPostgres({ url, idleSeconds, onBroken }: Extract<DatabaseAddress, { url: string }>) {
  const pool = new Pool({
    ...pipelined,
    connectionString: url,
    application_name: 'fairlead-engine',
    max: 20,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    idle_in_transaction_session_timeout: idleSeconds && 1000 * Math.max(LEAST_IDLE_SECONDS, idleSeconds),
  })
  pool.on('connect', packStatements)
  packQuestions(pool)
  // Without listeners a connection that breaks would end the process: idle, or in the midst of a transaction.
  pool.on('connect', (client) => client.on('error', (error) => onBroken?.(error)))
  pool.on('error', () => {}) // the connection itself has told
  const database: Database = {
    db: drizzle(pool),
    kind: 'postgres',
    ping: () => inTime(pool.query('select 1'), PING_MS),
    migrating: async (work) => {
      const client = new Client({ connectionString: url, application_name: 'fairlead-migrations' })
      await client.connect()
      try {
        await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
        await work(drizzle(client))
      } finally {
        await client.end() // which also gives the lock back
      }
    },
    close: () => pool.end(),
  }
  return database
}

async function openEmbedded(dir: string): Promise<Database> {
  const [{ drizzle: overPglite }, { openPglite }] = await Promise.all([
    import('drizzle-orm/pglite'),
    import('./open-pglite.ts'),
  ])
  const client = await openPglite(dir)
  // The builder asks for the whole class but only calls `query` and `transaction`.
  const db: Db = overPglite({ client: client as unknown as PGlite })
  return {
    db,
    kind: 'pglite',
    ping: () => inTime(db.execute(sql`select 1`), PING_MS),
    migrating: (work) => work(db), // the folder belongs to this process alone
    close: () => client.close(),
  }
}
