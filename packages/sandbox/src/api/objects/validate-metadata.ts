import { strategyOf } from '../kinds/strategies.ts'
import type { Resource } from '../store/resource.ts'
import { type Cause, causes } from '../values/api-status-error.ts'
import { isEqual, type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'
import { annotationCauses, labelCauses } from '../values/label-causes.ts'
import { qualifiedNameFaults, subdomainFaults } from '../values/names.ts'

export function validateMetadata(resource: Resource, object: JsonObject): Cause[] {
  const metadata = objectAt(object, 'metadata')
  const { nameRule: rule = subdomainFaults, takesAnyFinalizer = resource.custom } = strategyOf(resource)
  const name = textAt(metadata, 'name') ?? ''
  const prefix = textAt(metadata, 'generateName') ?? ''
  const found: Cause[] = []
  if (prefix !== '') {
    found.push(...rule(prefix, true).map((fault) => causes.invalid('metadata.generateName', prefix, fault)))
  }
  if (name === '') found.push(causes.required('metadata.name', 'name or generateName is required'))
  else found.push(...rule(name, false).map((fault) => causes.invalid('metadata.name', name, fault)))
  found.push(...headCauses(metadata))
  if (!takesAnyFinalizer) found.push(...finalizerCauses(metadata))
  return found
}

const standardFinalizers = ['foregroundDeletion', 'orphan', 'kubernetes']

/** Finalizers of the server's own kinds say whose they are. */
function finalizerCauses(metadata: JsonObject): Cause[] {
  return listAt(metadata, 'finalizers').flatMap((finalizer, index) =>
    String(finalizer).includes('/') || standardFinalizers.includes(String(finalizer))
      ? []
      : [
          causes.invalid(
            `metadata.finalizers[${index}]`,
            finalizer,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ],
  )
}

function headCauses(metadata: JsonObject): Cause[] {
  const found = labelCauses(objectAt(metadata, 'labels'), 'metadata.labels')
  found.push(...annotationCauses(objectAt(metadata, 'annotations'), 'metadata.annotations'))
  listAt(metadata, 'ownerReferences').forEach((owner, index) => {
    for (const field of ['apiVersion', 'kind', 'name', 'uid']) {
      if (textAt(owner, field)) continue
      const at = `metadata.ownerReferences[${index}].${field}`
      found.push(
        field === 'apiVersion'
          ? causes.invalid(at, '', 'version must not be empty')
          : causes.invalid(at, '', `${field === 'uid' ? 'uid' : field} must not be empty`),
      )
    }
  })
  for (const finalizer of listAt(metadata, 'finalizers').map(String)) {
    found.push(
      ...qualifiedNameFaults(finalizer).map((fault) => causes.invalid('metadata.finalizers', finalizer, fault)),
    )
  }
  return found
}

const fixed = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds']

export function validateMetadataUpdate(resource: Resource, object: JsonObject, old: JsonObject): Cause[] {
  const next = objectAt(object, 'metadata')
  const before = objectAt(old, 'metadata')
  const found = fixed
    .filter((field) => (resource.isNamespaced || field !== 'namespace') && !isEqual(next[field], before[field]))
    .map((field) => causes.invalid(`metadata.${field}`, next[field], 'field is immutable'))
  if (textAt(before, 'deletionTimestamp')) {
    const known = listAt(before, 'finalizers')
    const added = listAt(next, 'finalizers').filter((each) => !known.includes(each))
    if (added.length > 0) {
      found.push(
        causes.forbidden(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((each) => JSON.stringify(each)).join(', ')}}`,
        ),
      )
    }
  }
  return [...found, ...headCauses(next)]
}
