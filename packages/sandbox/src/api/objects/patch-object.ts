import { parse } from 'yaml'
import { timestamp } from '../../clock.ts'
import { DecodeError, decode } from '../schema/decode.ts'
import { applyConfiguration } from '../schema/managed-fields.ts'
import type { Cluster } from '../store/cluster.ts'
import { apiVersionOf, type Resource, storeKey } from '../store/resource.ts'
import { ApiStatusError, badRequest, causes, conflict, invalid, notFound } from '../values/api-status-error.ts'
import { goText } from '../values/go-text.ts'
import { cloned, isObject, type Json, type JsonObject, textAt } from '../values/json.ts'
import { finishCreation } from './create-object.ts'
import { jsonPatch } from './json-patch.ts'
import { mergePatch, strategicMerge } from './merge-patch.ts'
import { readBody, reportUnknown } from './read-body.ts'
import { resetFields } from './reset-fields.ts'
import { finishUpdate } from './update-object.ts'
import { settleNamespace, type Target, type WriteOptions } from './write-object.ts'

export const patchTypes = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
} as const
export type PatchType = (typeof patchTypes)[keyof typeof patchTypes]
export type PatchOptions = WriteOptions & { force?: boolean }

/** Patches an object; an apply makes it when it is not there (`isNew`). Throws ApiStatusError. */
export function patchObject(
  cluster: Cluster,
  target: Target & { subresource: string },
  { type, text }: { type: PatchType; text: string },
  options: PatchOptions,
): { object: JsonObject; isNew: boolean } {
  const { resource, namespace, name } = target
  const live = cluster.store.get(storeKey(resource), namespace, name)
  if (type === 'apply') return applyObject(cluster, { ...target, live }, text, options)
  if (live === undefined) throw notFound(resource, name)
  const patched = patchedForm(resource, live, { type, text })
  const shown = type === 'strategic' ? goText(parsed(text)) : JSON.stringify(patched)
  const object = readPatched(resource, patched, { ...options, shown })
  settleNamespace(resource, namespace, object.metadata as JsonObject)
  requireSameName(object, name)
  const written = finishUpdate(cluster, { ...target, live }, object, { ...options, by: 'Update', given: patched })
  return { object: written, isNew: false }
}

function patchedForm(
  resource: Resource,
  live: JsonObject,
  { type, text }: { type: PatchType; text: string },
): JsonObject {
  const patch = parsed(text)
  if (type === 'json') return jsonPatch(live, patch)
  if (!isObject(patch)) {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${Array.isArray(patch) ? 'array' : typeof patch} into Go value of type map[string]interface {}`,
    )
  }
  if (type === 'merge') return mergePatch(live, patch) as JsonObject
  if (resource.custom) {
    throw new ApiStatusError(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    )
  }
  return strategicMerge(resource.type, live, patch)
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** What a patch made of an object, read as its kind again. */
function readPatched(resource: Resource, patched: JsonObject, options: PatchOptions & { shown: string }): JsonObject {
  try {
    const { unknown } = decode(resource.type, patched)
    if (unknown.length > 0) reportUnknown(unknown, '', options)
  } catch (error) {
    const isStrict = error instanceof ApiStatusError && error.message.startsWith('strict decoding error')
    if (!(error instanceof DecodeError) && !isStrict) throw error
    throw invalid({ group: '', kind: '' }, '', [causes.invalid('patch', options.shown, error.message)])
  }
  return readBody(
    resource,
    { ...patched, kind: resource.kind, apiVersion: apiVersionOf(resource) },
    { fieldValidation: 'Ignore' },
  )
}

function requireSameName(object: JsonObject, name: string): void {
  const given = textAt(object, 'metadata', 'name') ?? ''
  if (given === name) return
  throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`)
}

/** Server-side apply. */
function applyObject(
  cluster: Cluster,
  target: Target & { subresource: string; live: JsonObject | undefined },
  text: string,
  options: PatchOptions,
): { object: JsonObject; isNew: boolean } {
  const { resource, namespace, name, subresource, live } = target
  const configured = readConfiguration(resource, text)
  const metadata = isObject(configured.metadata) ? configured.metadata : {}
  configured.metadata = metadata
  const given = textAt(metadata, 'name') ?? ''
  if (textAt(metadata, 'managedFields') !== undefined || Array.isArray(metadata.managedFields)) {
    throw badRequest('metadata.managedFields must be nil')
  }
  if (live === undefined && textAt(metadata, 'uid')) {
    const why = `uid mismatch: the provided object specified uid ${textAt(metadata, 'uid')}, and no existing object was found`
    throw conflict(resource, name, why)
  }
  if (live === undefined && subresource !== '') throw notFound(resource, name)
  const manager = options.fieldManager ?? ''
  const base: JsonObject = live ?? decodedZero(resource, name, namespace)
  const { object, managedFields } = applyConfiguration(
    { type: resource.type, resets: resetFields(resource, subresource) },
    base,
    configured,
    {
      by: { manager, apiVersion: apiVersionOf(resource), subresource, time: timestamp(cluster.clock) },
      force: options.force === true,
      described: `${textAt(metadata, 'namespace') ?? ''}/${given}; ${resource.group}/${resource.version}, Kind=${resource.kind}`,
    },
  )
  const next = readApplied(resource, cloned(object), `${textAt(metadata, 'namespace') ?? ''}/${given}`)
  if (given !== name) {
    throw badRequest(
      given === ''
        ? `the name of the object (${name} based on URL) was undeterminable: name must be provided`
        : `the name of the object (${given}) does not match the name on the URL (${name})`,
    )
  }
  const head = next.metadata as JsonObject
  if (managedFields.length > 0) head.managedFields = managedFields
  else delete head.managedFields
  settleNamespace(resource, namespace, head)
  head.name = name
  if (live === undefined) {
    return { object: finishCreation(cluster, { resource, namespace }, next, { ...options, by: 'Apply' }), isNew: true }
  }
  const written = finishUpdate(cluster, { ...target, live }, next, { ...options, by: 'Apply', given: object })
  return { object: written, isNew: false }
}

function decodedZero(resource: Resource, name: string, namespace: string): JsonObject {
  const zero = decode(resource.type, {}, { keepsDefaults: false }).value
  const metadata = { name, ...(resource.isNamespaced && { namespace }) }
  return { ...zero, kind: resource.kind, apiVersion: apiVersionOf(resource), metadata }
}

function readConfiguration(resource: Resource, text: string): JsonObject {
  let configured: unknown
  try {
    configured = parse(text)
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isObject(configured)) throw badRequest('error decoding YAML: the configuration is no object')
  const kind = textAt(configured, 'kind')
  const apiVersion = textAt(configured, 'apiVersion')
  if (apiVersion !== apiVersionOf(resource) || kind !== resource.kind) {
    const shown = apiVersion?.includes('/') ? apiVersion : `/${apiVersion ?? ''}`
    throw badRequest(`invalid object type: ${shown}, Kind=${kind ?? ''}`)
  }
  return configured
}

/** What came of an apply, as an object of its kind. Throws ApiStatusError. */
function readApplied(resource: Resource, object: JsonObject, named: string): JsonObject {
  try {
    decode(resource.type, object, { isConverted: true })
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const kind = `${resource.group}/${resource.version}, Kind=${resource.kind}`
    const lead = `failed to convert new object (${named}; ${kind}) to proper version: unable to convert unstructured object to ${kind}`
    throw new ApiStatusError(500, '', `${lead}: ${error.message}`)
  }
  return readBody(resource, object, { fieldValidation: 'Ignore' })
}
