import type { Cluster } from '../store/cluster.ts'
import { apiVersionOf, type Resource, storeKey } from '../store/resource.ts'
import type { StoreEvent } from '../store/store.ts'
import { isApiStatusError } from '../values/api-status-error.ts'
import { type JsonObject, objectAt } from '../values/json.ts'
import { inVersion, type Selection, selectionOf } from './list-objects.ts'

export type WatchOptions = Selection & {
  resourceVersion?: string
  allowWatchBookmarks?: boolean
  sendInitialEvents?: boolean
}
export type WatchEvent = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'; object: JsonObject }

const BOOKMARK_MS = 30_000

/**
 * Tells `send` every change of a collection that a selection sees, first what is there or has happened since a version.
 * Call the answer to stop. Throws ApiStatusError on a selector that cannot be read.
 */
export function watchObjects(
  { store, clock }: Cluster,
  { resource, namespace }: { resource: Resource; namespace: string | undefined },
  options: WatchOptions,
  send: (event: WatchEvent) => void,
): () => void {
  const isSelected = selectionOf(resource, options)
  const key = storeKey(resource)
  const bookmark = (annotations?: JsonObject): WatchEvent => {
    const metadata = {
      resourceVersion: String(store.revision),
      creationTimestamp: null,
      ...(annotations && { annotations }),
    }
    return { type: 'BOOKMARK', object: { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata } }
  }
  const tell = (event: StoreEvent) => {
    if (event.resource !== key || (namespace !== undefined && event.namespace !== namespace)) return
    const isIn = event.type !== 'DELETED' && isSelected(event.object)
    const wasIn = event.previous !== undefined && isSelected(event.previous)
    if (!isIn && !wasIn) return
    const type = isIn && wasIn ? 'MODIFIED' : isIn ? 'ADDED' : 'DELETED'
    send({ type, object: inVersion(resource, type === 'DELETED' ? lastSeen(event) : event.object) })
  }
  const from = options.resourceVersion ?? ''
  if (options.sendInitialEvents || from === '' || from === '0') {
    if (options.sendInitialEvents !== false) {
      for (const object of store.list(key, namespace).filter(isSelected)) {
        send({ type: 'ADDED', object: inVersion(resource, object) })
      }
    }
    if (options.sendInitialEvents) send(bookmark({ 'k8s.io/initial-events-end': 'true' }))
  } else {
    try {
      for (const event of store.since(Number(from))) tell(event)
    } catch (error) {
      if (!isApiStatusError(error, 410)) throw error
      send({ type: 'ERROR', object: error.status })
      return () => undefined
    }
  }
  const stopListening = store.listen(tell)
  let stopBookmarks: () => void = () => undefined
  const markLater = () => {
    stopBookmarks = clock.after(BOOKMARK_MS, () => {
      send(bookmark())
      markLater()
    })
  }
  if (options.allowWatchBookmarks) markLater()
  return () => {
    stopListening()
    stopBookmarks()
  }
}

/** What left the selection, as it last was, under the version at which it left. */
function lastSeen({ object, previous }: StoreEvent): JsonObject {
  const { resourceVersion } = objectAt(object, 'metadata')
  const seen = previous ?? object
  return { ...seen, metadata: { ...objectAt(seen, 'metadata'), resourceVersion: resourceVersion ?? '' } }
}
