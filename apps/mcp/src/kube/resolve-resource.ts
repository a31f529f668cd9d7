import { ToolError } from '../tool-error.ts'
import type { ApiResource } from './api-resource.ts'
import { nearNames } from './near-names.ts'

/** A type that several groups serve: `used` is the one that won, `others` the ones that lost. */
export type Resolved = { used: ApiResource; others: readonly ApiResource[] }

/**
 * Finds `TYPE`, `TYPE.GROUP` or `TYPE.VERSION.GROUP` (plural, singular, short name or Kind, in any case) among what the
 * server serves, in discovery's order. Undefined when nothing fits.
 */
export function findResource(type: string, resources: readonly ApiResource[]): Resolved | undefined {
  const wanted = type.toLowerCase()
  const whole = resources.filter((resource) => fits(resource, wanted))
  const [used] = whole
  if (used === undefined) return undefined
  const others = whole.filter(
    ({ group }, index) => group !== used.group && whole.findIndex((each) => each.group === group) === index,
  )
  return { used, others }
}

function fits(resource: ApiResource, wanted: string): boolean {
  return namesOf(resource).some((name) => {
    if (wanted === name) return true
    if (!wanted.startsWith(`${name}.`)) return false
    const rest = wanted.slice(name.length + 1)
    return rest === resource.group || rest === `${resource.version}.${resource.group}`
  })
}

function namesOf({ plural, singular, kind, shortNames }: ApiResource): readonly string[] {
  return [plural, singular, kind.toLowerCase(), ...shortNames]
}

export function unknownResource(type: string, resources: readonly ApiResource[]): ToolError {
  const near = nearNames(type, resources.flatMap(namesOf))
  const guess = near.length > 0 ? ` Near names: ${near.join(', ')}.` : ''
  return new ToolError('NotFound', `the server has no resource type "${type}".${guess}`)
}
