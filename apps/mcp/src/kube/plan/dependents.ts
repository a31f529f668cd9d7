import type { KubeList, KubeObject } from '../../effect/kube-object.ts'
import { ToolError } from '../../tool/tool-error.ts'
import type { ApiResource } from '../discovery/api-resource.ts'
import { collectionPath } from '../discovery/api-resource.ts'
import type { Kube } from '../kube.ts'

/** What goes with an object, counted by kind: the most numerous first. */
export type Dependents = {
  counts: readonly { kind: string; count: number }[]
  total: number
  /** Kinds that could not be listed, so there may be more. */
  unreadable: readonly string[]
}

const pageSize = 500
/** More than this is "very many" to a person, and a preview has 30 seconds. */
const mostPages = 20
/** Each has a page of whole metadata in hand, and a call may look at several objects at a time. */
const listedAtOnce = 5
const metadataOnly = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json'

/**
 * Counts what the server deletes after `object`: all that a Namespace holds, all instances of a CRD, and of anything
 * else what it owns, directly or through others, by owner references.
 */
export async function countDependents(kube: Kube, resource: ApiResource, object: KubeObject): Promise<Dependents> {
  const resources = countable(await kube.resources())
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

/** All that is kept of an object: of a whole cluster's, metadata is more than a process should hold. */
type Listed = { kind: string; uid: string | undefined; owners: readonly string[] }

/** Each kind once, in the server's preferred version; events are a record of what happened, not a thing one loses. */
function countable(resources: readonly ApiResource[]): ApiResource[] {
  const seen = new Set<string>()
  return resources.filter(({ group, plural, kind, verbs }) => {
    const key = `${group}/${plural}`
    if (kind === 'Event' || !verbs.includes('list') || !verbs.includes('delete') || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

async function listAll(
  kube: Kube,
  resources: readonly ApiResource[],
  namespace?: string,
): Promise<{ items: Listed[]; unreadable: string[] }> {
  const items: Listed[] = []
  const unreadable: string[] = []
  const waiting = [...resources]
  const worker = async () => {
    for (let resource = waiting.shift(); resource !== undefined; resource = waiting.shift()) {
      try {
        for await (const page of pagesOf(kube, resource, namespace)) items.push(...page)
      } catch (error) {
        // One kind that may not be listed, or whose extension server is down, must not hide the others.
        if (!(error instanceof ToolError) || error.code === 'Cancelled' || error.code === 'Timeout') throw error
        unreadable.push(resource.kind)
      }
    }
  }
  await Promise.all(Array.from({ length: listedAtOnce }, worker))
  return { items, unreadable }
}

async function* pagesOf(kube: Kube, resource: ApiResource, namespace?: string): AsyncIterable<Listed[]> {
  let next: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const list = await kube.get<Pick<KubeList, 'metadata'> & { items: KubeList['items'] | null }>(
      collectionPath(resource, namespace),
      {
        accept: metadataOnly,
        query: { limit: pageSize, continue: next },
        isUnasked: true,
      },
    )
    yield (list.items ?? []).map(({ metadata: { uid, ownerReferences = [] } }) => ({
      kind: resource.kind,
      uid,
      owners: ownerReferences.map((owner) => owner.uid),
    }))
    next = list.metadata.continue || undefined
    if (next === undefined) return
  }
}

function ownedBy(uid: string | undefined, items: readonly Listed[]): Listed[] {
  const byOwner = new Map<string, Listed[]>()
  for (const item of items) {
    for (const owner of item.owners) {
      const siblings = byOwner.get(owner)
      if (siblings === undefined) byOwner.set(owner, [item])
      else siblings.push(item)
    }
  }
  const owned = new Map<string, Listed>()
  const follow = [uid]
  for (let owner = follow.pop(); owner !== undefined; owner = follow.pop()) {
    for (const item of byOwner.get(owner) ?? []) {
      if (item.uid === undefined || owned.has(item.uid)) continue
      owned.set(item.uid, item)
      follow.push(item.uid)
    }
  }
  return [...owned.values()]
}

function count({ items, unreadable }: { items: readonly Listed[]; unreadable: readonly string[] }): Dependents {
  const unique = new Map(items.map((item) => [item.uid, item]))
  const counts = new Map<string, number>()
  for (const { kind } of unique.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return {
    counts: [...counts]
      .map(([kind, number]) => ({ kind, count: number }))
      .toSorted((left, right) => right.count - left.count || (left.kind < right.kind ? -1 : 1)),
    total: unique.size,
    unreadable: unreadable.toSorted(),
  }
}
