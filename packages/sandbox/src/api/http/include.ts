import type { IncludeObject } from '../table/table.ts'

/** What of each object stands beside its row. */
export function includeOf(query: URLSearchParams): IncludeObject {
  const asked = query.get('includeObject')
  return asked === 'None' || asked === 'Object' ? asked : 'Metadata'
}
