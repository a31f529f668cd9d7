import type { KubeObject, ManagedFields } from '../../effect/kube-object.ts'
import { type FieldSet, unionOf, withoutFields } from '../merge/field-set.ts'
import { fieldsOf, isFormerOwner } from '../merge/managed-fields.ts'

/** `value` without what we or former owners of ours have set and the manifest does not have any more. */
export function withoutOwnedFields(
  value: unknown,
  { live, manifest, fieldManager }: { live: KubeObject; manifest: KubeObject; fieldManager: string },
): KubeObject {
  const isOwn = (entry: ManagedFields) =>
    isFormerOwner(entry, fieldManager) || (entry.manager === fieldManager && entry.operation === 'Apply')
  const entries = live.metadata.managedFields ?? []
  const owned = entries.filter(isOwn).reduce<FieldSet>((set, entry) => unionOf(set, fieldsOf(entry)), {})
  const others = entries.filter((entry) => !isOwn(entry)).map(fieldsOf)
  return withoutFields(value, owned, { manifest, others }) as KubeObject
}
