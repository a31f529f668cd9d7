import { sql } from 'drizzle-orm'
import type { Db } from './database.ts'
import { type Database, openDatabase } from './open-database.ts'
import { positionsTable } from './positions-table.ts'
import { rowsOf } from './rows.ts'

/**
 * Migrates the database, as the role of that address if there is one: with it the engine's own role owns nothing, and can
 * neither drop nor disable a guard. The embedded database has one role.
 */
export async function migrateAs(ownerUrl: string | undefined, database: Database): Promise<void> {
  if (database.kind === 'pglite' || ownerUrl === undefined) return await database.migrate()
  const engineRole = await roleOf(database.db)
  const owner = await openDatabase({ url: ownerUrl })
  try {
    await owner.migrate((db) => grantRights(db, engineRole))
  } finally {
    await owner.close()
  }
}

/** What the engine's own role needs of the owner's tables: rows everywhere, and of the evidence to insert and to seal. */
async function grantRights(owner: Db, engineRole: string): Promise<void> {
  if ((await roleOf(owner)) === engineRole) return
  const engine = sql.identifier(engineRole)
  await owner.execute(sql.raw(positionsTable))
  // What somebody else keeps in the same schema is not the owner's to give.
  const owned = await rowsOf<{ name: string }>(
    owner,
    sql`select relname as name from pg_class
      where relkind = 'r' and relowner = current_user::regrole and relnamespace = current_schema()::regnamespace`,
  )
  const tables = sql.join(
    owned.map(({ name }) => sql.identifier(name)),
    sql`, `,
  )
  await owner.transaction(async (tx) => {
    await tx.execute(sql`grant select, insert, update, delete on ${tables} to ${engine}`)
    await tx.execute(sql`revoke update, delete on audit_events, audit_heads, blobs, signing_keys from ${engine}`)
    await tx.execute(sql`grant update (seq, prev_hash, hash, format) on audit_events to ${engine}`)
  })
}

async function roleOf(db: Db): Promise<string> {
  const [found] = await rowsOf<{ role: string }>(db, sql`select current_user as role`)
  if (found === undefined) throw new Error('The database does not name the current role')
  return found.role
}
