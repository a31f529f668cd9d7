import { strategyOf } from '../kinds/strategies.ts'
import type { Cluster } from '../store/cluster.ts'
import { type Resource, storeKey } from '../store/resource.ts'
import { ApiStatusError, causes, forbidden, invalid, notFound } from '../values/api-status-error.ts'
import { isEqual, isObject, type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'
import { limitRangeCauses, setLimitRangeDefaults } from './admission-limits.ts'
import { settlePod } from './admission-pod.ts'
import { requireQuota } from './admission-quota.ts'

type Place = { resource: Resource; namespace: string }

/** What stands between a request and an object being made. Changes the object in place; throws ApiStatusError. */
export function admitCreation(cluster: Cluster, { resource, namespace }: Place, object: JsonObject): void {
  if (resource.isNamespaced) requireNamespace(cluster, { resource, namespace }, object)
  const key = storeKey(resource)
  if (key === '/pods') {
    settlePod(cluster, namespace, object)
    setLimitRangeDefaults(cluster, namespace, object)
    strategyOf(resource).setDefaults?.(object)
  }
  if (key === '/persistentvolumeclaims') chooseStorageClass(cluster, object)
}

/** The last checks, on an object that is valid and would be stored next. Throws ApiStatusError. */
export function admitValid(cluster: Cluster, { resource, namespace }: Place, object: JsonObject): void {
  const key = storeKey(resource)
  const name = textAt(object, 'metadata', 'name') ?? ''
  if (key === '/pods' || key === '/persistentvolumeclaims') {
    const found = limitRangeCauses(cluster, namespace, object, key)
    if (found.length > 0)
      throw forbidden(resource, name, found.length === 1 ? (found[0] ?? '') : `[${found.join(', ')}]`)
  }
  requireQuota(cluster, { resource, namespace }, object)
}

/** What may not change, or only so far. Throws ApiStatusError. */
export function admitUpdate(
  cluster: Cluster,
  { resource, subresource }: Place & { subresource: string },
  object: JsonObject,
  live: JsonObject,
): void {
  const key = storeKey(resource)
  if (key === '/pods' && subresource === '') requireFixedPod(resource, object, live)
  if (key === '/services' && subresource === '')
    requireQuota(cluster, { resource, namespace: textAt(live, 'metadata', 'namespace') ?? '' }, object, live)
}

function requireNamespace(cluster: Cluster, { resource, namespace }: Place, object: JsonObject): void {
  const found = cluster.store.get('/namespaces', '', namespace)
  if (found === undefined) throw notFound({ group: '', plural: 'namespaces' }, namespace)
  if (textAt(found, 'metadata', 'deletionTimestamp') === undefined) return
  const name = textAt(object, 'metadata', 'name') ?? ''
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  const { code, reason, message, details } = forbidden(resource, name, why)
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  }
  throw new ApiStatusError(code, reason, message, { ...details, causes: [cause] })
}

function chooseStorageClass({ store }: Cluster, claim: JsonObject): void {
  const spec = objectAt(claim, 'spec')
  if (spec.storageClassName !== undefined) return
  const chosen = store
    .list('storage.k8s.io/storageclasses')
    .find((each) => textAt(each, 'metadata', 'annotations', 'storageclass.kubernetes.io/is-default-class') === 'true')
  if (chosen) spec.storageClassName = textAt(chosen, 'metadata', 'name') ?? ''
}

const mayChange = [
  'containers',
  'initContainers',
  'activeDeadlineSeconds',
  'tolerations',
  'terminationGracePeriodSeconds',
  'nodeName',
]
const fixedPod =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** Of a pod only the images and a few numbers can be changed. */
function requireFixedPod(resource: Resource, object: JsonObject, live: JsonObject): void {
  const bare = (pod: JsonObject): JsonObject => {
    const spec = { ...objectAt(pod, 'spec') }
    for (const field of mayChange) delete spec[field]
    const images = (kind: string) =>
      Array.isArray(objectAt(pod, 'spec')[kind]) ? (objectAt(pod, 'spec')[kind] as JsonObject[]) : []
    return {
      spec,
      containers: images('containers').map((each) => (isObject(each) ? { ...each, image: '' } : each)),
      inits: images('initContainers').map((each) => (isObject(each) ? { ...each, image: '' } : each)),
    }
  }
  for (const kind of ['containers', 'initContainers']) {
    if (listAt(object, 'spec', kind).length === listAt(live, 'spec', kind).length) continue
    const cause = causes.forbidden(`spec.${kind}`, 'pod updates may not add or remove containers')
    throw invalid(resource, textAt(live, 'metadata', 'name') ?? '', [cause])
  }
  if (isEqual(bare(object), bare(live))) return
  throw invalid(resource, textAt(live, 'metadata', 'name') ?? '', [causes.forbidden('spec', fixedPod)])
}
