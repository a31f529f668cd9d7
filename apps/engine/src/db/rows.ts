import type { SQL } from 'drizzle-orm'
import type { Db } from './database.ts'

/**
 * Rows of a statement that the query builder cannot say. Drivers differ in what they make of times, bigints and
 * numerics: cast them in the statement to text, int or float8.
 */
export async function rowsOf<Row>(db: Db, statement: SQL): Promise<Row[]> {
  const { rows } = (await db.execute(statement)) as { rows: Row[] }
  return rows
}
