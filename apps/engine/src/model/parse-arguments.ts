/**
 * Arguments on their way back to the provider, which wants an object. A text that is none is quoted in one, so that the
 * model sees what it had sent; nothing is ever run from here.
 */
export function parseArguments(text: string): Record<string, unknown> {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Falls through: not JSON is one of the ways of not being an object.
  }
  return { unreadable_arguments: text }
}
