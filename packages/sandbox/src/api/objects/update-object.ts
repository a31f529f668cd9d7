import { timestamp } from '../../clock.ts'
import { admitUpdate } from '../admission/admission.ts'
import { strategyOf } from '../kinds/strategies.ts'
import { decode } from '../schema/decode.ts'
import { fieldsAfterUpdate } from '../schema/managed-fields.ts'
import type { Cluster } from '../store/cluster.ts'
import { apiVersionOf, type Resource, storeKey } from '../store/resource.ts'
import { badRequest, causes, conflict, invalid, notFound } from '../values/api-status-error.ts'
import { cloned, isEqual, isObject, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { finishCreation } from './create-object.ts'
import { updateWarnings } from './object-warnings.ts'
import { readBody } from './read-body.ts'
import { resetFields } from './reset-fields.ts'
import { validateMetadataUpdate } from './validate-metadata.ts'
import {
  forgetEmptyLists,
  managerOf,
  ordered,
  settleNamespace,
  type Target,
  type WriteOptions,
} from './write-object.ts'

/** Puts a new form in the place of what is there. Throws ApiStatusError. */
export function updateObject(
  cluster: Cluster,
  target: Target & { subresource: string },
  body: JsonObject,
  options: WriteOptions,
): JsonObject {
  const { resource, namespace, name } = target
  const object = readBody(resource, body, options)
  const metadata = object.metadata as JsonObject
  settleNamespace(resource, namespace, metadata)
  const given = textAt(metadata, 'name') ?? ''
  if (given !== name) {
    throw badRequest(
      given === ''
        ? `the name of the object (${name} based on URL) was undeterminable: name must be provided`
        : `the name of the object (${given}) does not match the name on the URL (${name})`,
    )
  }
  const live = cluster.store.get(storeKey(resource), namespace, name)
  if (live === undefined) {
    if (!strategyOf(resource).createsOnUpdate || target.subresource) throw notFound(resource, name)
    delete metadata.resourceVersion
    return finishCreation(cluster, target, object, { ...options, by: 'Update' })
  }
  const uid = textAt(metadata, 'uid')
  const known = textAt(live, 'metadata', 'uid')
  if (uid && uid !== known) {
    throw conflict(resource, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${known}`)
  }
  if (!textAt(metadata, 'resourceVersion') && strategyOf(resource).needsVersion) {
    const missing = causes.invalid('metadata.resourceVersion', 0, 'must be specified for an update')
    throw invalid({ group: resource.group, kind: resource.plural }, name, [missing])
  }
  return finishUpdate(cluster, { ...target, live }, object, { ...options, by: 'Update', given: body })
}

/**
 * The second half of an update, which patches and applies share. `object` is decoded and has its defaults; `given` is
 * what it was decoded from.
 */
export function finishUpdate(
  cluster: Cluster,
  { resource, namespace, name, subresource, live }: Target & { subresource: string; live: JsonObject },
  object: JsonObject,
  options: WriteOptions & { by: 'Update' | 'Apply'; given: JsonObject },
): JsonObject {
  const strategy = strategyOf(resource)
  const metadata = object.metadata as JsonObject
  const old = live.metadata as JsonObject
  const version = textAt(metadata, 'resourceVersion')
  if (version && version !== old.resourceVersion) {
    throw conflict(
      resource,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    )
  }
  if (options.by === 'Update') {
    const by = {
      manager: managerOf(options),
      apiVersion: apiVersionOf(resource),
      subresource,
      time: timestamp(cluster.clock),
    }
    const resets = resetFields(resource, subresource)
    const managedFields = fieldsAfterUpdate({ type: resource.type, resets }, live, object, by)
    if (managedFields.length > 0) metadata.managedFields = managedFields
    else delete metadata.managedFields
  }
  metadata.uid ??= old.uid ?? null
  metadata.resourceVersion = old.resourceVersion ?? null
  keepOld(metadata, old, ['generation', 'creationTimestamp', 'selfLink'])
  if (textAt(metadata, 'deletionTimestamp') === undefined) keepOld(metadata, old, ['deletionTimestamp'])
  if (metadata.deletionGracePeriodSeconds === undefined) keepOld(metadata, old, ['deletionGracePeriodSeconds'])
  admitUpdate(cluster, { resource, namespace, subresource }, object, live)
  prepareUpdate(cluster, { resource, subresource, given: options.given }, object, live)
  const causes = validateMetadataUpdate(resource, object, live)
  if (subresource === '') causes.push(...(strategy.validate?.(object) ?? []))
  if (subresource === '') causes.push(...(strategy.validateUpdate?.(object, live) ?? []))
  if (causes.length > 0) throw invalid(resource, name, causes)
  for (const text of updateWarnings(object, live)) options.warn?.(text)
  forgetEmptyLists(resource, object)
  if (isEqual(withoutTimes(object), withoutTimes(live))) return live
  if (options.isDryRun) return object
  const isGone =
    textAt(metadata, 'deletionTimestamp') !== undefined &&
    listAt(metadata, 'finalizers').length === 0 &&
    (numberAt(metadata, 'deletionGracePeriodSeconds') ?? 0) === 0 &&
    !(storeKey(resource) === '/namespaces' && listAt(object, 'spec', 'finalizers').length > 0)
  if (isGone) {
    cluster.store.remove(storeKey(resource), namespace, name)
    return object
  }
  return cluster.store.put(storeKey(resource), namespace, name, ordered(object))
}

/** The part that a request may not touch comes from what is there. */
function prepareUpdate(
  cluster: Cluster,
  { resource, subresource, given }: { resource: Resource; subresource: string; given: JsonObject },
  object: JsonObject,
  live: JsonObject,
): void {
  const strategy = strategyOf(resource)
  const hasStatus = resource.subresources.some((each) => each.subresource === 'status')
  if (subresource === 'status') {
    const { status, metadata } = object
    for (const key of Object.keys(object)) delete object[key]
    Object.assign(object, cloned(live), status === undefined ? {} : { status })
    if (status === undefined) delete object.status
    const next = metadata as JsonObject
    const kept = resource.custom ? ['managedFields'] : ['managedFields', 'annotations', 'finalizers', 'labels']
    const result = object.metadata as JsonObject
    for (const key of kept) {
      if (next[key] === undefined) delete result[key]
      else result[key] = next[key]
    }
    return
  }
  if (hasStatus) {
    if (live.status === undefined) delete object.status
    else object.status = cloned(live.status)
  }
  strategy.prepareUpdate?.(object, live, { cluster })
  if (!strategy.hasGeneration && !resource.custom) return
  const metadata = object.metadata as JsonObject
  const changed = resource.custom
    ? !isEqual(withoutMetadata(object), withoutMetadata(live))
    : !isEqual(object.spec, live.spec) ||
      (strategy.countsEmpty === true && decode(resource.type, given).empty.some((path) => path.startsWith('spec.'))) ||
      (strategy.countsAnnotations === true &&
        !isEqual(objectAt(metadata, 'annotations'), objectAt(live, 'metadata', 'annotations')))
  if (changed) metadata.generation = (numberAt(live, 'metadata', 'generation') ?? 0) + 1
}

function withoutMetadata(object: JsonObject): JsonObject {
  const { metadata: _, status: _status, ...rest } = object
  return rest
}

/** Two forms that differ in the times of managers alone are the same. */
function withoutTimes(object: JsonObject): JsonObject {
  const metadata = { ...objectAt(object, 'metadata') }
  const fields = listAt(metadata, 'managedFields').map((each) => {
    const { time: _, ...rest } = isObject(each) ? each : {}
    return rest as JsonObject
  })
  return { ...object, metadata: { ...metadata, managedFields: fields } }
}

function keepOld(metadata: JsonObject, old: JsonObject, keys: readonly string[]): void {
  for (const key of keys) {
    if (old[key] === undefined) delete metadata[key]
    else metadata[key] = old[key]
  }
}
