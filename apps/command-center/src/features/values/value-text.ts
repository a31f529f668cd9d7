/** Text that would read as something else without quotes. */
const ambiguous = /^(?:true|false|null|yes|no|on|off|~|absent|[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?)$/i

/** A JSON value as a person reads it: text without quotes where nothing else could be meant, structures as JSON. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'absent'
  if (typeof value !== 'string') return JSON.stringify(value, null, 2) ?? String(value)
  return value === '' || value !== value.trim() || ambiguous.test(value) ? JSON.stringify(value) : value
}
