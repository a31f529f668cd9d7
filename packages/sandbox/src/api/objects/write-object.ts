import type { Asker } from '../store/cluster.ts'
import type { Resource } from '../store/resource.ts'
import { badRequest } from '../values/api-status-error.ts'
import { type JsonObject, textAt } from '../values/json.ts'

export type WriteOptions = {
  asker: Asker
  isDryRun?: boolean
  fieldManager?: string
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore'
  /** Collects the texts of `Warning` headers. */
  warn?: (text: string) => void
}

/** Where in the cluster a request points. `namespace` is empty for cluster-scoped kinds. */
export type Target = { resource: Resource; namespace: string; name: string }

export function managerOf({ fieldManager, asker }: Pick<WriteOptions, 'fieldManager' | 'asker'>): string {
  if (fieldManager) return fieldManager
  const first = asker.userAgent.split('/')[0] ?? ''
  return first === '' ? 'unknown' : first.slice(0, 128)
}

export function settleNamespace(resource: Resource, namespace: string, metadata: JsonObject): void {
  const given = textAt(metadata, 'namespace') ?? ''
  if (!resource.isNamespaced) {
    if (given !== '')
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
    return
  }
  if (given !== '' && given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  metadata.namespace = namespace
}

/** The format that the API server stores its own kinds in does not tell an empty list from none. */
export function forgetEmptyLists({ type, custom }: Resource, object: JsonObject): void {
  if (custom || type.is !== 'struct') return
  for (const [name, field] of type.fields) {
    const value = object[name]
    if (field.isAlways && Array.isArray(value) && value.length === 0) object[name] = null
  }
}

/** The head first, as people read it. */
export function ordered(object: JsonObject): JsonObject {
  const { kind, apiVersion, metadata, ...rest } = object
  return { kind: kind ?? '', apiVersion: apiVersion ?? '', metadata: metadata ?? {}, ...rest }
}
