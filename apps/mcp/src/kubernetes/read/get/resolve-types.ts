import { InvalidInput } from '../../../input/invalid-input.ts'
import type { ApiResource } from '../../../kube/discovery/api-resource.ts'
import { findResource } from '../../../kube/discovery/resolve-resource.ts'
import type { Kube } from '../../../kube/kube.ts'

/** The types that a read names, categories (`all`) taken apart, each once and in the order given. */
export async function resolveTypes(kube: Kube, types: readonly string[], named: boolean): Promise<ApiResource[]> {
  const found: ApiResource[] = []
  for (const type of types) {
    const served = await kube.resources()
    const members = findResource(type, served) === undefined ? membersOf(type.toLowerCase(), served) : []
    if (members.length > 0 && named)
      throw new InvalidInput(`name and resource_type "${type}" exclude each other: it is a category of several types.`)
    found.push(...(members.length > 0 ? members : [await kube.resolve(type)]))
  }
  return found.filter((resource, index) => found.findIndex((other) => isSame(other, resource)) === index)
}

/** Discovery lists a type once a version, the preferred one first. */
function membersOf(category: string, served: readonly ApiResource[]): ApiResource[] {
  const members = served.filter(({ categories, verbs }) => categories.includes(category) && verbs.includes('list'))
  return members.filter((resource, index) => members.findIndex((other) => isSame(other, resource)) === index)
}

function isSame(a: ApiResource, b: ApiResource): boolean {
  return a.group === b.group && a.plural === b.plural
}
