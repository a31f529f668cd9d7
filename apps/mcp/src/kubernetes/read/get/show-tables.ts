import { type ApiResource, typeName } from '../../../kube/discovery/api-resource.ts'
import { alignTable } from '../../../output/table.ts'
import { type Cut, cutRows, type Total } from '../../../output/truncate.ts'
import type { Table } from './read-table.ts'

export type TypedTable = { resource: ApiResource; table: Table }
export type Shown = Cut & { data: Record<string, unknown>[] }

type Options = {
  /** The namespace of each row stands in front. */
  withNamespace: boolean
  most: number
  narrow: string
  total?: Total
}

/** Blocks of aligned text in the order given; with several types each name has its type before it. */
export function showTables(tables: readonly TypedTable[], { withNamespace, ...limits }: Options): Shown {
  const several = tables.length > 1
  const blocks = tables
    .filter(({ table }) => table.rows.length > 0)
    .map(({ resource, table }) => {
      const scoped = withNamespace && resource.namespaced
      const header = [...(scoped ? ['NAMESPACE'] : []), ...table.columns.map((column) => column.toUpperCase())]
      const rows = table.rows.map(({ cells, namespace = '' }) => {
        const named = several
          ? cells.map((cell, column) => (column === 0 ? `${typeName(resource)}/${cell}` : cell))
          : cells
        return scoped ? [namespace, ...named] : named
      })
      const [head = '', ...lines] = alignTable(header, rows)
      const data = rows.map((row) => fieldsOf(header, row))
      return { head, lines, data }
    })
  const data = blocks.flatMap((block) => block.data)
  const [first] = blocks
  const cut =
    blocks.length === 1 && first
      ? cutRows(first.head, first.lines, limits)
      : cutRows(undefined, blocks.flatMap(withHeads), limits)
  return { ...cut, data: data.slice(0, cut.returned) }
}

/** A plain loop: rows are many, and `Object.fromEntries` makes a pair of each cell first. */
function fieldsOf(header: readonly string[], row: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {}
  for (let index = 0; index < header.length; index++) fields[header[index] ?? ''] = row[index] ?? ''
  return fields
}

/** A block's first row brings the header with it, so that rows are still what is counted and cut. */
function withHeads({ head, lines }: { head: string; lines: string[] }, block: number): string[] {
  const [first = '', ...rest] = lines
  return [`${block === 0 ? '' : '\n'}${head}\n${first}`, ...rest]
}

/** `pod/web`, `deployment.apps/web`, one a line. */
export function showNames(tables: readonly TypedTable[], limits: Omit<Options, 'withNamespace'>): Shown {
  const names = tables.flatMap(({ resource, table }) =>
    table.rows.map(({ cells: [name] }) => `${typeName(resource)}/${name}`),
  )
  const cut = cutRows(undefined, names, limits)
  return { ...cut, data: names.slice(0, cut.returned).map((name) => ({ NAME: name })) }
}
