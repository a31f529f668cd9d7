import { isRecord } from '../../effect/is-record.ts'

/** To a type of the server's own, a field that is null is a field left out. An element of a list stays what it is. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isRecord(value)) return value
  const entries = Object.entries(value).filter(([, entry]) => entry !== null)
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutNulls(entry)]))
}
