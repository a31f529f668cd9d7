import { listObjects } from '../objects/list-objects.ts'
import type { Cluster } from '../store/cluster.ts'
import { apiVersionOf, type Resource } from '../store/resource.ts'
import { partialMetadata, tableOf } from '../table/table.ts'
import { ApiStatusError } from '../values/api-status-error.ts'
import { type JsonObject, textAt } from '../values/json.ts'
import { type Answer, jsonText, listText } from './answer.ts'
import { includeOf } from './include.ts'
import type { Accepted } from './negotiate.ts'
import { numberOf } from './read-request.ts'
import type { Route } from './route.ts'

/** One object in the form that the client accepts: whole, its metadata, or a row of a table. Throws ApiStatusError. */
export function oneObject(
  { clock }: Cluster,
  resource: Resource,
  {
    status,
    object,
    accepted,
    query,
    warnings,
  }: { status: number; object: JsonObject; accepted: Accepted; query: URLSearchParams; warnings: string[] },
): Answer {
  const { contentType } = accepted
  const isOwn = object.kind === resource.kind
  if (accepted.as === 'PartialObjectMetadataList' && isOwn) {
    throw notAcceptable(
      `you requested PartialObjectMetadataList, but the requested object is not a list (${goTypeOf(resource)})`,
    )
  }
  if (accepted.as === 'Table' && isOwn) {
    const listed = { resourceVersion: textAt(object, 'metadata', 'resourceVersion') ?? '' }
    const body = tableOf(resource, [object], { clock, listed, include: includeOf(query) })
    return { status, body, contentType, warnings }
  }
  if (accepted.as.startsWith('Partial') && isOwn)
    return { status, body: partialMetadata(object), contentType, warnings }
  return { status, body: jsonText(object), contentType, warnings }
}

/** A list in the form that the client accepts. Throws ApiStatusError. */
export function listAnswer(
  cluster: Cluster,
  { resource, namespace, name }: Route,
  query: URLSearchParams,
  accepted: Accepted,
): Answer {
  const { items, metadata } = listObjects(
    cluster,
    { resource, namespace },
    {
      labelSelector: query.get('labelSelector') ?? undefined,
      fieldSelector: name === undefined ? (query.get('fieldSelector') ?? undefined) : `metadata.name=${name}`,
      limit: numberOf(query, 'limit'),
      continue: query.get('continue') ?? undefined,
      resourceVersion: query.get('resourceVersion') ?? undefined,
      resourceVersionMatch: query.get('resourceVersionMatch') ?? undefined,
    },
  )
  const { contentType } = accepted
  if (accepted.as === 'PartialObjectMetadata') {
    throw notAcceptable(
      `you requested PartialObjectMetadata, but the requested object is a list (${goTypeOf(resource)}List)`,
    )
  }
  if (accepted.as === 'Table') {
    const body = tableOf(resource, items, { clock: cluster.clock, listed: metadata, include: includeOf(query) })
    return { status: 200, body, contentType }
  }
  if (accepted.as.startsWith('Partial')) {
    const head = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata }
    return {
      status: 200,
      body: { ...head, items: items.length > 0 ? items.map((each) => partialMetadata(each)) : null },
      contentType,
    }
  }
  const head = { kind: resource.listKind, apiVersion: apiVersionOf(resource), metadata }
  const plain = resource.custom ? items : items.map(withoutType)
  return { status: 200, body: listText(head, plain), contentType }
}

function notAcceptable(message: string): ApiStatusError {
  return new ApiStatusError(406, 'NotAcceptable', message)
}

/** The name that the API server has for a kind inside. */
function goTypeOf({ group, kind, custom }: Resource): string {
  if (custom) return '*unstructured.Unstructured'
  return `*${group === '' ? 'core' : group.split('.')[0]}.${kind}`
}

const bare = new WeakMap<JsonObject, JsonObject>()

/** Items of a typed list carry no kind of their own. */
export function withoutType(object: JsonObject): JsonObject {
  let found = bare.get(object)
  if (found === undefined) {
    const { kind: _, apiVersion: _version, ...rest } = object
    found = rest
    bare.set(object, found)
  }
  return found
}
