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
import { Fault, isFault, notFound } from '../values/fault.ts'
import { type JsonObject, objectAt, textAt } from '../values/json.ts'
import { acceptedOf } from './accepted.ts'
import { type Answer, listText } from './answer.ts'
import type { AuditNotes } from './audit.ts'
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
