import type { z } from 'zod'

export type SettingFault = { name: string; message: string }

/** Every fault of the environment together. The message names settings and what they allow, never their values. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly faults: readonly SettingFault[]

  constructor(faults: SettingFault[]) {
    const lines = faults.map(({ name, message }) => `  ${name}: ${message}`)
    super(`${faults.length === 1 ? 'A setting is' : `${faults.length} settings are`} wrong:\n${lines.join('\n')}`)
    this.faults = faults
  }
}

/**
 * Reads settings once: an empty string counts as unset, names the schema does not know are left out, the result is
 * frozen all the way down. Throws SettingsError.
 */
export function parseSettings<Schema extends z.ZodType>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<z.output<Schema>> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(set)
  if (parsed.success) return deepFreeze(parsed.data)
  throw new SettingsError(
    parsed.error.issues.map((issue) => {
      const name = String(issue.path[0] ?? 'settings')
      return { name, message: Object.hasOwn(set, name) ? wrong(issue) : required(issue) }
    }),
  )
}

function wrong(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `must be ${oneOf(issue.values)}`
  return lowerFirst(issue.message)
}

function required(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `is required: ${oneOf(issue.values)}`
  if (issue.code === 'invalid_type') return 'is required'
  return lowerFirst(issue.message)
}

function oneOf(values: readonly z.core.util.Primitive[]): string {
  const quoted = values.map(String)
  return quoted.length === 1 ? String(quoted[0]) : `one of ${quoted.join(', ')}`
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
