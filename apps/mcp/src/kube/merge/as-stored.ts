import { isRecord } from '../../effect/is-record.ts'
import { canonicalQuantity } from './canonical-quantity.ts'
import { elementSchema, followed, keySchema, referenceOf, type Schema, type TypeSchema } from './type-schema.ts'

/**
 * `value` as the server keeps it, as far as the type's schema tells: plain defaults filled in, and in the server's own
 * types no empty lists and maps (an empty object that is no map, `emptyDir: {}`, means something), quantities in their
 * one form, and of a Secret data alone.
 */
export function asStored(value: unknown, type: TypeSchema): unknown {
  return stored(inData(value), type.root, type)
}

/** `stringData` of a Secret is only ever written. */
function inData(value: unknown): unknown {
  if (!isRecord(value) || value.apiVersion !== 'v1' || value.kind !== 'Secret') return value
  const { stringData, ...secret } = value
  if (!isRecord(stringData)) return value
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')])
  return { ...secret, data: { ...(isRecord(secret.data) && secret.data), ...Object.fromEntries(encoded) } }
}

function isQuantity(schema: Schema): boolean {
  return referenceOf(schema)?.endsWith('.api.resource.Quantity') ?? false
}

function stored(value: unknown, given: Schema, type: TypeSchema): unknown {
  if (isQuantity(given) && (typeof value === 'string' || typeof value === 'number'))
    return canonicalQuantity(String(value))
  const schema = followed(type, given)
  if (Array.isArray(value)) return value.map((element) => stored(element, elementSchema(schema), type))
  if (!isRecord(value)) return value
  const entries = Object.entries({ ...plainDefaults(schema), ...value }).map(
    ([key, entry]): [string, unknown, Schema] => {
      const inner = keySchema(schema, key) ?? {}
      return [key, stored(entry, inner, type), followed(type, inner)]
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
