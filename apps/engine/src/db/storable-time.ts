const EARLIEST = Date.parse('0001-01-01T00:00:00Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

/** The moment that a text from outside names, where it is one that a database row can hold. */
export function storableTime(text: string): Date | undefined {
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return at >= EARLIEST && at <= LATEST ? new Date(at) : undefined
}
