import { isObject, type Json, listAt, objectAt, textAt } from './json.ts'

/** A label selector, or a map of labels, as kubectl writes it. */
export function selectorText(selector: Json | undefined): string {
  if (!isObject(selector)) return '<none>'
  const parts = [
    ...labelPairs(objectAt(selector, 'matchLabels')),
    ...listAt(selector, 'matchExpressions').map((each) => {
      const key = textAt(each, 'key') ?? ''
      const values = listAt(each, 'values').map(String).toSorted().join(',')
      switch (textAt(each, 'operator')) {
        case 'In':
          return `${key} in (${values})`
        case 'NotIn':
          return `${key} notin (${values})`
        case 'DoesNotExist':
          return `!${key}`
        default:
          return key
      }
    }),
  ]
  return parts.length > 0 ? parts.join(',') : '<none>'
}

export function labelsText(labels: Json | undefined): string {
  const pairs = labelPairs(isObject(labels) ? labels : {})
  return pairs.length > 0 ? pairs.join(',') : '<none>'
}

function labelPairs(labels: Record<string, Json>): string[] {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .toSorted()
}
