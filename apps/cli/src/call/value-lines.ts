import { visibleLine, visibleText } from '@fairlead/contract/visible-text'

/** A value on one line: text as it is, everything else as JSON. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'nothing'
  return visibleLine(typeof value === 'string' ? value || '""' : JSON.stringify(value))
}

/** Arguments, one a line; text of several lines as an indented block. A name hides nothing: it may be what would run. */
export function argumentLines(args: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(args).flatMap(([name, value]) => {
    const label = visibleLine(name)
    if (typeof value !== 'string' || !value.trimEnd().includes('\n')) return [`${label}: ${valueText(value)}`]
    return [
      `${label}:`,
      ...visibleText(value.trimEnd())
        .split('\n')
        .map((line) => `  ${line}`),
    ]
  })
}
