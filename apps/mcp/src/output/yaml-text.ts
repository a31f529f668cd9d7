import { stringify } from 'yaml'

/**
 * JSON-like data as YAML, without a line end at its end. No line is folded, so that a path or a command stays on one
 * line; a value that occurs twice is written twice.
 */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).replace(/\n$/, '')
}
