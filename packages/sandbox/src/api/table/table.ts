import type { Clock } from '../../clock.ts'
import { type ColumnDefinition, kubernetes } from '../schema/kubernetes.ts'
import { type Resource, storeKey } from '../store/resource.ts'
import { type Json, type JsonObject, objectAt, textAt } from '../values/json.ts'
import { ageOf } from './age.ts'
import { cellsOf } from './cells-of.ts'
import { customColumns } from './custom-columns.ts'

const plain: ColumnDefinition[] = [
  { name: 'Name', type: 'string', format: 'name', description: 'Name of the object.', priority: 0 },
  { name: 'Created At', type: 'date', format: '', description: 'When it was made.', priority: 0 },
]

export type IncludeObject = 'None' | 'Metadata' | 'Object'

/** Objects as the rows that people see. `listed` is the metadata of the list, or of the one object. */
export function tableOf(
  resource: Resource,
  objects: readonly JsonObject[],
  {
    clock,
    listed,
    include,
    withHeader = true,
  }: { clock: Clock; listed: JsonObject; include: IncludeObject; withHeader?: boolean },
): JsonObject {
  const { columns, cells } = layoutOf(resource, clock)
  const rows = objects.map((object) => ({
    cells: cells(object),
    ...(include === 'None' ? {} : { object: include === 'Object' ? object : partialMetadata(object) }),
  }))
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: listed,
    columnDefinitions: withHeader ? columns.map((each) => ({ ...each })) : [],
    // The tables that say when something was made are those of the general printer, which writes no empty list.
    rows: rows.length === 0 && columns.some(({ name }) => name === 'Created At') ? null : (rows as Json),
  }
}

function layoutOf(
  resource: Resource,
  clock: Clock,
): { columns: readonly ColumnDefinition[]; cells: (object: JsonObject) => Json[] } {
  if (resource.custom) return customColumns(resource.custom, clock)
  const key = storeKey(resource).replace(/^\//, '')
  const columns = kubernetes.columns[key]
  if (columns === undefined) {
    return {
      columns: plain,
      cells: (object) => [
        textAt(object, 'metadata', 'name') ?? '',
        textAt(object, 'metadata', 'creationTimestamp') ?? '',
      ],
    }
  }
  const own = cellsOf(key)
  return {
    columns,
    cells: (object) => {
      const known = own(object, clock)
      return columns.map(({ name }) => {
        if (Object.hasOwn(known, name)) return known[name] ?? null
        if (name === 'Name') return textAt(object, 'metadata', 'name') ?? ''
        if (name === 'Age') return ageOf(textAt(object, 'metadata', 'creationTimestamp'), clock)
        return ''
      })
    },
  }
}

/** The head of an object alone. */
export function partialMetadata(object: JsonObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: objectAt(object, 'metadata') }
}
