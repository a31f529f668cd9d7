import type { JsonPatchOperation } from '../effect/json-patch-operation.ts'
import type { KubeObject } from '../effect/kube-object.ts'
import { type ApiResource, apiVersionOf, collectionPath, objectPath, type Target } from './discovery/api-resource.ts'

/**
 * One write request, said without its preconditions, its dry run and its field manager: those are added in one place, so
 * that no tool can forget them.
 */
export type Write =
  | { verb: 'create'; manifest: KubeObject; fieldValidation?: FieldValidation }
  | { verb: 'apply'; manifest: KubeObject; force?: boolean; fieldValidation?: FieldValidation }
  | {
      verb: 'patch'
      type: 'merge' | 'strategic'
      patch: Record<string, unknown>
      subresource?: string
      fieldValidation?: FieldValidation
    }
  | {
      verb: 'patch'
      type: 'json'
      patch: readonly JsonPatchOperation[]
      subresource?: string
      fieldValidation?: FieldValidation
    }
  /** The whole object, as read and changed. */
  | { verb: 'update'; object: KubeObject; fieldValidation?: FieldValidation }
  | { verb: 'delete'; propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'; gracePeriodSeconds?: number }
  /** Deletes a pod as far as its disruption budgets allow; 429 when they do not. */
  | { verb: 'evict'; gracePeriodSeconds?: number }

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

/** What the object was when it was read just before; the server refuses the write when it is that no longer. */
export type Precondition = { uid: string; resourceVersion: string }

export type WriteRequest = {
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  path: string
  contentType: string
  body: string
}

const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
} as const

/**
 * The request of a write. Creations have no precondition: a POST of a name that came into being conflicts by itself. An
 * apply carries the uid too, since without it one whose object is gone makes it anew, its version notwithstanding.
 */
export function writeRequest(
  target: Target,
  write: Write,
  { precondition, dryRun, fieldManager }: { precondition?: Precondition; dryRun: boolean; fieldManager: string },
): WriteRequest {
  switch (write.verb) {
    case 'create':
      return {
        method: 'POST',
        path: `${collectionPath(target.resource, target.namespace)}?${query(write, fieldManager, dryRun)}`,
        contentType: 'application/json',
        body: JSON.stringify(write.manifest),
      }
    case 'apply':
      return {
        method: 'PATCH',
        path: `${objectPath(target)}?${query(write, fieldManager, dryRun)}&force=${write.force === true}`,
        contentType: 'application/apply-patch+yaml',
        body: JSON.stringify(withMetadata(write.manifest, precondition)),
      }
    case 'patch':
      return {
        method: 'PATCH',
        path: `${objectPath(target, write.subresource)}?${query(write, `${fieldManager}-edit`, dryRun)}`,
        contentType: patchTypes[write.type],
        body: JSON.stringify(
          write.type === 'json' ? withOperations(write.patch, precondition) : withMetadata(write.patch, precondition),
        ),
      }
    case 'update':
      return {
        method: 'PUT',
        path: `${objectPath(target)}?${query(write, `${fieldManager}-edit`, dryRun)}`,
        contentType: 'application/json',
        body: JSON.stringify(withMetadata(write.object, precondition)),
      }
    case 'evict':
      return {
        method: 'POST',
        path: `${objectPath(target, 'eviction')}${dryRun ? '?dryRun=All' : ''}`,
        contentType: 'application/json',
        body: JSON.stringify({
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name: target.name, namespace: target.namespace },
          deleteOptions: deleteOptions(write, precondition, dryRun),
        }),
      }
    case 'delete':
      // The dry run counts in the body: beside a body the server does not look at the query, and would delete. In the
      // query it is for readers of the cluster's audit log, which seldom keeps bodies.
      return {
        method: 'DELETE',
        path: `${objectPath(target)}${dryRun ? '?dryRun=All' : ''}`,
        contentType: 'application/json',
        body: JSON.stringify({
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          propagationPolicy: write.propagationPolicy,
          ...deleteOptions(write, precondition, dryRun),
        }),
      }
  }
}

function deleteOptions(
  { gracePeriodSeconds }: { gracePeriodSeconds?: number },
  preconditions: Precondition | undefined,
  dryRun: boolean,
): Record<string, unknown> {
  return { gracePeriodSeconds, preconditions, dryRun: dryRun ? ['All'] : undefined }
}

/** What an access review asks of a write. */
export function rightsOfWrite(write: Write): { verb: string; subresource?: string } {
  if (write.verb === 'evict') return { verb: 'create', subresource: 'eviction' }
  const subresource = write.verb === 'patch' ? write.subresource : undefined
  return { verb: write.verb === 'apply' ? 'patch' : write.verb, ...(subresource !== undefined && { subresource }) }
}

/** The precondition that what was read stands for. Throws for an object that never came from the server: a bug. */
export function preconditionOf({ metadata: { uid, resourceVersion }, kind }: KubeObject): Precondition {
  if (uid === undefined || resourceVersion === undefined)
    throw new TypeError(`A ${kind} without uid and resourceVersion`)
  return { uid, resourceVersion }
}

/** The head of a manifest for a resource. */
export function headOf(resource: ApiResource): { apiVersion: string; kind: string } {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind }
}

function query(write: { fieldValidation?: FieldValidation }, fieldManager: string, dryRun: boolean): string {
  const parts = [`fieldManager=${encodeURIComponent(fieldManager)}`]
  if (write.fieldValidation !== undefined) parts.push(`fieldValidation=${write.fieldValidation}`)
  if (dryRun) parts.push('dryRun=All')
  return parts.join('&')
}

function withMetadata(body: Record<string, unknown>, precondition: Precondition | undefined): Record<string, unknown> {
  if (precondition === undefined) return body
  return { ...body, metadata: { ...(body.metadata as Record<string, unknown> | undefined), ...precondition } }
}

/** `replace`, never `test`: an old version answers 409 then, where a failing test would only be a 422. */
function withOperations(
  patch: readonly JsonPatchOperation[],
  precondition: Precondition | undefined,
): readonly JsonPatchOperation[] {
  if (precondition === undefined) return patch
  const { uid, resourceVersion } = precondition
  return [
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'replace', path: '/metadata/uid', value: uid },
    ...patch,
  ]
}
