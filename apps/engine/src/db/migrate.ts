import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { Database } from './open-database.ts'

const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url))

/** Brings the tables up to date. Engines that start together wait for each other. */
export async function migrate(database: Database): Promise<void> {
  const migrations = readMigrationFiles({ migrationsFolder })
  await database.migrating(async (db) => {
    // What drizzle's own `migrate` does; those are typed for one driver each.
    const { dialect, session } = db as unknown as Migratable
    await dialect.migrate(migrations, session, { migrationsFolder })
  })
}

type Migratable = {
  dialect: {
    migrate(
      migrations: ReturnType<typeof readMigrationFiles>,
      session: unknown,
      config: { migrationsFolder: string },
    ): Promise<void>
  }
  session: unknown
}
