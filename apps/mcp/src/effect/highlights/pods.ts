import { at, type Part, partsOf, recordIn, recordsIn } from './parts.ts'

/** A container, and what it is called among the others of its pod. */
export type Container = Part & { of: string }

/** Where an object says which pods are made of it, or runs an image by itself. */
export type Pod = { spec: Part; containers: readonly Container[] }

const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const

/**
 * The pods of any object, told by what they are made of and not by the object's kind: custom resources embed them where
 * they like. Whatever else names an image is a container of a pod of its own.
 */
export function podsOf(object: object): readonly Pod[] {
  const known = podsByObject.get(object)
  if (known !== undefined) return known
  const pods: Pod[] = []
  const seen = new Set<unknown>()
  for (const part of partsOf(object)) {
    const containers = lists.flatMap((list) => recordsIn(part, list).map((each) => named(each, at(part.path, list))))
    for (const { value } of containers) seen.add(value)
    if (containers.length > 0) pods.push({ spec: part, containers })
    else if (typeof part.value.image === 'string' && !seen.has(part.value)) {
      pods.push({ spec: part, containers: [{ ...part, of: part.path }] })
    }
  }
  podsByObject.set(object, pods)
  return pods
}

const podsByObject = new WeakMap<object, readonly Pod[]>()

function named(part: Part, list: string): Container {
  const { name } = part.value
  return { ...part, of: typeof name === 'string' ? `${list} ${name}` : part.path }
}

/** What the projected ones of some volumes are put together from. */
export function projectedSources(volumes: readonly Part[]): Part[] {
  return volumes
    .flatMap((volume) => recordIn(volume, 'projected') ?? [])
    .flatMap((projected) => recordsIn(projected, 'sources'))
}
