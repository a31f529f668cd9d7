import type { IncomingMessage } from 'node:http'
import { issueAccountToken } from '../account-tokens.ts'
import type { Asker, Cluster } from '../cluster.ts'
import { deleteObject, deleteOptionsOf, warnOfOrphans } from '../delete-object.ts'
import { evict } from '../eviction.ts'
import { causes, Fault, invalid, isFault, notFound } from '../fault.ts'
import { type Json, type JsonObject, objectAt, textAt } from '../json.ts'
import { inVersion, listObjects } from '../list-objects.ts'
import { type PatchType, patchObject, patchTypes } from '../patch-object.ts'
import { apiVersionOf, isReview, type Resource, storeKey } from '../resource.ts'
import { answerReview } from '../reviews.ts'
import { scaleOf, writeScale } from '../scale.ts'
import { partialMetadata, tableOf } from '../table/table.ts'
import { createObject, type Target, updateObject, type WriteOptions } from '../write-object.ts'
import { type Accepted, acceptedOf } from './accepted.ts'
import { type Answer, jsonText, listText } from './answer.ts'
import type { AuditNotes } from './audit.ts'
import { includeOf } from './include.ts'
import { isTrue, numberOf, objectOf, readBytes } from './read-request.ts'
import type { Route } from './route.ts'

type ResourceRequest = {
  route: Route
  verb: string
  asker: Asker
  query: URLSearchParams
  request: IncomingMessage
  /** Texts for the client, which a refusal carries as well. */
  warnings: string[]
  /** Is told what was sent. */
  notes: AuditNotes
}

