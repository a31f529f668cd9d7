/**
 * The value as Postgres can hold it in text and jsonb: NUL and lone surrogates, which come in logs and in cut model
 * output, become U+FFFD. The value itself where it has none.
 */
export function storable<T>(value: T): T {
  return isStorable(value) ? value : (held(value) as T)
}

/** Nearly always: a copy of all that is written would cost several times what looking at it does. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (Array.isArray(value)) return value.every(isStorable)
  if (typeof value !== 'object' || value === null || value instanceof Date) return true
  for (const [name, inner] of Object.entries(value)) if (!isStorable(name) || !isStorable(inner)) return false
  return true
}

function held(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\ufffd')
  if (Array.isArray(value)) return value.map(held)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [held(name), held(inner)]))
}
