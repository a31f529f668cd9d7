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
  let name = getTableName(table)
  const values: Record<string, unknown> = {}
  for (const [index, row] of rows.entries()) {
    name += ';'
    for (const [column, value] of Object.entries(row)) {
      if (value === undefined) continue
      name += ` ${column}`
      values[`${column}.${index}`] = value
    }
  }
  const insert = statements.get(name) ?? insertOf(table, rows)
  if (rows.length <= MOST_ROWS && statements.size < MOST_STATEMENTS) statements.set(name, insert)
  await insert(db, values)
}

function insertOf(table: PgTable, rows: readonly Readonly<Record<string, unknown>>[]): Insert {
  const shape = rows.map((row) => Object.keys(row).filter((column) => row[column] !== undefined))
  return prepared((db, of) =>
    db
      .insert(table)
      .values(
        shape.map((columns, index) => Object.fromEntries(columns.map((column) => [column, of[`${column}.${index}`]]))),
      ),
  )
}
