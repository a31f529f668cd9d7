import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import type { Controller } from '../runtime/run-controllers.ts'
import type { KubeObject } from '../runtime/shapes.ts'

/** Takes away what belonged to something that is gone, and lets go of what waits for its dependents. */
export function garbage(client: Client): Controller {
  const { store, resources } = client.cluster
  const keyOf = (resource: string, namespace: string, name: string) => `${namespace}/${resource}|${name}`
  const everything = (namespace: string): [string, KubeObject][] =>
    [...new Set(resources.all.map(({ group, plural }) => `${group}/${plural}`))]
      .filter((resource) => resource !== keys.events)
      .flatMap((resource) =>
        client.list(resource, namespace || undefined).map((each): [string, KubeObject] => [resource, each]),
      )
  const dependents = (of: KubeObject): [string, KubeObject][] =>
    everything(of.metadata.namespace ?? '').filter(([, each]) =>
      each.metadata.ownerReferences?.some(({ uid }) => uid === of.metadata.uid),
    )
  const exists = (
    namespace: string,
    owner: { apiVersion: string; kind: string; name: string; uid: string },
  ): KubeObject | undefined => {
    const resource = resources.ofKind(owner.apiVersion, owner.kind)
    if (resource === undefined) return undefined
    const found = client.get(`${resource.group}/${resource.plural}`, resource.isNamespaced ? namespace : '', owner.name)
    return found?.metadata.uid === owner.uid ? found : undefined
  }
  return {
    name: 'garbage',
    wakes(event) {
      if (event.resource === keys.events) return []
      const object = event.object as unknown as KubeObject
      if (event.type === 'DELETED') {
        const owners = (object.metadata.ownerReferences ?? []).flatMap((owner) => {
          const found = exists(event.namespace, owner)
          const resource = found && resources.ofKind(owner.apiVersion, owner.kind)
          return resource
            ? [keyOf(`${resource.group}/${resource.plural}`, found.metadata.namespace ?? '', found.metadata.name)]
            : []
        })
        return [
          ...owners,
          ...dependents(object).map(([resource, each]) =>
            keyOf(resource, each.metadata.namespace ?? '', each.metadata.name),
          ),
        ]
      }
      const isWatched = object.metadata.ownerReferences !== undefined || object.metadata.deletionTimestamp !== undefined
      return isWatched ? [keyOf(event.resource, event.namespace, event.name)] : []
    },
    reconcile(namespace, key) {
      const [resource = '', name = ''] = key.split('|')
      const object = store.get(resource, namespace, name) as unknown as KubeObject | undefined
      if (object === undefined) return undefined
      const { deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata
      if (deletionTimestamp !== undefined) {
        if (finalizers.includes('orphan')) orphan(client, resource, object, dependents(object))
        if (finalizers.includes('foregroundDeletion')) foreground(client, resource, object, dependents(object))
        return undefined
      }
      if (ownerReferences.length === 0) return undefined
      const there = ownerReferences.flatMap((owner) => exists(namespace, owner) ?? [])
      if (there.length === 0) client.delete(resource, object, { propagationPolicy: 'Background' })
      return undefined
    },
  }
}

function letGo(client: Client, resource: string, object: KubeObject, finalizer: string): void {
  client.change(resource, object, ({ metadata }) => {
    metadata.finalizers = metadata.finalizers?.filter((each) => each !== finalizer)
  })
}

function orphan(client: Client, resource: string, object: KubeObject, all: readonly [string, KubeObject][]): void {
  for (const [key, each] of all) {
    client.change(key, each, ({ metadata }) => {
      metadata.ownerReferences = metadata.ownerReferences?.filter(({ uid }) => uid !== object.metadata.uid)
    })
  }
  letGo(client, resource, object, 'orphan')
}

function foreground(client: Client, resource: string, object: KubeObject, all: readonly [string, KubeObject][]): void {
  for (const [key, each] of all) {
    if (each.metadata.deletionTimestamp === undefined) client.delete(key, each, { propagationPolicy: 'Foreground' })
  }
  const blocking = all.filter(([, each]) =>
    each.metadata.ownerReferences?.some(
      ({ uid, blockOwnerDeletion }) => uid === object.metadata.uid && blockOwnerDeletion,
    ),
  )
  const left = blocking.filter(([key, each]) => client.get(key, each.metadata.namespace ?? '', each.metadata.name))
  if (left.length === 0) letGo(client, resource, object, 'foregroundDeletion')
}
