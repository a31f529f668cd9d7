import { storeKey } from '../../api/store/resource.ts'
import type { StoreEvent } from '../../api/store/store.ts'
import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import type { Controller } from '../runtime/run-controllers.ts'
import type { KubeObject } from '../runtime/shapes.ts'

type Owned = readonly [resource: string, object: KubeObject]
type Owner = { apiVersion: string; kind: string; name: string; uid: string }

/** Deletes objects whose owners are gone, and removes the finalizers that wait for dependents. */
export function garbage(client: Client): Controller {
  return {
    name: 'garbage',
    wakes: (event) => keysToCheck(client, event),
    reconcile(namespace, key) {
      const [resource = '', name = ''] = key.split('|')
      const object = client.get(resource, namespace, name)
      if (object === undefined) return undefined
      const { deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata
      if (deletionTimestamp !== undefined) {
        if (finalizers.includes('orphan')) orphan(client, resource, object)
        if (finalizers.includes('foregroundDeletion')) foreground(client, resource, object)
        return undefined
      }
      if (ownerReferences.length === 0) return undefined
      const mayHaveOwner = ownerReferences.some(
        (owner) => !isKnown(client, owner) || ownerOf(client, namespace, owner) !== undefined,
      )
      if (!mayHaveOwner) client.delete(resource, object, { propagationPolicy: 'Background' })
      return undefined
    },
  }
}

/** Of an object that is gone its owners and dependents; else the object itself, if it has owners or is to be deleted. */
function keysToCheck(client: Client, event: StoreEvent): string[] {
  if (event.resource === keys.events) return []
  const { metadata } = event.object as unknown as KubeObject
  if (event.type === 'DELETED') {
    const owners = (metadata.ownerReferences ?? [])
      .map((owner) => ownerOf(client, event.namespace, owner))
      .filter((owner) => owner !== undefined)
    return [...owners, ...dependentsOf(client, metadata)].map(([resource, each]) =>
      keyOf(resource, each.metadata.namespace ?? '', each.metadata.name),
    )
  }
  const isWatched = metadata.ownerReferences !== undefined || metadata.deletionTimestamp !== undefined
  return isWatched ? [keyOf(event.resource, event.namespace, event.name)] : []
}

function keyOf(resource: string, namespace: string, name: string): string {
  return `${namespace}/${resource}|${name}`
}

/** Whether an owner of a kind that nobody knows is there cannot be told, so Kubernetes takes nothing from it. */
function isKnown(client: Client, { apiVersion, kind }: Owner): boolean {
  return client.cluster.resources.ofKind(apiVersion, kind) !== undefined
}

function ownerOf(client: Client, namespace: string, owner: Owner): Owned | undefined {
  const resource = client.cluster.resources.ofKind(owner.apiVersion, owner.kind)
  if (resource === undefined) return undefined
  const key = storeKey(resource)
  const found = client.get(key, resource.isNamespaced ? namespace : '', owner.name)
  return found?.metadata.uid === owner.uid ? [key, found] : undefined
}

function dependentsOf(client: Client, { uid, namespace }: KubeObject['metadata']): Owned[] {
  return [...new Set(client.cluster.resources.all.map(storeKey))]
    .filter((resource) => resource !== keys.events)
    .flatMap((resource) => client.list(resource, namespace || undefined).map((each): Owned => [resource, each]))
    .filter(([, each]) => each.metadata.ownerReferences?.some((owner) => owner.uid === uid))
}

function removeFinalizer(client: Client, resource: string, object: KubeObject, finalizer: string): void {
  client.change(resource, object, ({ metadata }) => {
    metadata.finalizers = metadata.finalizers?.filter((each) => each !== finalizer)
  })
}

function orphan(client: Client, resource: string, object: KubeObject): void {
  for (const [key, each] of dependentsOf(client, object.metadata)) {
    client.change(key, each, ({ metadata }) => {
      metadata.ownerReferences = metadata.ownerReferences?.filter(({ uid }) => uid !== object.metadata.uid)
    })
  }
  removeFinalizer(client, resource, object, 'orphan')
}

function foreground(client: Client, resource: string, object: KubeObject): void {
  const all = dependentsOf(client, object.metadata)
  for (const [key, each] of all) {
    if (each.metadata.deletionTimestamp === undefined) client.delete(key, each, { propagationPolicy: 'Foreground' })
  }
  const blocking = all.filter(([, each]) =>
    each.metadata.ownerReferences?.some(
      ({ uid, blockOwnerDeletion }) => uid === object.metadata.uid && blockOwnerDeletion,
    ),
  )
  const left = blocking.filter(([key, each]) => client.get(key, each.metadata.namespace ?? '', each.metadata.name))
  if (left.length === 0) removeFinalizer(client, resource, object, 'foregroundDeletion')
}
