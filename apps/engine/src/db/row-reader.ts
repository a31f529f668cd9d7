import { Column, is, SQL, Subquery } from 'drizzle-orm'
import type { SelectedFieldsOrdered } from 'drizzle-orm/pg-core'

/** A row as it comes: its values in the order of the columns. */
export type RawRow = readonly unknown[]

type Place = { path: readonly string[]; decoder: { mapFromDriverValue(value: unknown): unknown } }

/**
 * Makes an object of a row whose columns begin at `from`. The query builder's own mapper asks each time of each column
 * what it is; of a statement that is built once, that is known.
 */
export function rowReader(fields: SelectedFieldsOrdered, from = 0): (row: RawRow) => Record<string, unknown> {
  const places = fields.map(({ path, field }): Place => ({ path, decoder: decoderOf(field) }))
  return (row) => {
    const read: Record<string, unknown> = {}
    let index = from
    for (const { path, decoder } of places) {
      const value = row[index++]
      put(read, path, value === null ? null : decoder.mapFromDriverValue(value))
    }
    return read
  }
}

function put(read: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let node = read
  for (let depth = 0; depth < path.length - 1; depth++) {
    const name = path[depth] as string
    node[name] ??= {}
    node = node[name] as Record<string, unknown>
  }
  node[path.at(-1) as string] = value
}

function decoderOf(field: SelectedFieldsOrdered[number]['field']): Place['decoder'] {
  if (is(field, Column)) return field
  const { decoder } = (is(field, SQL) ? field : is(field, Subquery) ? field._.sql : field.sql) as unknown as Place
  return decoder
}
