import { timestamp } from '../../clock.ts'
import { strategyOf } from '../kinds/strategies.ts'
import type { Cluster } from '../store/cluster.ts'
import { storeKey } from '../store/resource.ts'
import { badRequest, causes, conflict, forbidden, invalid, notFound } from '../values/api-status-error.ts'
import { cloned, isObject, type Json, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import type { Target } from './write-object.ts'

export type DeleteOptions = {
  gracePeriodSeconds?: number
  propagationPolicy?: string
  orphanDependents?: boolean
  preconditions?: { uid?: string; resourceVersion?: string }
  isDryRun?: boolean
  /** Is called with a warning for the client. */
  warn?: (text: string) => void
}

const policies = ['Background', 'Foreground', 'Orphan']
const system = ['default', 'kube-system', 'kube-public']

/** What stands in the body of a deletion, or in its query. Throws ApiStatusError. */
export function deleteOptionsOf(body: JsonObject, query: URLSearchParams): DeleteOptions {
  const isFromBody = Object.keys(body).length > 0
  const grace = isFromBody ? numberAt(body, 'gracePeriodSeconds') : numberOf(query.get('gracePeriodSeconds'))
  const policy = isFromBody ? textAt(body, 'propagationPolicy') : (query.get('propagationPolicy') ?? undefined)
  const dryRun = isFromBody ? listAt(body, 'dryRun') : query.getAll('dryRun')
  const found = []
  if (policy !== undefined && !policies.includes(policy)) {
    found.push(causes.notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']))
  }
  if (policy !== undefined && typeof body.orphanDependents === 'boolean') {
    found.push(
      causes.invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'),
    )
  }
  if (dryRun.some((each) => each !== 'All')) {
    found.push({
      ...causes.notSupported('dryRun', dryRun, ['All']),
      message: `Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`,
    })
  }
  if (found.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', found)
  const { preconditions } = body
  return {
    ...(grace !== undefined && { gracePeriodSeconds: grace }),
    ...(policy !== undefined && { propagationPolicy: policy }),
    ...(typeof body.orphanDependents === 'boolean' && { orphanDependents: body.orphanDependents }),
    ...(isObject(preconditions) && {
      preconditions: {
        ...(textAt(preconditions, 'uid') && { uid: textAt(preconditions, 'uid') }),
        ...(textAt(preconditions, 'resourceVersion') && { resourceVersion: textAt(preconditions, 'resourceVersion') }),
      },
    }),
    isDryRun: dryRun.length > 0,
  }
}

function numberOf(text: string | null): number | undefined {
  if (text === null) return undefined
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

/** Deletes an object, or marks it when something still holds it. Answers as the API server does. Throws ApiStatusError. */
export function deleteObject(
  cluster: Cluster,
  { resource, namespace, name }: Target,
  options: DeleteOptions,
): JsonObject {
  const { store } = cluster
  const key = storeKey(resource)
  const live = store.get(key, namespace, name)
  warnOfOrphans(resource, options)
  if (live === undefined) throw notFound(resource, name)
  const { uid, resourceVersion } = options.preconditions ?? {}
  const metadata = objectAt(live, 'metadata')
  const named = { group: resource.group, plural: resource.kind }
  if (uid && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${String(metadata.uid)}). The object might have been deleted and then recreated`
    throw conflict(named, name, why)
  }
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${String(metadata.resourceVersion)}). The object might have been modified`
    throw conflict(named, name, why)
  }
  if (key === '/namespaces' && system.includes(name))
    throw forbidden(resource, name, 'this namespace may not be deleted')
  const marked = markDeleted(cluster, { resource, name, namespace }, live, options)
  if (marked !== undefined) {
    if (marked !== live && !options.isDryRun) return store.put(key, namespace, name, marked)
    return marked
  }
  if (!options.isDryRun) store.remove(key, namespace, name)
  if (strategyOf(resource).returnsDeleted) {
    const answer = cloned(live)
    const head = objectAt(answer, 'metadata')
    if (key === '/pods') {
      head.deletionTimestamp ??= timestamp(cluster.clock)
      head.deletionGracePeriodSeconds = 0
      if (typeof head.generation === 'number') head.generation += 1
    }
    return answer
  }
  const { group, plural } = resource
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group && { group }), kind: plural, uid: metadata.uid ?? '' },
  }
}

/** The object with its mark when something still holds it; undefined when it can go at once. */
function markDeleted(
  { clock }: Cluster,
  { resource }: Target,
  live: JsonObject,
  options: DeleteOptions,
): JsonObject | undefined {
  const metadata = objectAt(live, 'metadata')
  const finalizers = finalizersAfter(resource, listAt(metadata, 'finalizers'), options)
  const isNamespace = storeKey(resource) === '/namespaces'
  const grace = storeKey(resource) === '/pods' ? graceOf(live, options) : 0
  const isHeld = finalizers.length > 0 || grace > 0 || (isNamespace && listAt(live, 'spec', 'finalizers').length > 0)
  if (!isHeld) return undefined
  const wasMarked = textAt(metadata, 'deletionTimestamp') !== undefined
  const before = numberAt(metadata, 'deletionGracePeriodSeconds') ?? 0
  const isSame = JSON.stringify(finalizers) === JSON.stringify(listAt(metadata, 'finalizers'))
  if (wasMarked && isSame && grace >= before) return live
  const next: JsonObject = { ...metadata }
  const at = clock.now() + grace * 1000
  if (!wasMarked || grace < before) {
    next.deletionTimestamp = timestamp({ ...clock, now: () => at })
    next.deletionGracePeriodSeconds = grace
    if (typeof metadata.generation === 'number' && !wasMarked) next.generation = metadata.generation + 1
  }
  if (finalizers.length > 0) next.finalizers = finalizers
  else delete next.finalizers
  if (!isNamespace) return { ...live, metadata: next }
  delete next.deletionGracePeriodSeconds
  return { ...live, metadata: next, status: { ...objectAt(live, 'status'), phase: 'Terminating' } }
}

function graceOf(pod: JsonObject, { gracePeriodSeconds }: DeleteOptions): number {
  const phase = textAt(pod, 'status', 'phase')
  if (!textAt(pod, 'spec', 'nodeName') || phase === 'Succeeded' || phase === 'Failed') return 0
  return gracePeriodSeconds ?? numberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30
}

function finalizersAfter(
  resource: Target['resource'],
  finalizers: Json[],
  { propagationPolicy, orphanDependents }: DeleteOptions,
): Json[] {
  const requested =
    propagationPolicy ?? (orphanDependents === true ? 'Orphan' : orphanDependents === false ? 'Background' : undefined)
  const policy = requested ?? (strategyOf(resource).orphansByDefault ? 'Orphan' : 'Background')
  if (storeKey(resource) === '/pods' && requested === undefined) return finalizers
  const others = finalizers.filter((each) => each !== 'orphan' && each !== 'foregroundDeletion')
  if (requested === undefined && others.length < finalizers.length) return finalizers
  if (policy === 'Orphan') return [...others, 'orphan']
  return policy === 'Foreground' ? [...others, 'foregroundDeletion'] : others
}

/** Pods of a Job stay behind when nobody says otherwise. */
export function warnOfOrphans(resource: Target['resource'], options: DeleteOptions): void {
  const isSaid = options.propagationPolicy !== undefined || options.orphanDependents !== undefined
  if (isSaid || !strategyOf(resource).orphansByDefault) return
  options.warn?.(
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  )
}
