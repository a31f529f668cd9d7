import { isRecord } from '../is-record.ts'
import { at, type Part, partsOf, recordIn, recordsIn } from './parts.ts'

/** A container, and what it is called among the others of its pod. */
export type Container = Part & { of: string }

/** Where an object says which pods are made of it, or runs an image by itself. */
export type Pod = { spec: Part; containers: readonly Container[] }

const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const

/**
 * The pods of any object, told by what they are made of and not by the object's kind: custom resources embed them where
 * they like, and keep what holds for a whole pod apart from its containers. Whatever else names an image is a container of
 * a pod of its own, or of the one that it stands in.
 */
export function podsOf(object: object): readonly Pod[] {
  const known = podsByObject.get(object)
  if (known !== undefined) return known
  const pods: Pod[] = []
  const seen = new Set<unknown>()
  for (const part of partsOf(object)) {
    const listed = lists.flatMap((list) => recordsIn(part, list).map((each) => named(each, at(part.path, list))))
    for (const { value } of listed) seen.add(value)
    const isListed = seen.has(part.value)
    const containers = !isListed && runsItself(part, listed) ? [...listed, { ...part, of: part.path }] : listed
    if (containers.length > 0 || (!isListed && isOfPods(part))) pods.push({ spec: part, containers })
  }
  podsByObject.set(object, pods)
  return pods
}

const podsByObject = new WeakMap<object, readonly Pod[]>()

/** Custom resources name the first container's image and command beside the other containers. */
function runsItself({ value }: Part, listed: readonly Container[]): boolean {
  return typeof value.image === 'string' || (listed.length > 0 && Array.isArray(value.command))
}

/** Whether it says something that only a pod has, of pods whose containers are elsewhere. */
function isOfPods({ value }: Part): boolean {
  const { hostNetwork, hostPID, hostIPC, serviceAccountName, securityContext, volumes } = value
  if ([hostNetwork, hostPID, hostIPC].includes(true)) return true
  return typeof serviceAccountName === 'string' || isRecord(securityContext) || Array.isArray(volumes)
}

/** The containers of a pod: its own, or where it has none all that stand in it. */
export function containersIn({ spec, containers }: Pod): readonly Container[] {
  if (containers.length > 0) return containers
  const inner = podsOf(spec.value).flatMap((pod) => pod.containers)
  return inner.map((container) => ({ ...container, path: spec.path + container.path, of: spec.path + container.of }))
}

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
