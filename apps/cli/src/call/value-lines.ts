import { neutralise, neutraliseLine } from '../terminal/neutralise.ts'

/** A value on one line: text as it is, everything else as JSON. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'nothing'
  return neutraliseLine(typeof value === 'string' ? value || '""' : JSON.stringify(value))
}

/** Arguments, one a line; text of several lines as an indented block. A name hides nothing: it may be what would run. */
export function argumentLines(args: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(args).flatMap(([name, value]) => {
    const label = neutraliseLine(name)
    if (typeof value !== 'string' || !value.trimEnd().includes('\n')) return [`${label}: ${valueText(value)}`]
    return [
      `${label}:`,
      ...neutralise(value.trimEnd())
        .split('\n')
        .map((line) => `  ${line}`),
    ]
  })
}
