import { type Cause, causes } from './api-status-error.ts'
import type { JsonObject } from './json.ts'
import { labelValueFaults, qualifiedNameFaults } from './names.ts'

const ANNOTATIONS_LIMIT = 256 * 1024

export function labelCauses(labels: JsonObject, field: string): Cause[] {
  return Object.entries(labels)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([key, value]) => [
      ...qualifiedNameFaults(key).map((fault) => causes.invalid(field, key, fault)),
      ...labelValueFaults(String(value)).map((fault) => causes.invalid(`${field}`, String(value), fault)),
    ])
}

export function annotationCauses(annotations: JsonObject, field: string): Cause[] {
  const entries = Object.entries(annotations).toSorted(([left], [right]) => (left < right ? -1 : 1))
  const size = entries.reduce((sum, [key, value]) => sum + key.length + String(value).length, 0)
  return [
    ...entries.flatMap(([key]) =>
      qualifiedNameFaults(key.toLowerCase()).map((fault) => causes.invalid(field, key, fault)),
    ),
    ...(size > ANNOTATIONS_LIMIT ? [causes.tooLong(field, ANNOTATIONS_LIMIT)] : []),
  ]
}