/** Answers a request for objects. Throws Fault. */
export async function answerResource(cluster: Cluster, asked: ResourceRequest): Promise<Answer> {
  const { route, verb, asker, query, request, warnings, notes } = asked
  const accepted = acceptedOf(request.headers.accept)
  const { resource, subresource } = route
  const target: Target = { resource, namespace: route.namespace ?? '', name: route.name ?? '' }
  const sent = verb === 'get' || verb === 'list' ? Buffer.alloc(0) : await readBytes(request)
  if (sent.length > 0) notes.body = sent
  const options = (): WriteOptions => writeOptionsOf(query, verb, asker, (said) => warnings.push(said))
  const one = (status: number, object: JsonObject) =>
    oneObject(cluster, resource, { status, object, accepted, query, warnings })

  switch (verb) {
    case 'list':
      return { ...listAnswer(cluster, route, query, accepted), warnings }
    case 'get': {
      if (subresource === 'scale') return one(200, scaleOf(cluster, target))
      return one(200, readObject(cluster, target))
    }
    case 'create': {
      const { kind } = subresource ? { kind: kindOf(resource, subresource) } : resource
      const body = objectOf(sent, request.headers['content-type'], kind)
      if (isReview(resource))
        return one(201, answerReview(cluster, { resource, namespace: target.namespace, asker }, body))
      if (subresource === 'eviction') return { status: 201, body: evict(cluster, target, withDryRun(body, query)) }
      if (subresource === 'token') return { status: 201, body: issueAccountToken(cluster, target, body) }
      if (subresource === 'binding') return { status: 201, body: bind(cluster, target, body) }
      if (subresource !== '') throw new Fault(404, 'NotFound', 'the server could not find the requested resource', {})
      return one(201, createObject(cluster, target, body, options()))
    }
    case 'update': {
      const body = objectOf(sent, request.headers['content-type'], subresource === 'scale' ? 'Scale' : resource.kind)
      if (subresource === 'scale') return one(200, writeScale(cluster, target, { type: 'put', body }, options()))
      const isThere = cluster.store.get(storeKey(resource), target.namespace, target.name) !== undefined
      return one(isThere ? 200 : 201, updateObject(cluster, { ...target, subresource }, body, options()))
    }
    case 'patch': {
      const type = patchTypeOf(request.headers['content-type'])
      const given = options()
      if (type === 'apply' && !given.fieldManager) throw managerRequired()
      if (type !== 'apply' && query.has('force')) throw forceForbidden()
      if (subresource === 'scale') {
        return one(200, writeScale(cluster, target, { type, body: JSON.parse(sent.toString()) as JsonObject }, given))
      }
      const patch = { type, text: sent.toString() }
      const result = patchObject(cluster, { ...target, subresource }, patch, {
        ...given,
        force: isTrue(query, 'force'),
      })
      return one(result.isNew ? 201 : 200, result.object)
    }
    case 'delete': {
      const body = sent.length === 0 ? {} : objectOf(sent, request.headers['content-type'], 'DeleteOptions')
      return one(
        200,
        deleteObject(cluster, target, { ...deleteOptionsOf(body, query), warn: (said) => warnings.push(said) }),
      )
    }
    case 'deletecollection': {
      const body = sent.length === 0 ? {} : objectOf(sent, request.headers['content-type'], 'DeleteOptions')
      return deleteCollection(cluster, route, { query, body, warnings })
    }
    default:
      throw new Fault(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
  }
}

function readObject({ store }: Cluster, { resource, namespace, name }: Target): JsonObject {
  const found = store.get(storeKey(resource), namespace, name)
  if (found === undefined) throw notFound(resource, name)
  return inVersion(resource, found)
}

function oneObject(
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

function listAnswer(
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

function notAcceptable(message: string): Fault {
  return new Fault(406, 'NotAcceptable', message)
}

/** The name that the API server has for a kind inside. */
function goTypeOf({ group, kind, custom }: Resource): string {
  if (custom) return '*unstructured.Unstructured'
  return `*${group === '' ? 'core' : group.split('.')[0]}.${kind}`
}

const bare = new WeakMap<JsonObject, JsonObject>()

/** Items of a typed list carry no kind of their own. */
function withoutType(object: JsonObject): JsonObject {
  let found = bare.get(object)
  if (found === undefined) {
    const { kind: _, apiVersion: _version, ...rest } = object
    found = rest
    bare.set(object, found)
  }
  return found
}

function deleteCollection(
  cluster: Cluster,
  { resource, namespace }: Route,
  { query, body, warnings }: { query: URLSearchParams; body: JsonObject; warnings: string[] },
): Answer {
  const selection = {
    labelSelector: query.get('labelSelector') ?? undefined,
    fieldSelector: query.get('fieldSelector') ?? undefined,
  }
  const { items, metadata } = listObjects(cluster, { resource, namespace }, selection)
  const options = deleteOptionsOf(body, query)
  warnOfOrphans(resource, { ...options, warn: (said) => warnings.push(said) })
  for (const item of items) {
    const at = {
      resource,
      namespace: textAt(item, 'metadata', 'namespace') ?? '',
      name: textAt(item, 'metadata', 'name') ?? '',
    }
    try {
      deleteObject(cluster, at, options)
    } catch (error) {
      if (!isFault(error, 404)) throw error
    }
  }
  const head = { kind: resource.listKind, apiVersion: apiVersionOf(resource), metadata }
  return { status: 200, body: listText(head, resource.custom ? items : items.map(withoutType)), warnings }
}

function kindOf(resource: Resource, subresource: string): string {
  return resource.subresources.find((each) => each.subresource === subresource)?.responseKind.kind ?? resource.kind
}

function withDryRun(body: JsonObject, query: URLSearchParams): JsonObject {
  if (!query.has('dryRun')) return body
  return { ...body, deleteOptions: { ...objectAt(body, 'deleteOptions'), dryRun: query.getAll('dryRun') } }
}

function bind({ store }: Cluster, { namespace, name, resource }: Target, body: JsonObject): JsonObject {
  const pod = store.get('/pods', namespace, name)
  if (pod === undefined) throw notFound(resource, name)
  const node = textAt(body, 'target', 'name') ?? ''
  store.put('/pods', namespace, name, { ...pod, spec: { ...objectAt(pod, 'spec'), nodeName: node } })
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
}

function patchTypeOf(contentType: string | undefined): PatchType {
  const type = (contentType ?? '').split(';')[0]?.trim() ?? ''
  const found = (patchTypes as Record<string, PatchType>)[type]
  if (found) return found
  const known = [...Object.keys(patchTypes), 'application/apply-patch+cbor']
  throw new Fault(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${known.slice(0, 3).join(', ')}, ${known.slice(3).join(', ')}`,
  )
}

function managerRequired(): Fault {
  return invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
    causes.required('fieldManager', 'is required for apply patch'),
  ])
}

function forceForbidden(): Fault {
  return invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
    causes.forbidden('force', 'may not be specified for non-apply patch'),
  ])
}

const optionKinds: Record<string, string> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' }
const validations = ['Ignore', 'Warn', 'Strict'] as const

function writeOptionsOf(
  query: URLSearchParams,
  verb: string,
  asker: Asker,
  warn: (text: string) => void,
): WriteOptions {
  const dryRun = query.getAll('dryRun')
  const validation = query.get('fieldValidation') ?? ''
  const fieldManager = query.get('fieldManager') ?? undefined
  const found = []
  if (dryRun.some((each) => each !== 'All')) {
    found.push({ ...causes.notSupported('dryRun', dryRun as Json, ['All']) })
  }
  const fieldValidation = validations.find((each) => each === validation)
  if (validation !== '' && fieldValidation === undefined) {
    found.push(causes.notSupported('fieldValidation', validation, ['', 'Ignore', 'Warn', 'Strict']))
  }
  if (fieldManager !== undefined && fieldManager.length > 128) found.push(causes.tooLong('fieldManager', 128))
  if (found.length > 0) throw invalid({ group: 'meta.k8s.io', kind: optionKinds[verb] ?? '' }, '', found)
  return { asker, isDryRun: dryRun.length > 0, fieldManager, fieldValidation, warn }
}
