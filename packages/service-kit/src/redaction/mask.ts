import { isSecretField, isSecretName } from './secret-names.ts'
import { secretSpans } from './secret-spans.ts'
import { replaceSpans } from './span.ts'
import type { Strength } from './strength.ts'

/** What stands for a secret where nothing more is said of it. */
export const MASK = '***'

/** What the tool server puts in place of a hidden value, with its size and a keyed hash. */
const isMasked = /^\*{3}\(\d+ bytes(?:, [0-9a-f]+)?\)$/

/** The text with `***` for each secret in it; it may be prose, JSON or YAML, and stays what it is. Twice is as once. */
export function maskText(text: string, strength: Strength): string {
  return replaceSpans(text, secretSpans(text, strength), () => MASK)
}

/**
 * A copy of a JSON value with the secrets in every text of it hidden. Of what is only read also whole texts in fields and
 * variables (`{name, value}`) whose name says secret.
 */
export function maskValue<T>(value: T, strength: Strength): T {
  return masked(value, strength) as T
}

function masked(value: unknown, strength: Strength): unknown {
  if (typeof value === 'string') return maskText(value, strength)
  if (Array.isArray(value)) return value.map((item) => masked(item, strength))
  if (typeof value !== 'object' || value === null) return value
  const isVariable = 'name' in value && typeof value.name === 'string' && isSecretName(value.name)
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const isTelling = strength === 'read' && (isSecretField(name) || (isVariable && name === 'value'))
      return [name, isTelling ? hidden(inner) : masked(inner, strength)]
    }),
  )
}

/** A text, or each of a list of them; anything else says more by its own names. */
function hidden(value: unknown): unknown {
  if (typeof value === 'string') return value === '' || isMasked.test(value) ? value : MASK
  return Array.isArray(value) ? value.map(hidden) : masked(value, 'read')
}
