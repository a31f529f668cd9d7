import type { KubeObject, ManagedFields } from '../../effect/kube-object.ts'
import type { Write } from '../write.ts'
import { type FieldSet, fieldsSaid, unionOf } from './field-set.ts'

const clientSideApply = 'kubectl-client-side-apply'

/**
 * Who owns fields that are ours by right: kubectl's apply before there was one on the server, and this server's own
 * creations. Their fields first become fields of our apply, so that one which a manifest no longer has goes.
 */
export function isFormerOwner(entry: ManagedFields, fieldManager: string): boolean {
  if (entry.operation !== 'Update' || (entry.subresource ?? '') !== '') return false
  return entry.manager === clientSideApply || entry.manager === fieldManager
}

export function fieldsOf(entry: ManagedFields): FieldSet {
  return (entry.fieldsV1 ?? {}) as FieldSet
}

/** The write that makes fields of former owners ours, as `kubectl apply --server-side` does; undefined without any. */
export function takeOver(live: KubeObject, fieldManager: string): Write | undefined {
  return moved(live, fieldManager, fieldsOf)
}

/**
 * The write that makes our own creation an apply. The server counts its defaults to what a creation set; what the
 * manifest did not say is nobody's, or the next who applies it would be in conflict with us.
 */
export function becomeApplier(created: KubeObject, manifest: KubeObject, fieldManager: string): Write | undefined {
  return moved(created, fieldManager, (entry) => fieldsSaid(fieldsOf(entry), manifest))
}

function moved(
  { metadata: { managedFields = [] }, apiVersion }: KubeObject,
  fieldManager: string,
  fieldsFrom: (entry: ManagedFields) => FieldSet,
): Write | undefined {
  const former = managedFields.filter((entry) => isFormerOwner(entry, fieldManager))
  if (former.length === 0) return undefined
  const isOurApply = (entry: ManagedFields) => entry.manager === fieldManager && entry.operation === 'Apply'
  const ownEntry = managedFields.find(isOurApply)
  const fieldsV1 = former.reduce((set, entry) => unionOf(set, fieldsFrom(entry)), ownEntry ? fieldsOf(ownEntry) : {})
  const entry: ManagedFields = {
    ...(ownEntry ?? { manager: fieldManager, operation: 'Apply', apiVersion: former[0]?.apiVersion ?? apiVersion }),
    fieldsType: 'FieldsV1',
    time: former[0]?.time,
    fieldsV1,
  }
  const others = managedFields.filter((each) => !former.includes(each) && !isOurApply(each))
  return {
    verb: 'patch',
    type: 'json',
    patch: [{ op: 'replace', path: '/metadata/managedFields', value: [entry, ...others] }],
  }
}
