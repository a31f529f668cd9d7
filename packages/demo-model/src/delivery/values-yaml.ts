import type { Assignments } from './read-delivery.ts'

type Tree = { [key: string]: Tree | string | number | boolean }

/** `a.b=1` as the mapping that helm reads: JSON is YAML, too. */
export function valuesYaml(values: Assignments): string {
  const root: Tree = {}
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split('.')
    const last = keys.pop() ?? path
    let place = root
    for (const key of keys) {
      const next = place[key]
      place[key] = typeof next === 'object' ? next : {}
      place = place[key] as Tree
    }
    place[last] = scalar(value)
  }
  return JSON.stringify(root)
}

/** A tag that looks like a number is written as text in charts, and as a number by nobody on purpose. */
function scalar(value: string): string | number | boolean {
  if (value === 'true' || value === 'false') return value === 'true'
  return /^(?:0|-?[1-9]\d*)$/.test(value) ? Number(value) : value
}
