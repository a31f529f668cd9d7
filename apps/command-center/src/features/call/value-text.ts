/** Text that would read as something else without quotes. */
const ambiguous = /^(?:true|false|null|yes|no|on|off|~|absent|[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?)$/i

/** A JSON value as a person reads it: text without quotes where nothing else could be meant, structures as JSON. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'absent'
  if (typeof value !== 'string') return JSON.stringify(value, null, 2) ?? String(value)
  return value === '' || value !== value.trim() || ambiguous.test(value) ? JSON.stringify(value) : value
}

/** Whether two JSON values are the same, whatever the order of keys. */
export function isSameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const [leftKeys, rightKeys] = [Object.keys(left), Object.keys(right)]
  return (
    leftKeys.length === rightKeys.length &&
    leftKeys.every(
      (key) =>
        Object.hasOwn(right, key) &&
        isSameValue((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]),
    )
  )
}
