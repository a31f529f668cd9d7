import type { IncludeObject } from '../table/table.ts'

/** What of each object stands beside its row. */
export function includeOf(query: URLSearchParams): IncludeObject {
  const wanted = query.get('includeObject')
  return wanted === 'None' || wanted === 'Object' ? wanted : 'Metadata'
}
