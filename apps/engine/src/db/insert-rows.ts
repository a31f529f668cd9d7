import { getTableName } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Db } from './database.ts'
import { prepared } from './prepared.ts'

type Insert = (db: Db, values: Record<string, unknown>) => Promise<unknown>

/** More rows than that at once are rare, and each number of them is a statement of its own. */
const MOST_ROWS = 16
const MOST_STATEMENTS = 200

const statements = new Map<string, Insert>()

/** Adds rows of plain values, in one statement that is built once for their columns. Columns left out get their defaults. */
export async function insertRows<Table extends PgTable>(
  db: Db,
  table: Table,
  rows: readonly Table['$inferInsert'][],
): Promise<void> {
  if (rows.length === 0) return
  const shape = rows.map((row) => Object.keys(row).filter((column) => row[column as keyof typeof row] !== undefined))
  const name = `${getTableName(table)}: ${shape.join('; ')}`
  const insert = statements.get(name) ?? insertOf(table, shape)
  if (rows.length <= MOST_ROWS && statements.size < MOST_STATEMENTS) statements.set(name, insert)
  const values = Object.fromEntries(
    rows.flatMap((row, index) => Object.entries(row).map(([column, value]) => [`${column}.${index}`, value])),
  )
  await insert(db, values)
}

function insertOf(table: PgTable, shape: readonly (readonly string[])[]): Insert {
  return prepared((db, of) =>
    db
      .insert(table)
      .values(
        shape.map((columns, index) => Object.fromEntries(columns.map((column) => [column, of[`${column}.${index}`]]))),
      ),
  )
}
