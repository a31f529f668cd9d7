import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { timestamp } from '../../clock.ts'
import type { Target } from '../objects/write-object.ts'
import type { Cluster, User } from '../store/cluster.ts'
import { badRequest, causes, conflict, invalid, notFound } from '../values/api-status-error.ts'
import { isObject, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'

const ISSUER = 'https://kubernetes.default.svc'
const SHORTEST_S = 600
const LONGEST_S = 2 ** 32
const USUAL_S = 3_600

/** Answers a TokenRequest for a service account. Its token ends with its time, its account, its pod, or the sandbox. Throws ApiStatusError. */
export function issueAccountToken(
  cluster: Cluster,
  { resource, namespace, name }: Target,
  body: JsonObject,
): JsonObject {
  const account = cluster.store.get('/serviceaccounts', namespace, name)
  if (account === undefined) throw notFound(resource, name)
  const spec = objectAt(body, 'spec')
  const seconds = numberAt(spec, 'expirationSeconds') ?? USUAL_S
  requireLifetime(seconds)
  const given = listAt(spec, 'audiences').map(String)
  const audiences = given.length > 0 ? given : [ISSUER]
  const bound = isObject(spec.boundObjectRef) ? spec.boundObjectRef : undefined
  const pod = bound && podOf(cluster, { namespace, account: name }, bound)
  const issuedAt = Math.floor(cluster.clock.now() / 1_000)
  const token = signed(cluster, {
    iss: ISSUER,
    sub: userNameOf(namespace, name),
    aud: audiences,
    jti: randomUUID(),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + seconds,
    'kubernetes.io': {
      namespace,
      serviceaccount: { name, uid: textAt(account, 'metadata', 'uid') ?? '' },
      ...(pod && { pod: { name: textAt(pod, 'metadata', 'name') ?? '', uid: textAt(pod, 'metadata', 'uid') ?? '' } }),
    },
  })
  const expirationTimestamp = `${new Date((issuedAt + seconds) * 1_000).toISOString().slice(0, 19)}Z`
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: timestamp(cluster.clock) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: bound ?? null },
    status: { token, expirationTimestamp },
  }
}

/** The account that a token was issued for; undefined when it was not issued here, or is good no longer. */
export function userOfAccountToken(cluster: Cluster, token: string): User | undefined {
  const claims = claimsOf(cluster, token)
  if (claims === undefined || (numberAt(claims, 'exp') ?? 0) * 1_000 <= cluster.clock.now()) return undefined
  const own = objectAt(claims, 'kubernetes.io')
  const namespace = textAt(own, 'namespace') ?? ''
  const isThere = (key: string, of: JsonObject) =>
    textAt(cluster.store.get(key, namespace, textAt(of, 'name') ?? ''), 'metadata', 'uid') === textAt(of, 'uid')
  const account = objectAt(own, 'serviceaccount')
  if (!isThere('/serviceaccounts', account)) return undefined
  const pod = isObject(own.pod) ? own.pod : undefined
  if (pod && !isThere('/pods', pod)) return undefined
  const extra = (name: string, value: string | undefined) => ({
    [`authentication.kubernetes.io/${name}`]: [value ?? ''],
  })
  return {
    name: textAt(claims, 'sub') ?? '',
    uid: textAt(account, 'uid'),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra: {
      ...extra('credential-id', `JTI=${textAt(claims, 'jti')}`),
      ...(pod && { ...extra('pod-name', textAt(pod, 'name')), ...extra('pod-uid', textAt(pod, 'uid')) }),
    },
  }
}

function userNameOf(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`
}

function requireLifetime(seconds: number): void {
  const why =
    seconds < SHORTEST_S
      ? 'may not specify a duration less than 10 minutes'
      : seconds > LONGEST_S
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined
  if (why === undefined) return
  const cause = causes.invalid('spec.expirationSeconds', seconds, why)
  throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [cause])
}

/** The pod that a token shall end with. */
function podOf(
  { store }: Cluster,
  { namespace, account }: { namespace: string; account: string },
  bound: JsonObject,
): JsonObject {
  const [kind, version] = [textAt(bound, 'kind') ?? '', textAt(bound, 'apiVersion') ?? '']
  if (kind !== 'Pod' || version !== 'v1')
    throw badRequest(`cannot bind token for serviceaccount to type ${version}, Kind=${kind}`)
  const name = textAt(bound, 'name') ?? ''
  const pods = { group: '', plural: 'pods' }
  const pod = store.get('/pods', namespace, name)
  if (pod === undefined) throw notFound(pods, name)
  const [wanted, uid] = [textAt(bound, 'uid'), textAt(pod, 'metadata', 'uid')]
  if (wanted && wanted !== uid) {
    const why = `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`
    throw conflict(pods, name, why)
  }
  if (textAt(pod, 'spec', 'serviceAccountName') !== account) {
    throw badRequest(
      `cannot bind token for serviceaccount "${account}" to pod running with different serviceaccount name.`,
    )
  }
  return pod
}

function signed(cluster: Cluster, claims: object): string {
  const content = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${content}.${signatureOf(cluster, content)}`
}

function signatureOf({ accountKey }: Cluster, content: string): string {
  return createHmac('sha256', accountKey).update(content).digest('base64url')
}

function claimsOf(cluster: Cluster, token: string): JsonObject | undefined {
  const [head = '', claims = '', signature = ''] = token.split('.')
  const [given, own] = [Buffer.from(signature), Buffer.from(signatureOf(cluster, `${head}.${claims}`))]
  if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as JsonObject
}
