import type { Cluster } from './cluster.ts'
import { Fault, forbidden, notFound } from './fault.ts'
import { type JsonObject, textAt } from './json.ts'
import type { Resource } from './resource.ts'
import type { WriteOptions } from './write-object.ts'

type Place = { resource: Resource; namespace: string }

/** What stands between a request and the object being made. Changes the object in place; throws Fault. */
export function admitCreation(
  cluster: Cluster,
  { resource, namespace }: Place,
  object: JsonObject,
  _options: WriteOptions,
): void {
  if (resource.isNamespaced) requireNamespace(cluster, { resource, namespace }, object)
}

/** The last checks, on what would be stored. */
admitCreation.last = (_cluster: Cluster, _place: Place, _object: JsonObject): void => undefined

export function admitUpdate(
  _cluster: Cluster,
  _place: Place & { subresource: string },
  _object: JsonObject,
  _live: JsonObject,
): void {}

function requireNamespace(cluster: Cluster, { resource, namespace }: Place, object: JsonObject): void {
  const found = cluster.store.get('/namespaces', '', namespace)
  if (found === undefined) throw notFound({ group: '', plural: 'namespaces' }, namespace)
  if (textAt(found, 'metadata', 'deletionTimestamp') === undefined) return
  const name = textAt(object, 'metadata', 'name') ?? ''
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  const fault = forbidden(resource, name, why)
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  }
  throw new Fault(fault.code, fault.reason, fault.message, { ...fault.details, causes: [cause] })
}
