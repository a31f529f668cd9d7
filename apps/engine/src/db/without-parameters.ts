/**
 * The error as a log may have it. The query builder puts the values of a statement into its message, hashes and texts
 * of people among them; its cause says enough, wherever it stands in the chain.
 */
export function withoutParameters(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error.message.startsWith('Failed query')) return error.cause ?? new Error('A statement failed')
  if (!(error.cause instanceof Error)) return error
  const safe = new Error(error.message, { cause: withoutParameters(error.cause) })
  safe.name = error.name
  safe.stack = error.stack
  return safe
}
