import type { IncomingMessage } from 'node:http'
import { issueAccountToken } from '../access/account-tokens.ts'
import { answerReview } from '../access/reviews.ts'
import { createObject } from '../objects/create-object.ts'
import { deleteObject, deleteOptionsOf, warnOfOrphans } from '../objects/delete-object.ts'
import { evict } from '../objects/eviction.ts'
import { inVersion, listObjects } from '../objects/list-objects.ts'
import { patchObject } from '../objects/patch-object.ts'
import { scaleOf, writeScale } from '../objects/scale.ts'
import { updateObject } from '../objects/update-object.ts'
import type { Target, WriteOptions } from '../objects/write-object.ts'
import type { Asker, Cluster } from '../store/cluster.ts'
import { apiVersionOf, isReview, type Resource, storeKey } from '../store/resource.ts'
import { ApiStatusError, isApiStatusError, notFound } from '../values/api-status-error.ts'
import { type JsonObject, objectAt, textAt } from '../values/json.ts'
import { type Answer, listText } from './answer.ts'
import type { AuditNotes } from './audit.ts'
import { type Accepted, negotiate } from './negotiate.ts'
import { listAnswer, oneObject, withoutType } from './object-answer.ts'
import { isTrue, objectOf, readBytes } from './read-request.ts'
import type { Route } from './route.ts'
import { forceForbidden, managerRequired, patchTypeOf, writeOptionsOf } from './write-query.ts'

type ResourceRequest = {
  route: Route
  verb: string
  asker: Asker
  query: URLSearchParams
  request: IncomingMessage
  /** Texts for the client, which a refusal carries as well. */
  warnings: string[]
  /** Takes the body for the audit record. */
  notes: AuditNotes
}

/** What every verb needs: where it acts, what was sent, and how its answer is written. */
type Handling = Omit<ResourceRequest, 'notes'> & {
  cluster: Cluster
  target: Target
  subresource: string
  accepted: Accepted
  sent: Buffer
  warn: (text: string) => void
}

/** Answers a request for objects. Throws ApiStatusError. */
export async function answerResource(cluster: Cluster, resourceRequest: ResourceRequest): Promise<Answer> {
  const { notes, ...rest } = resourceRequest
  const { route, verb, request, warnings } = rest
  const accepted = negotiate(request.headers.accept)
  const answer = verbs.get(verb)
  const sent = verb === 'get' || verb === 'list' ? Buffer.alloc(0) : await readBytes(request)
  if (sent.length > 0) notes.body = sent
  if (answer === undefined) {
    throw new ApiStatusError(
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
      {},
    )
  }
  return answer({
    ...rest,
    cluster,
    target: { resource: route.resource, namespace: route.namespace ?? '', name: route.name ?? '' },
    subresource: route.subresource,
    accepted,
    sent,
    warn: (text) => warnings.push(text),
  })
}

const verbs: ReadonlyMap<string, (handling: Handling) => Answer> = new Map([
  ['list', answerList],
  ['get', answerGet],
  ['create', answerCreate],
  ['update', answerUpdate],
  ['patch', answerPatch],
  ['delete', answerDelete],
  ['deletecollection', answerDeleteCollection],
])

function answerList({ cluster, route, query, accepted, warnings }: Handling): Answer {
  return { ...listAnswer(cluster, route, query, accepted), warnings }
}

function answerGet(handling: Handling): Answer {
  const { cluster, target, subresource } = handling
  return one(handling, 200, subresource === 'scale' ? scaleOf(cluster, target) : readObject(cluster, target))
}

