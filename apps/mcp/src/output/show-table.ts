import { redactText } from './redact.ts'
import { alignTable } from './table.ts'
import { cutRows } from './truncate.ts'

type Table = {
  header: readonly string[]
  rows: readonly (readonly string[])[]
  /** What is listed, in the plural. */
  noun: string
  /** Undefined: all namespaces. */
  namespace: string | undefined
  /** There are more than could be read. */
  hasMore: boolean
  /** Said in place of the usual sentence when there are no rows. */
  none?: string
  /** Lines below the table. */
  below?: readonly string[]
}

export type ShownTable = {
  output: string
  namespace: string | undefined
  truncated?: boolean
  total_items: number
  returned_items: number
  data?: { rows: readonly Readonly<Record<string, string>>[] }
}

/** A list as aligned text, and its rows as objects keyed by column. */
export function showTable(
  { header, rows, noun, namespace, hasMore, none, below = [] }: Table,
  { settings }: { settings: { maxOutputChars: number } },
): ShownTable {
  const where = namespace === undefined ? '' : ` in ${namespace} namespace`
  if (rows.length === 0)
    return { output: none ?? `No ${noun} found${where}.`, namespace, total_items: 0, returned_items: 0 }
  const shown = rows.map((row) => row.map((cell) => redactText(cell)))
  const [head, ...lines] = alignTable(header, shown)
  const cut = cutRows(head, lines, {
    most: settings.maxOutputChars,
    narrow: 'namespace',
    ...(hasMore && { total: { moreThan: rows.length } }),
  })
  return {
    output: [cut.output, ...below.map((line) => redactText(line))].join('\n'),
    namespace,
    truncated: cut.truncated,
    total_items: cut.total,
    returned_items: cut.returned,
    data: {
      rows: shown
        .slice(0, cut.returned)
        .map((row) => Object.fromEntries(header.map((column, index) => [column, row[index] ?? '']))),
    },
  }
}
