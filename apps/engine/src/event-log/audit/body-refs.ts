/** What stands in an event in place of a body that is kept beside it. */
export type BodyRef = { blob: string; bytes: number }

export function isBodyRef(value: unknown): value is BodyRef {
  if (typeof value !== 'object' || value === null) return false
  const { blob, bytes } = value as Record<string, unknown>
  return isDigest(blob) && typeof bytes === 'number'
}

/**
 * Digests of the bodies that an event refers to: its own large fields, and those of a call's result. What people, models
 * and tools say is never one, whatever it looks like: where it does, the engine keeps it as a body itself.
 */
export function bodyRefs(data: Readonly<Record<string, unknown>>): string[] {
  const fields = Object.values(data).flatMap((value) => (isBodyRef(value) ? [value.blob] : []))
  const blocks = Array.isArray(data.result) ? data.result : []
  return [...fields, ...blocks.flatMap((block) => (isDigest(block?.blob?.sha256) ? [block.blob.sha256] : []))]
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}