function answerCreate(handling: Handling): Answer {
  const { cluster, target, subresource, asker, query } = handling
  const { resource, namespace } = target
  const body = bodyOf(handling, subresource ? kindOf(resource, subresource) : resource.kind)
  if (isReview(resource)) return one(handling, 201, answerReview(cluster, { resource, namespace, asker }, body))
  if (subresource === 'eviction') return { status: 201, body: evict(cluster, target, withDryRun(body, query)) }
  if (subresource === 'token') return { status: 201, body: issueAccountToken(cluster, target, body) }
  if (subresource === 'binding') return { status: 201, body: bind(cluster, target, body) }
  if (subresource !== '')
    throw new ApiStatusError(404, 'NotFound', 'the server could not find the requested resource', {})
  return one(handling, 201, createObject(cluster, target, body, optionsOf(handling)))
}

function answerUpdate(handling: Handling): Answer {
  const { cluster, target, subresource } = handling
  const { resource, namespace, name } = target
  const body = bodyOf(handling, subresource === 'scale' ? 'Scale' : resource.kind)
  if (subresource === 'scale') {
    return one(handling, 200, writeScale(cluster, target, { type: 'put', body }, optionsOf(handling)))
  }
  const isThere = cluster.store.get(storeKey(resource), namespace, name) !== undefined
  const updated = updateObject(cluster, { ...target, subresource }, body, optionsOf(handling))
  return one(handling, isThere ? 200 : 201, updated)
}

function answerPatch(handling: Handling): Answer {
  const { cluster, target, subresource, query, request, sent } = handling
  const type = patchTypeOf(request.headers['content-type'])
  const options = optionsOf(handling)
  if (type === 'apply' && !options.fieldManager) throw managerRequired()
  if (type !== 'apply' && query.has('force')) throw forceForbidden()
  const text = sent.toString()
  if (subresource === 'scale') {
    return one(handling, 200, writeScale(cluster, target, { type, body: JSON.parse(text) as JsonObject }, options))
  }
  const force = isTrue(query, 'force')
  const { isNew, object } = patchObject(cluster, { ...target, subresource }, { type, text }, { ...options, force })
  return one(handling, isNew ? 201 : 200, object)
}

function answerDelete(handling: Handling): Answer {
  const { cluster, target, query, warn } = handling
  return one(handling, 200, deleteObject(cluster, target, { ...deleteOptionsOf(deleteBody(handling), query), warn }))
}

function answerDeleteCollection(handling: Handling): Answer {
  const { cluster, query, warn, warnings, route } = handling
  const { resource, namespace } = route
  const selection = {
    labelSelector: query.get('labelSelector') ?? undefined,
    fieldSelector: query.get('fieldSelector') ?? undefined,
  }
  const body = deleteBody(handling)
  const { items, metadata } = listObjects(cluster, { resource, namespace }, selection)
  const options = deleteOptionsOf(body, query)
  warnOfOrphans(resource, { ...options, warn })
  for (const item of items) {
    const at = {
      resource,
      namespace: textAt(item, 'metadata', 'namespace') ?? '',
      name: textAt(item, 'metadata', 'name') ?? '',
    }
    try {
      deleteObject(cluster, at, options)
    } catch (error) {
      if (!isApiStatusError(error, 404)) throw error
    }
  }
  const head = { kind: resource.listKind, apiVersion: apiVersionOf(resource), metadata }
  return { status: 200, body: listText(head, resource.custom ? items : items.map(withoutType)), warnings }
}

function one({ cluster, route, accepted, query, warnings }: Handling, status: number, object: JsonObject): Answer {
  return oneObject(cluster, route.resource, { status, object, accepted, query, warnings })
}

function optionsOf({ query, verb, asker, warn }: Handling): WriteOptions {
  return writeOptionsOf(query, verb, asker, warn)
}

function bodyOf({ sent, request }: Handling, kind: string): JsonObject {
  return objectOf(sent, request.headers['content-type'], kind)
}

function deleteBody(handling: Handling): JsonObject {
  return handling.sent.length === 0 ? {} : bodyOf(handling, 'DeleteOptions')
}

function readObject({ store }: Cluster, { resource, namespace, name }: Target): JsonObject {
  const found = store.get(storeKey(resource), namespace, name)
  if (found === undefined) throw notFound(resource, name)
  return inVersion(resource, found)
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
