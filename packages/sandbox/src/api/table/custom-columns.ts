import type { Clock } from '../../clock.ts'
import type { ColumnDefinition } from '../schema/kubernetes.ts'
import { type Json, type JsonObject, listAt, numberAt, textAt } from '../values/json.ts'
import { ageOf } from './age.ts'

/** The columns that a CustomResourceDefinition asks for. */
export function customColumns(
  version: JsonObject,
  clock: Clock,
): { columns: readonly ColumnDefinition[]; cells: (object: JsonObject) => Json[] } {
  const given = listAt(version, 'additionalPrinterColumns')
  const wanted = given.length > 0 ? given : [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }]
  const columns = wanted.map((each) => ({
    name: textAt(each, 'name') ?? '',
    type: textAt(each, 'type') ?? 'string',
    format: textAt(each, 'format') ?? '',
    description: textAt(each, 'description') ?? '',
    priority: numberAt(each, 'priority') ?? 0,
  }))
  const name = { name: 'Name', type: 'string', format: 'name', description: 'Name of the object.', priority: 0 }
  return {
    columns: [name, ...columns],
    cells: (object) => [
      textAt(object, 'metadata', 'name') ?? '',
      ...wanted.map((each, index) => {
        const found = follow(object, textAt(each, 'jsonPath') ?? '')
        if (columns[index]?.type === 'date') return ageOf(typeof found === 'string' ? found : undefined, clock)
        if (found === undefined) return null
        return typeof found === 'object' ? JSON.stringify(found) : found
      }),
    ],
  }
}

/** `.spec.x`, `.status.conditions[?(@.type=="Ready")].status`, `.spec.list[0]`: what such columns are written with. */
function follow(object: JsonObject, path: string): Json | undefined {
  let here: Json | undefined = object
  for (const [, key, index, field, wanted] of path.matchAll(
    /\.?([\w$-]+)|\[(\d+)\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/g,
  )) {
    if (key !== undefined)
      here = here !== null && typeof here === 'object' && !Array.isArray(here) ? here[key] : undefined
    else if (index !== undefined) here = Array.isArray(here) ? here[Number(index)] : undefined
    else if (Array.isArray(here))
      here = here.find((each) => String(textAt(each, ...(field ?? '').split('.'))) === wanted)
    else here = undefined
  }
  return here
}
