/**
 * The value as Postgres can hold it in text and jsonb: NUL and lone surrogates, which come in logs and in cut model
 * output, become U+FFFD.
 */
export function storable<T>(value: T): T {
  return held(value) as T
}

function held(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\ufffd')
  if (Array.isArray(value)) return value.map(held)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [held(name), held(inner)]))
}
