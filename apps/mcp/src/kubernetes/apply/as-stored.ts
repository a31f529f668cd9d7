import { isRecord } from '../../effect/is-record.ts'
import { elementSchema, followed, keySchema, type Schema, type TypeSchema } from './type-schema.ts'

/**
 * `value` as the server keeps it, as far as the type's schema tells: plain defaults filled in, and in the server's own
 * types no empty lists and maps (an empty object that is no map, `emptyDir: {}`, means something).
 */
export function asStored(value: unknown, type: TypeSchema): unknown {
  return stored(value, type.root, type)
}

function stored(value: unknown, given: Schema, type: TypeSchema): unknown {
  const schema = followed(type, given)
  if (Array.isArray(value)) return value.map((element) => stored(element, elementSchema(schema), type))
  if (!isRecord(value)) return value
  const entries = Object.entries({ ...plainDefaults(schema), ...value }).map(
    ([key, entry]): [string, unknown, Schema] => {
      const inner = followed(type, keySchema(schema, key) ?? {})
      return [key, stored(entry, inner, type), inner]
    },
  )
  const kept = entries.filter(([, entry, inner]) => !(type.isBuiltIn && isEmpty(entry, inner)))
  return Object.fromEntries(kept.map(([key, entry]) => [key, entry]))
}

/** The schema of a required field says `""`, `0` or `{}`, which is no default that anybody sees. */
function plainDefaults({ properties }: Schema): Record<string, unknown> {
  const entries = isRecord(properties) ? Object.entries(properties) : []
  const given = entries.map(([key, schema]) => [key, isRecord(schema) ? schema.default : undefined] as const)
  return Object.fromEntries(given.filter(([, value]) => Boolean(value) && typeof value !== 'object'))
}

function isEmpty(value: unknown, schema: Schema): boolean {
  if (Array.isArray(value)) return value.length === 0
  return isRecord(value) && Object.keys(value).length === 0 && schema.additionalProperties !== undefined
}
