import { emptySet, type FieldSet, fieldSetOf } from '../schema/field-set.ts'
import type { Resource } from '../store/resource.ts'

const status = fieldSetOf({ 'f:status': {} })
const spec = fieldSetOf({ 'f:spec': {} })
const everythingElse = fieldSetOf({ 'f:spec': {}, 'f:metadata': {}, 'f:data': {} })

/** What a write to the object, or to its status, cannot set, and so does not own. */
export function resetFields(resource: Resource, subresource: string): FieldSet {
  const hasStatus = resource.subresources.some((each) => each.subresource === 'status')
  if (!hasStatus) return emptySet
  if (subresource === '') return status
  if (subresource !== 'status') return emptySet
  return resource.custom ? everythingElse : spec
}
