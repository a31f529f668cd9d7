import { neutralise, neutraliseLine } from '../terminal/neutralise.ts'

const secretKey = /^(?:password|passwd|token|api_?token|api_?key|secret|client_secret|private_key)$/i

/** A value on one line: text as it is, everything else as JSON. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'nothing'
  return neutraliseLine(typeof value === 'string' ? value || '""' : JSON.stringify(value))
}

/** Arguments, one a line; text of several lines as an indented block. What stands under a secret's name is hidden. */
export function argumentLines(args: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(args).flatMap(([name, value]) => {
    const label = neutraliseLine(name)
    if (secretKey.test(name)) return [`${label}: (hidden)`]
    if (typeof value !== 'string' || !value.trimEnd().includes('\n'))
      return [`${label}: ${valueText(withoutSecrets(value))}`]
    return [
      `${label}:`,
      ...neutralise(value.trimEnd())
        .split('\n')
        .map((line) => `  ${line}`),
    ]
  })
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, secretKey.test(name) ? '(hidden)' : withoutSecrets(inner)]),
  )
}
