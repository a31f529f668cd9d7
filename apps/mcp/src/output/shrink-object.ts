type Fields = { [key: string]: unknown }

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** An object made smaller, and what was taken from it, in words. */
export type Shrunk = { object: unknown; left: string[] }

/**
 * Makes one object fit: it loses, in order, `managedFields`, the last-applied annotation, then the rest of strings over
 * 2000 characters (over 200, over 40 when that is not enough), then whole fields, the largest first. What stays is an
 * object, so its YAML or JSON is whole.
 */
export function shrinkObject(object: unknown, most: number, render: (object: unknown) => string): Shrunk {
  const steps: [left: string, smaller: (value: unknown) => unknown][] = [
    ['managedFields', withoutManagedFields],
    ['the last-applied annotation', withoutLastApplied],
    ['the rest of strings over 2000 characters', (value) => shortened(value, 2000)],
    ['the rest of strings over 200 characters', (value) => shortened(value, 200)],
    ['the rest of strings over 40 characters', (value) => shortened(value, 40)],
  ]
  let current = object
  const left: string[] = []
  for (const [what, smaller] of steps) {
    if (render(current).length <= most) return { object: current, left }
    const next = smaller(current)
    if (render(next).length < render(current).length) left.push(what)
    current = next
  }
  while (render(current).length > most && isFields(current)) {
    const largest = largestField(current)
    if (largest === undefined) break
    left.push(largest.path.join('.'))
    current = largest.without
  }
  return { object: current, left }
}

function withoutManagedFields(value: unknown): unknown {
  if (!isFields(value) || !isFields(value.metadata)) return value
  const { managedFields: _, ...metadata } = value.metadata
  return { ...value, metadata }
}

function withoutLastApplied(value: unknown): unknown {
  if (!isFields(value) || !isFields(value.metadata) || !isFields(value.metadata.annotations)) return value
  const { [lastApplied]: _, ...annotations } = value.metadata.annotations
  return { ...value, metadata: { ...value.metadata, annotations } }
}

function shortened(value: unknown, most: number): unknown {
  if (typeof value === 'string')
    return value.length <= most
      ? value
      : `${value.slice(0, most).replace(/[\ud800-\udbff]$/, '')}… (${value.length} characters)`
  if (Array.isArray(value)) return value.map((item) => shortened(item, most))
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, shortened(field, most)]))
}

/** The largest field at the top, or one below in `metadata`, whose name and namespace always stay. */
function largestField(object: Fields): { path: string[]; without: Fields } | undefined {
  const { apiVersion: _, kind: __, metadata, ...fields } = object
  const [top] = bySize(fields)
  if (top !== undefined) {
    const { [top]: ___, ...without } = object
    return { path: [top], without }
  }
  if (!isFields(metadata)) return undefined
  const { name, namespace, ...others } = metadata
  const [inside] = bySize(others)
  if (inside === undefined) return undefined
  const { [inside]: ____, ...smaller } = metadata
  return { path: ['metadata', inside], without: { ...object, metadata: smaller } }
}

function bySize(fields: Fields): string[] {
  const sizes = new Map(Object.entries(fields).map(([key, value]) => [key, JSON.stringify(value)?.length ?? 0]))
  return Object.keys(fields).toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0))
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
