import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sharedPostgres } from '@fairlead/testing/shared/shared-servers'
import { type Database, openDatabase } from './open-database.ts'

/** Both adapters, for `describe.each`: each opens an empty, migrated database of its own. */
export const databases: readonly { name: string; open(): Promise<Database> }[] = [
  {
    name: 'Postgres',
    open: async () => migrated(await openDatabase({ url: await (await sharedPostgres()).newDatabase() })),
  },
  {
    name: 'PGlite',
    open: async () => {
      const dir = await mkdtemp(join(tmpdir(), 'fairlead-pglite-'))
      const database = await openDatabase({ dir })
      return migrated({
        ...database,
        close: async () => {
          await database.close()
          await rm(dir, { recursive: true, force: true })
        },
      })
    },
  },
]

async function migrated(database: Database): Promise<Database> {
  await database.migrate()
  return database
}
