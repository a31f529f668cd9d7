import { randomBytes, randomUUID } from 'node:crypto'
import { timestamp } from '../../clock.ts'
import { admitCreation, admitValid } from '../admission/admission.ts'
import { strategyOf } from '../kinds/strategies.ts'
import { fieldsAfterUpdate } from '../schema/managed-fields.ts'
import type { Cluster } from '../store/cluster.ts'
import { apiVersionOf, storeKey } from '../store/resource.ts'
import { ApiStatusError, alreadyExists, invalid } from '../values/api-status-error.ts'
import { type JsonObject, objectAt, textAt } from '../values/json.ts'
import { objectWarnings } from './object-warnings.ts'
import { readBody } from './read-body.ts'
import { resetFields } from './reset-fields.ts'
import { validateMetadata } from './validate-metadata.ts'
import {
  forgetEmptyLists,
  managerOf,
  ordered,
  settleNamespace,
  type Target,
  type WriteOptions,
} from './write-object.ts'

/** Makes an object. The answer is what is stored, or would be. Throws ApiStatusError. */
export function createObject(
  cluster: Cluster,
  { resource, namespace }: Omit<Target, 'name'>,
  body: JsonObject,
  options: WriteOptions,
): JsonObject {
  const object = readBody(resource, body, options)
  const metadata = object.metadata as JsonObject
  settleNamespace(resource, namespace, metadata)
  if (textAt(metadata, 'resourceVersion')) {
    throw new ApiStatusError(500, '', 'resourceVersion should not be set on objects to be created')
  }
  return finishCreation(cluster, { resource, namespace }, object, { ...options, by: 'Update' })
}

/** The second half of a creation, which an apply shares. */
export function finishCreation(
  cluster: Cluster,
  { resource, namespace }: Omit<Target, 'name'>,
  object: JsonObject,
  options: WriteOptions & { by: 'Update' | 'Apply' },
): JsonObject {
  const strategy = strategyOf(resource)
  const metadata = object.metadata as JsonObject
  const now = timestamp(cluster.clock)
  const isPlainName = Boolean(textAt(metadata, 'name'))
  const key = storeKey(resource)
  if (options.by === 'Update') {
    const by = { manager: managerOf(options), apiVersion: apiVersionOf(resource), subresource: '', time: now }
    const managedFields = fieldsAfterUpdate(
      { type: resource.type, resets: resetFields(resource, '') },
      undefined,
      object,
      by,
    )
    if (managedFields.length > 0) metadata.managedFields = managedFields
    else delete metadata.managedFields
  }
  admitCreation(cluster, { resource, namespace }, object)
  if (!isPlainName && textAt(metadata, 'generateName')) {
    metadata.name = `${(textAt(metadata, 'generateName') ?? '').slice(0, 58)}${suffix()}`
  }
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  metadata.uid = randomUUID()
  metadata.creationTimestamp = now
  const status = object.status
  const hasStatus = resource.subresources.some(({ subresource }) => subresource === 'status')
  if (hasStatus) {
    if (resource.custom) delete object.status
    else if (status !== undefined) object.status = objectAt(readBody(resource, bareOf(object), {}), 'status')
  }
  delete metadata.generation
  strategy.prepareCreate?.(object, { cluster, isDryRun: options.isDryRun === true })
  if (strategy.hasGeneration || resource.custom) metadata.generation = 1
  const causes = [...validateMetadata(resource, object), ...(strategy.validate?.(object) ?? [])]
  if (causes.length > 0) throw invalid(resource, textAt(metadata, 'name') ?? '', causes)
  for (const text of objectWarnings(object)) options.warn?.(text)
  const name = String(metadata.name)
  admitValid(cluster, { resource, namespace }, object)
  const present = cluster.store.get(key, namespace, name)
  if (present) throw alreadyExists(resource, name, textAt(present, 'metadata', 'deletionTimestamp') !== undefined)
  forgetEmptyLists(resource, object)
  return options.isDryRun ? object : cluster.store.put(key, namespace, name, ordered(object))
}

/** The letters that generated names are made of: without vowels, so that no words arise. */
const letters = 'bcdfghjklmnpqrstvwxz2456789'

function suffix(): string {
  return [...randomBytes(5)].map((byte) => letters[byte % letters.length]).join('')
}

function bareOf(object: JsonObject): JsonObject {
  const { status: _, ...rest } = object
  return rest
}
