import { type PatchType, patchTypes } from '../objects/patch-object.ts'
import type { WriteOptions } from '../objects/write-object.ts'
import type { Asker } from '../store/cluster.ts'
import { ApiStatusError, causes, invalid } from '../values/api-status-error.ts'
import type { Json } from '../values/json.ts'

/** Throws ApiStatusError for a content type that is no patch's. */
export function patchTypeOf(contentType: string | undefined): PatchType {
  const type = (contentType ?? '').split(';')[0]?.trim() ?? ''
  const found = (patchTypes as Record<string, PatchType>)[type]
  if (found) return found
  const known = [...Object.keys(patchTypes), 'application/apply-patch+cbor']
  throw new ApiStatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${known.slice(0, 3).join(', ')}, ${known.slice(3).join(', ')}`,
  )
}

export function managerRequired(): ApiStatusError {
  return invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
    causes.required('fieldManager', 'is required for apply patch'),
  ])
}

export function forceForbidden(): ApiStatusError {
  return invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
    causes.forbidden('force', 'may not be specified for non-apply patch'),
  ])
}

const optionKinds: Record<string, string> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' }
const validations = ['Ignore', 'Warn', 'Strict'] as const

/** What the query of a write asks for. Throws ApiStatusError for values that are not allowed. */
export function writeOptionsOf(
  query: URLSearchParams,
  verb: string,
  asker: Asker,
  warn: (text: string) => void,
): WriteOptions {
  const dryRun = query.getAll('dryRun')
  const validation = query.get('fieldValidation') ?? ''
  const fieldManager = query.get('fieldManager') ?? undefined
  const found = []
  if (dryRun.some((each) => each !== 'All')) {
    found.push({ ...causes.notSupported('dryRun', dryRun as Json, ['All']) })
  }
  const fieldValidation = validations.find((each) => each === validation)
  if (validation !== '' && fieldValidation === undefined) {
    found.push(causes.notSupported('fieldValidation', validation, ['', 'Ignore', 'Warn', 'Strict']))
  }
  if (fieldManager !== undefined && fieldManager.length > 128) found.push(causes.tooLong('fieldManager', 128))
  if (found.length > 0) throw invalid({ group: 'meta.k8s.io', kind: optionKinds[verb] ?? '' }, '', found)
  return { asker, isDryRun: dryRun.length > 0, fieldManager, fieldValidation, warn }
}
