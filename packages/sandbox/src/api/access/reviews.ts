import { readBody } from '../objects/read-body.ts'
import type { Asker, Cluster, User } from '../store/cluster.ts'
import type { Resource } from '../store/resource.ts'
import { badRequest, causes, invalid } from '../values/api-status-error.ts'
import { isObject, type Json, type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'
import { userOfAccountToken } from './account-tokens.ts'
import { type Action, authorize, rulesOf } from './rbac.ts'

/** Answers a review: who may do what, who is asking. Throws ApiStatusError. */
export function answerReview(
  cluster: Cluster,
  { resource, namespace, asker }: { resource: Resource; namespace: string; asker: Asker },
  body: JsonObject,
): JsonObject {
  const review = readBody(resource, body, {})
  const spec = objectAt(review, 'spec')
  switch (resource.kind) {
    case 'SelfSubjectReview':
      return { ...review, status: { userInfo: userInfoOf(asker.user) } }
    case 'TokenReview': {
      const user = userOfAccountToken(cluster, textAt(spec, 'token') ?? '')
      if (user === undefined) {
        return { ...review, status: { user: {}, error: 'invalid bearer token, token lookup failed' } }
      }
      const known = { ...user, groups: [...user.groups, 'system:authenticated'] }
      return { ...review, status: { authenticated: true, user: userInfoOf(known) } }
    }
    case 'SelfSubjectRulesReview':
      return { ...review, status: rulesStatus(cluster, asker.user, textAt(spec, 'namespace')) }
    case 'SelfSubjectAccessReview':
      requireAttributes(resource, spec)
      return { ...review, status: ruled(cluster, asker.user, spec) }
    default: {
      requireAttributes(resource, spec)
      const user = textAt(spec, 'user') ?? ''
      const groups = listAt(spec, 'groups').map(String)
      if (user === '' && groups.length === 0) {
        throw invalid(resource, '', [causes.required('spec.user', 'at least one of user or group must be specified')])
      }
      const wanted = textAt(spec, 'resourceAttributes', 'namespace') ?? ''
      if (resource.kind === 'LocalSubjectAccessReview' && wanted !== namespace) {
        throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`)
      }
      return { ...review, status: ruled(cluster, { name: user, groups }, spec) }
    }
  }
}

function userInfoOf({ name, uid, groups, extra }: User): JsonObject {
  return { username: name, ...(uid && { uid }), groups: [...groups], ...(extra && { extra: { ...extra } }) }
}

function requireAttributes(resource: Resource, spec: JsonObject): void {
  const has = (field: string) => isObject(spec[field])
  if (has('resourceAttributes') !== has('nonResourceAttributes')) return
  const cause = has('resourceAttributes')
    ? causes.invalid(
        'spec.nonResourceAttributes',
        spec.nonResourceAttributes,
        'cannot be specified in combination with resourceAttributes',
      )
    : causes.invalid(
        'spec.resourceAttributes',
        null,
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      )
  throw invalid(resource, '', [cause])
}

function ruled(cluster: Cluster, user: User, spec: JsonObject): JsonObject {
  const wanted = objectAt(spec, 'resourceAttributes')
  const path = textAt(spec, 'nonResourceAttributes', 'path')
  const action: Action =
    path === undefined
      ? {
          verb: textAt(wanted, 'verb') ?? '',
          group: textAt(wanted, 'group') ?? '',
          resource: textAt(wanted, 'resource') ?? '',
          subresource: textAt(wanted, 'subresource') ?? '',
          namespace: textAt(wanted, 'namespace'),
          name: textAt(wanted, 'name'),
        }
      : { verb: textAt(spec, 'nonResourceAttributes', 'verb') ?? '', path }
  const { isAllowed, reason } = authorize(cluster, user, action)
  return { allowed: isAllowed, ...(reason && { reason }) }
}

function rulesStatus(cluster: Cluster, user: User, namespace: string | undefined): JsonObject {
  const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
  const all: Json[] = user.groups.includes('system:masters')
    ? [everything, { nonResourceURLs: ['*'], verbs: ['*'] }]
    : rulesOf(cluster, user, namespace).flatMap(({ rules }) => rules)
  const isPath = (rule: Json) => listAt(rule, 'nonResourceURLs').length > 0
  return {
    resourceRules: all.filter((rule) => !isPath(rule)),
    nonResourceRules: all
      .filter(isPath)
      .map((rule) => ({ verbs: listAt(rule, 'verbs'), nonResourceURLs: listAt(rule, 'nonResourceURLs') })),
    incomplete: false,
  }
}
