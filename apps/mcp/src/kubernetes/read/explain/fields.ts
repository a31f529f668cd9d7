import { isRecord } from '../../../effect/is-record.ts'
import { followed, referenceOf, type Schema, type TypeSchema } from '../../../kube/merge/type-schema.ts'

/** A field of a type, as its schema says it. */
export type Field = {
  /** `*` for the values of a map, whose keys may be any. */
  name: string
  /** `string`, `[]Container`, `map[string]string`. */
  type: string
  description: string
  isRequired: boolean
  /** All it may be, where that is a closed list. */
  values: string[]
  byDefault: unknown
  schema: Schema
}

export function fieldOf(name: string, schema: Schema, of: TypeSchema, isRequired: boolean): Field {
  const whole = followed(of, schema)
  const { description, enum: values, default: byDefault } = whole
  return {
    name,
    type: typeText(schema, of),
    description: typeof description === 'string' ? description : '',
    isRequired,
    values: Array.isArray(values) ? values.map(String) : [],
    byDefault: isEmpty(byDefault) ? undefined : byDefault,
    schema: whole,
  }
}

/** What stands below a field: its own fields, those of its elements, or the values of its map. */
export function fieldsIn(of: TypeSchema, { schema }: Pick<Field, 'schema'>): Field[] {
  const { properties, additionalProperties, required, items } = schema
  if (isRecord(items)) return fieldsIn(of, { schema: followed(of, items) })
  if (isRecord(properties))
    return Object.entries(properties).map(([name, each]) =>
      fieldOf(name, each as Schema, of, Array.isArray(required) && required.includes(name)),
    )
  return isRecord(additionalProperties) ? [fieldOf('*', additionalProperties, of, false)] : []
}

function typeText(schema: Schema, of: TypeSchema): string {
  const reference = referenceOf(schema)
  const whole = followed(of, schema)
  const { type, items, additionalProperties, properties } = whole
  if (isRecord(items)) return `[]${typeText(items, of)}`
  if (isRecord(additionalProperties) && properties === undefined)
    return `map[string]${typeText(additionalProperties, of)}`
  if (whole['x-kubernetes-int-or-string'] === true || whole.format === 'int-or-string') return 'integer or string'
  // Quantity, Time and the like are known by their names, and are written as a string.
  if (reference !== undefined && type !== undefined && type !== 'object')
    return `${nameOf(reference)} as ${String(type)}`
  if (reference !== undefined) return nameOf(reference)
  return typeof type === 'string' ? type : 'any'
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('.') + 1)
}

/** The server's documents give most fields an empty default. */
function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === '' ||
    (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  )
}
