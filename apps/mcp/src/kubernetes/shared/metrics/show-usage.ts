import { optional } from '../../../input/parameter.ts'
import { bool, oneOf } from '../../../input/reader.ts'
import type { KubeContext } from '../../../kube/kube-context.ts'
import { redactText } from '../../../output/redact.ts'
import { alignTable } from '../../../output/table.ts'
import { cutRows } from '../../../output/truncate.ts'
import type { ToolResult } from '../../../tool/define-tool.ts'
import type { Used } from './metrics.ts'

export const sortBy = optional('sort_by', oneOf(['cpu', 'memory']), null)

export const noHeaders = optional('no_headers', bool, false)

const mostRows = 1000

/** One line of a table: its cells, and what it is sorted by; without a sample it stands last. */
export type UsageRow = { cells: string[]; used: Used | undefined }

type Options = { columns: readonly string[]; withHeader: boolean; narrow: string; context: KubeContext }

export function showUsage(rows: readonly UsageRow[], { columns, withHeader, narrow, context }: Options): ToolResult {
  const cells = rows.slice(0, mostRows).map((row) => row.cells.map((cell) => redactText(cell)))
  const lines = alignTable(withHeader ? columns : undefined, cells)
  const header = withHeader ? lines.shift() : undefined
  const cut = cutRows(header, lines, {
    most: context.settings.maxOutputChars,
    narrow,
    total: rows.length,
  })
  const shown = cells.slice(0, cut.returned)
  return {
    output: cut.output,
    truncated: cut.truncated,
    total_items: cut.total,
    returned_items: cut.returned,
    data: { rows: shown.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))) },
  }
}

/** The most first; without `by` the order stays. */
export function sorted<T extends { used: Used | undefined }>(rows: readonly T[], by: keyof Used | null): T[] {
  if (by === null) return [...rows]
  return rows.toSorted((a, b) => (b.used?.[by] ?? -1) - (a.used?.[by] ?? -1))
}
