import { ToolError } from '../../tool/tool-error.ts'
import type { ApiResource } from './api-resource.ts'
import { nearNames } from './near-names.ts'

/** A type that several groups serve: `used` is the one that won, `others` the ones that lost. */
export type Resolved = { used: ApiResource; others: readonly ApiResource[] }

/** By every spelling; discovery keeps one list for minutes, and each call looks into it. */
const spellings = new WeakMap<readonly ApiResource[], ReadonlyMap<string, readonly ApiResource[]>>()

/**
 * Finds `TYPE`, `TYPE.GROUP` or `TYPE.VERSION.GROUP` (plural, singular, short name or Kind, in any case) among what the
 * server serves, in discovery's order. Undefined when nothing fits.
 */
export function findResource(type: string, resources: readonly ApiResource[]): Resolved | undefined {
  const whole = spelledIn(resources).get(type.toLowerCase()) ?? []
  const [used] = whole
  if (used === undefined) return undefined
  const others = whole.filter(
    ({ group }, index) => group !== used.group && whole.findIndex((each) => each.group === group) === index,
  )
  return { used, others }
}

function spelledIn(resources: readonly ApiResource[]): ReadonlyMap<string, readonly ApiResource[]> {
  const known = spellings.get(resources)
  if (known !== undefined) return known
  const found = new Map<string, ApiResource[]>()
  for (const resource of resources) {
    const { group, version } = resource
    const names = namesOf(resource).flatMap((name) => [name, `${name}.${group}`, `${name}.${version}.${group}`])
    for (const name of new Set(names)) found.set(name, [...(found.get(name) ?? []), resource])
  }
  spellings.set(resources, found)
  return found
}

function namesOf({ plural, singular, kind, shortNames }: ApiResource): readonly string[] {
  return [plural, singular, kind.toLowerCase(), ...shortNames]
}

export function unknownResource(type: string, resources: readonly ApiResource[]): ToolError {
  const near = nearNames(type, resources.flatMap(namesOf))
  const guess = near.length > 0 ? ` Near names: ${near.join(', ')}.` : ''
  return new ToolError('NotFound', `the server has no resource type "${type}".${guess}`)
}
