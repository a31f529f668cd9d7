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
  if (!isFields(current)) return { object: current, left }
  const whole = current
  const fields = fieldsBySize(whole)
  const count = fewest(fields.length, (some) => render(withoutFields(whole, fields.slice(0, some))).length <= most)
  const gone = fields.slice(0, count)
  return { object: withoutFields(whole, gone), left: [...left, ...gone.map((path) => path.join('.'))] }
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

type Path = [top: string] | ['metadata', string]

/** What may go, the largest first; only then what stands in `metadata`, whose name and namespace always stay. */
function fieldsBySize({ apiVersion: _, kind: __, metadata, ...fields }: Fields): Path[] {
  const tops = bySize(fields).map((name): Path => [name])
  if (!isFields(metadata)) return tops
  const { name: ___, namespace: ____, ...others } = metadata
  return [...tops, ...bySize(others).map((name): Path => ['metadata', name])]
}

function withoutFields(object: Fields, paths: readonly Path[]): Fields {
  const tops = new Set(paths.flatMap(([top, inside]) => (inside === undefined ? top : [])))
  const insides = new Set(paths.flatMap(([, inside]) => inside ?? []))
  const rest = without(object, tops)
  return isFields(rest.metadata) ? { ...rest, metadata: without(rest.metadata, insides) } : rest
}

function without(fields: Fields, names: ReadonlySet<string>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)))
}

/** The smallest number that is enough, found by halving; `most` where none is. More is enough where less is. */
function fewest(most: number, isEnough: (number: number) => boolean): number {
  let [low, high] = [0, most]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (isEnough(middle)) high = middle
    else low = middle + 1
  }
  return low
}

function bySize(fields: Fields): string[] {
  const sizes = new Map(Object.entries(fields).map(([key, value]) => [key, JSON.stringify(value)?.length ?? 0]))
  return Object.keys(fields).toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0))
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
