import type { Cluster } from '../store/cluster.ts'
import { apiVersionOf, type Resource, storeKey } from '../store/resource.ts'
import { ApiStatusError, badRequest, expired } from '../values/api-status-error.ts'
import { type JsonObject, textAt } from '../values/json.ts'
import { labelsOf, parseFieldSelector, parseLabelSelector } from '../values/selectors.ts'

export type Selection = { labelSelector?: string; fieldSelector?: string }
export type ListOptions = Selection & {
  limit?: number
  continue?: string
  resourceVersion?: string
  resourceVersionMatch?: string
}
export type Listed = { items: JsonObject[]; metadata: JsonObject }

type Token = { revision: number; after: string }

/** Which objects a request means. Throws ApiStatusError on a selector that cannot be read. */
export function selectionOf(resource: Resource, { labelSelector, fieldSelector }: Selection) {
  const byLabel = labelSelector ? parseLabelSelector(labelSelector) : () => true
  const byField = fieldSelector
    ? parseFieldSelector(fieldSelector, storeKey(resource), resource.isNamespaced)
    : () => true
  return (object: JsonObject) => byLabel(labelsOf(object)) && byField(object)
}

/** A page of a collection, of all namespaces when none is given. Throws ApiStatusError. */
export function listObjects(
  { store }: Cluster,
  { resource, namespace }: { resource: Resource; namespace: string | undefined },
  options: ListOptions,
): Listed {
  const isSelected = selectionOf(resource, options)
  const token = options.continue ? tokenOf(options.continue) : undefined
  const minimum = Number(options.resourceVersion ?? 0)
  if (token && options.resourceVersion && options.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  if (minimum > store.revision) {
    throw new ApiStatusError(504, 'Timeout', `Too large resource version: ${minimum}, current: ${store.revision}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    })
  }
  const exact = options.resourceVersionMatch === 'Exact' ? minimum : undefined
  const revision = token?.revision ?? exact ?? store.revision
  const entries = readAt(store, storeKey(resource), { namespace, revision })
  const selected = entries.filter(([key, object]) => (token === undefined || key > token.after) && isSelected(object))
  const page = options.limit ? selected.slice(0, options.limit) : selected
  const last = page.at(-1)
  const metadata: JsonObject = { resourceVersion: String(revision) }
  // With a selector nobody knows whether one of the rest fits, before they are looked at.
  const isMore =
    last !== undefined &&
    options.limit !== undefined &&
    page.length === options.limit &&
    entries.some(([key]) => key > last[0])
  if (last && isMore) {
    metadata.continue = Buffer.from(JSON.stringify({ revision, after: last[0] })).toString('base64url')
    const isCounted = !options.labelSelector && !options.fieldSelector
    if (isCounted) metadata.remainingItemCount = selected.length - page.length
  }
  return { items: page.map(([, object]) => inVersion(resource, object)), metadata }
}

/** A custom object in the version of its kind that the request names. */
export function inVersion(resource: Resource, object: JsonObject): JsonObject {
  if (!resource.custom || textAt(object, 'apiVersion') === apiVersionOf(resource)) return object
  return { ...object, apiVersion: apiVersionOf(resource) }
}

function readAt(
  store: Cluster['store'],
  key: string,
  { namespace, revision }: { namespace: string | undefined; revision: number },
) {
  try {
    return store.entriesAt(key, namespace, revision)
  } catch (error) {
    if (!(error instanceof ApiStatusError)) throw error
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    )
  }
}

function tokenOf(text: string): Token {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (typeof token === 'object' && token !== null && 'revision' in token && 'after' in token) {
      if (typeof token.revision === 'number' && typeof token.after === 'string') {
        return { revision: token.revision, after: token.after }
      }
    }
  } catch {
    // Said below, as for a token that is JSON but not ours.
  }
  throw badRequest('continue key is not valid: illegal base64 data at input byte 0')
}
