import { getTableName } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Db } from './database.ts'
import { prepared, type Slots } from './prepared.ts'

/** Values by their place: row after row, in the order of their columns. */
type Values = Readonly<Record<number, unknown>>
type Insert = (db: Db, values: Values) => Promise<unknown>

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
  const values: unknown[] = []
  for (const row of rows) {
    name += ';'
    for (const [column, value] of Object.entries(row)) {
      if (value === undefined) continue
      name += ` ${column}`
      values.push(value)
    }
  }
  const insert = statements.get(name) ?? insertOf(table, rows)
  if (rows.length <= MOST_ROWS && statements.size < MOST_STATEMENTS) statements.set(name, insert)
  await insert(db, values)
}

function insertOf(table: PgTable, rows: readonly Readonly<Record<string, unknown>>[]): Insert {
  const shape = rows.map((row) => Object.keys(row).filter((column) => row[column] !== undefined))
  return prepared((db, of: Slots<Values>) => {
    let place = 0
    const slot = (column: string) => [column, of[place++]]
    return db.insert(table).values(shape.map((columns) => Object.fromEntries(columns.map(slot))))
  })
}
