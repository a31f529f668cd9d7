import type { Cluster } from '../store/cluster.ts'
import { storeKey } from '../store/resource.ts'
import { badRequest, causes, conflict, invalid, notFound } from '../values/api-status-error.ts'
import { cloned, isObject, type JsonObject, numberAt, objectAt, put, textAt } from '../values/json.ts'
import { selectorText } from '../values/selector-text.ts'
import { jsonPatch } from './json-patch.ts'
import { mergePatch } from './merge-patch.ts'
import { finishUpdate } from './update-object.ts'
import type { Target, WriteOptions } from './write-object.ts'

/** How many pods an object asks for, as the Scale that stands for it. */
export function scaleOf(cluster: Cluster, target: Target): JsonObject {
  const { live } = found(cluster, target)
  return scaleForm(target, live)
}

/** Writes `spec.replicas` through a Scale: put whole, or as a patch of it. Throws ApiStatusError. */
export function writeScale(
  cluster: Cluster,
  target: Target,
  { type, body }: { type: 'put' | 'json' | 'merge' | 'strategic' | 'apply'; body: JsonObject | JsonObject[] },
  options: WriteOptions,
): JsonObject {
  const { live } = found(cluster, target)
  const present = scaleForm(target, live)
  const next = nextForm(present, type, body)
  const replicas = numberAt(next, 'spec', 'replicas') ?? 0
  const metadata = objectAt(next, 'metadata')
  const { resource, name } = target
  if (!Number.isInteger(replicas))
    throw badRequest(
      `Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal number ${replicas} into Go struct field ScaleSpec.spec.replicas of type int32`,
    )
  if (replicas < 0) {
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [
      causes.invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ])
  }
  const uid = textAt(metadata, 'uid')
  if (uid && uid !== textAt(live, 'metadata', 'uid')) {
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${textAt(live, 'metadata', 'uid')}`,
    )
  }
  const version = textAt(metadata, 'resourceVersion')
  if (version && version !== textAt(live, 'metadata', 'resourceVersion')) {
    throw conflict(
      resource,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    )
  }
  const object = cloned(live)
  put(object, pathsOf(target).replicas, replicas)
  const written = finishUpdate(cluster, { ...target, subresource: 'scale', live }, object, {
    ...options,
    by: 'Update',
    given: object,
  })
  return scaleForm(target, written)
}

function nextForm(present: JsonObject, type: string, body: JsonObject | JsonObject[]): JsonObject {
  if (type === 'put') return isObject(body) ? body : {}
  if (type === 'json') return jsonPatch(present, body)
  const merged = mergePatch(present, body)
  return isObject(merged) ? merged : {}
}

function found(cluster: Cluster, { resource, namespace, name }: Target): { live: JsonObject } {
  const live = cluster.store.get(storeKey(resource), namespace, name)
  if (live === undefined) throw notFound(resource, name)
  return { live }
}

function pathsOf({ resource }: Target): { replicas: string[]; status: string[]; selector: string[] } {
  const given = objectAt(resource.custom, 'subresources', 'scale')
  const steps = (field: string, fallback: string) =>
    (textAt(given, field) ?? fallback).split('.').filter((each) => each !== '')
  return {
    replicas: steps('specReplicasPath', '.spec.replicas'),
    status: steps('statusReplicasPath', '.status.replicas'),
    selector: steps('labelSelectorPath', ''),
  }
}

function scaleForm(target: Target, live: JsonObject): JsonObject {
  const metadata = objectAt(live, 'metadata')
  const paths = pathsOf(target)
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata
  const selector = target.resource.custom
    ? (textAt(live, ...paths.selector) ?? '')
    : selectorText(objectAt(live, 'spec').selector).replace('<none>', '')
  const replicas = numberAt(live, ...paths.replicas) ?? 0
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name: name ?? '',
      namespace: namespace ?? '',
      uid: uid ?? '',
      resourceVersion: resourceVersion ?? '',
      creationTimestamp: creationTimestamp ?? '',
    },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: numberAt(live, ...paths.status) ?? 0, ...(selector && { selector }) },
  }
}
