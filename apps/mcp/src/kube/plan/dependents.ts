import type { KubeObject } from '../../effect/kube-object.ts'
import type { ApiResource } from '../discovery/api-resource.ts'
import type { Kube } from '../kube.ts'
import { byOwner, type Listed, listAll, listedKinds } from '../owned-objects.ts'

/** What goes with an object, counted by kind: the most numerous first. */
export type Dependents = {
  counts: readonly { kind: string; count: number }[]
  total: number
  /** Kinds that could not be listed, so there may be more. */
  unreadable: readonly string[]
}

/**
 * Counts what the server deletes after `object`: all that a Namespace holds, all instances of a CRD, and of anything
 * else what it owns, directly or through others, by owner references.
 */
export async function countDependents(kube: Kube, resource: ApiResource, object: KubeObject): Promise<Dependents> {
  const resources = listedKinds(await kube.resources())
  if (resource.group === '' && resource.kind === 'Namespace') {
    return count(
      await listAll(
        kube,
        resources.filter(({ namespaced }) => namespaced),
        object.metadata.name,
      ),
    )
  }
  if (resource.kind === 'CustomResourceDefinition') {
    return count(
      await listAll(
        kube,
        resources.filter((each) => object.metadata.name === `${each.plural}.${each.group}`),
      ),
    )
  }
  // An owner and what it owns share a namespace, but what is cluster-scoped may own things anywhere.
  const { namespace } = object.metadata
  const reachable = resources.filter((each) => namespace === undefined || each.namespaced)
  const { items, unreadable } = await listAll(kube, reachable, namespace)
  return count({ items: ownedBy(object.metadata.uid, items), unreadable })
}

function ownedBy(uid: string | undefined, items: readonly Listed[]): Listed[] {
  const siblings = byOwner(items)
  const owned = new Map<string, Listed>()
  const follow = [uid]
  for (let owner = follow.pop(); owner !== undefined; owner = follow.pop()) {
    for (const item of siblings.get(owner) ?? []) {
      if (item.uid === undefined || owned.has(item.uid)) continue
      owned.set(item.uid, item)
      follow.push(item.uid)
    }
  }
  return [...owned.values()]
}

function count({ items, unreadable }: { items: readonly Listed[]; unreadable: readonly ApiResource[] }): Dependents {
  const unique = new Map(items.map((item) => [item.uid, item]))
  const counts = new Map<string, number>()
  for (const {
    resource: { kind },
  } of unique.values())
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return {
    counts: [...counts]
      .map(([kind, number]) => ({ kind, count: number }))
      .toSorted((left, right) => right.count - left.count || (left.kind < right.kind ? -1 : 1)),
    total: unique.size,
    unreadable: unreadable.map(({ kind }) => kind).toSorted(),
  }
}
