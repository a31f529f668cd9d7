import { ToolError } from '../tool/tool-error.ts'
import { alignTable } from './table.ts'

/** Lines of a description. Parts are built as lines, so that they can stand indented inside others. */
export type Lines = readonly string[]

/** `Label:  value` aligned; what is undefined is left out, what is empty says `<none>`. */
export function fields(pairs: readonly (readonly [label: string, value: unknown])[]): Lines {
  const given = pairs.filter(([, value]) => value !== undefined)
  return alignTable(
    undefined,
    given.map(([label, value]) => [`${label}:`, valueText(value)]),
  )
}

function valueText(value: unknown): string {
  if (value === null || value === '') return '<none>'
  if (Array.isArray(value)) return value.length === 0 ? '<none>' : value.map(valueText).join(', ')
  if (typeof value !== 'object') return String(value)
  const entries = Object.entries(value)
  return entries.length === 0 ? '<none>' : entries.map(([key, field]) => `${key}=${valueText(field)}`).join(', ')
}

/** A heading with its lines two spaces in; nothing when there are no lines. */
export function section(title: string, lines: Lines): Lines {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)]
}

/** A section of rows in columns; nothing when there are none. */
export function tableSection(title: string, header: readonly string[], rows: readonly (readonly unknown[])[]): Lines {
  if (rows.length === 0) return []
  return section(
    title,
    alignTable(
      header,
      rows.map((row) => row.map(valueText)),
    ),
  )
}

/** Any value as indented `key: value` lines. */
export function outline(value: unknown): string[] {
  if (Array.isArray(value))
    return value.flatMap((item) => {
      const [first = '', ...rest] = outline(item)
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)]
    })
  if (typeof value !== 'object' || value === null) return String(value ?? '<none>').split('\n')
  return Object.entries(value).flatMap(([key, field]) => {
    const lines = outline(field)
    const [only] = lines
    const inline = lines.length === 1 && only !== undefined && (typeof field !== 'object' || field === null)
    if (inline) return [`${key}: ${only}`]
    return lines.length === 0 ? [`${key}: <none>`] : [`${key}:`, ...lines.map((line) => `  ${line}`)]
  })
}

/**
 * A part that depends on other objects: when they may not be read, by the cluster's rules or by ours, the part says so
 * and the rest stands.
 */
export async function partOf(title: string, lines: Promise<Lines>): Promise<Lines> {
  return lines.catch((error: unknown) => {
    const isForbidden = error instanceof ToolError && (error.code === 'Forbidden' || error.code === 'Refused')
    if (isForbidden) return [`${title}: <may not be read>`]
    throw error
  })
}
