import type { KubeList } from '../effect/kube-object.ts'
import { ToolError } from '../tool/tool-error.ts'
import { type ApiResource, collectionPath } from './discovery/api-resource.ts'
import type { Kube } from './kube.ts'

const pageSize = 500
/** More than this is "very many" to a person, and a preview has 30 seconds. */
const mostPages = 20
/** Each has a page of whole metadata in hand, and a call may look at several objects at a time. */
const listedAtOnce = 5
const metadataOnly = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json'

/** All that is kept of an object: of a whole cluster's, metadata is more than a process should hold. */
export type Listed = {
  resource: ApiResource
  namespace: string | undefined
  name: string
  uid: string | undefined
  owners: readonly string[]
}

/** Each kind once, in the server's preferred version; events are a record of what happened, not a thing one loses. */
export function listedKinds(resources: readonly ApiResource[]): ApiResource[] {
  const seen = new Set<string>()
  return resources.filter(({ group, plural, kind, verbs }) => {
    const key = `${group}/${plural}`
    if (kind === 'Event' || !verbs.includes('list') || !verbs.includes('delete') || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** By metadata alone; of all namespaces where none is given, with all labels where none are asked for. */
export async function listAll(
  kube: Kube,
  resources: readonly ApiResource[],
  namespace?: string,
  labelSelector?: string,
): Promise<{ items: Listed[]; unreadable: ApiResource[] }> {
  const items: Listed[] = []
  const unreadable: ApiResource[] = []
  const waiting = [...resources]
  const worker = async () => {
    for (let resource = waiting.shift(); resource !== undefined; resource = waiting.shift()) {
      try {
        for await (const page of pagesOf(kube, resource, { namespace, labelSelector })) items.push(...page)
      } catch (error) {
        // One kind that may not be listed, or whose extension server is down, must not hide the others.
        if (!(error instanceof ToolError) || error.code === 'Cancelled' || error.code === 'Timeout') throw error
        unreadable.push(resource)
      }
    }
  }
  await Promise.all(Array.from({ length: listedAtOnce }, worker))
  return { items, unreadable }
}

async function* pagesOf(
  kube: Kube,
  resource: ApiResource,
  { namespace, labelSelector }: { namespace: string | undefined; labelSelector: string | undefined },
): AsyncIterable<Listed[]> {
  let next: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const list = await kube.get<Pick<KubeList, 'metadata'> & { items: KubeList['items'] | null }>(
      collectionPath(resource, namespace),
      {
        accept: metadataOnly,
        query: { limit: pageSize, continue: next, labelSelector },
        isUnasked: true,
      },
    )
    yield (list.items ?? []).map(({ metadata: { namespace: place, name, uid, ownerReferences = [] } }) => ({
      resource,
      namespace: place,
      name,
      uid,
      owners: ownerReferences.map((owner) => owner.uid),
    }))
    next = list.metadata.continue || undefined
    if (next === undefined) return
  }
}

/** What each uid owns. */
export function byOwner(items: readonly Listed[]): ReadonlyMap<string, readonly Listed[]> {
  const owned = new Map<string, Listed[]>()
  for (const item of items) {
    for (const owner of item.owners) {
      const siblings = owned.get(owner)
      if (siblings === undefined) owned.set(owner, [item])
      else siblings.push(item)
    }
  }
  return owned
}
