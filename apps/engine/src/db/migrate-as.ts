import { migrate } from './migrate.ts'
import { type Database, openDatabase } from './open-database.ts'

/**
 * Migrates the database, as the role of that address if there is one: with it the engine's own role owns nothing, and can
 * neither drop nor disable a guard. The embedded database has one role.
 */
export async function migrateAs(ownerUrl: string | undefined, database: Database): Promise<void> {
  if (database.kind === 'pglite' || ownerUrl === undefined) return await migrate(database)
  const owner = await openDatabase({ url: ownerUrl })
  try {
    await migrate(owner)
  } finally {
    await owner.close()
  }
}
