import type { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { Client, Pool } from 'pg'
import type { Db } from './database.ts'
import { migrationsFolder } from './migrations-folder.ts'
import { withTimeout } from './with-timeout.ts'

/** An open database. Who uses it calls `db`; the rest is for who opened it. */
export type Database = {
  db: Db
  kind: 'postgres' | 'pglite'
  /** Rejects when the database does not answer within two seconds. */
  ping(): Promise<unknown>
  /**
   * Brings the tables up to date, then does further work of the migration. Processes that start together wait for each
   * other. `folder` holds other migrations than the engine's; for tests.
   */
  migrate(andThen?: (db: Db) => Promise<void>, folder?: string): Promise<void>
  close(): Promise<void>
}
export type DatabaseAddress =
  /**
   * `onBroken` gets the error of a connection that broke; the pool replaces it. `idleSeconds`: the server ends a
   * connection that is idle inside a transaction for so long. Its process hangs, and its locks would block all others.
   */
  { url: string; idleSeconds?: number; onBroken?: (error: Error) => void } | { dir: string }

const PING_MS = 2000
/** A process on a busy machine is slow; it does not hang. */
const MIN_IDLE_SECONDS = 5
const MIGRATION_LOCK = 0x6661_6972

/** Opens Postgres by its address, or the embedded database in a folder. Postgres gets its first query from `ping`. */
export function openDatabase(address: DatabaseAddress): Promise<Database> {
  return 'url' in address ? openPostgres(address) : openEmbedded(address.dir)
}

async function openPostgres({ url, idleSeconds, onBroken }: Extract<DatabaseAddress, { url: string }>) {
  const pool = new Pool({
    connectionString: url,
    application_name: 'fairlead-engine',
    max: 20,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    idle_in_transaction_session_timeout: idleSeconds && 1000 * Math.max(MIN_IDLE_SECONDS, idleSeconds),
  })
  // Without listeners a connection that breaks would end the process, idle or inside a transaction.
  pool.on('connect', (client) => client.on('error', (error) => onBroken?.(error)))
  pool.on('error', () => {}) // the listener of the connection has reported it
  const database: Database = {
    db: drizzle(pool),
    kind: 'postgres',
    ping: () => withTimeout(pool.query('select 1'), PING_MS),
    migrate: async (andThen, folder = migrationsFolder) => {
      const client = new Client({ connectionString: url, application_name: 'fairlead-migrations' })
      await client.connect()
      try {
        await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
        const db = drizzle(client)
        await migrate(db, { migrationsFolder: folder })
        await andThen?.(db)
      } finally {
        await client.end() // this also releases the lock
      }
    },
    close: () => pool.end(),
  }
  return database
}

async function openEmbedded(dir: string): Promise<Database> {
  const [{ drizzle: overPglite }, { migrate: migratePglite }, { openPglite }] = await Promise.all([
    import('drizzle-orm/pglite'),
    import('drizzle-orm/pglite/migrator'),
    import('./open-pglite.ts'),
  ])
  const client = await openPglite(dir)
  // drizzle's type asks for the whole class; it only calls `query` and `transaction`.
  const db = overPglite({ client: client as unknown as PGlite })
  return {
    db,
    kind: 'pglite',
    ping: () => withTimeout(db.execute(sql`select 1`), PING_MS),
    migrate: async (andThen, folder = migrationsFolder) => {
      // No lock: the folder belongs to this process alone.
      await migratePglite(db, { migrationsFolder: folder })
      await andThen?.(db)
    },
    close: () => client.close(),
  }
}
