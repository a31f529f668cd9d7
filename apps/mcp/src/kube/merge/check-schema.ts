import { isRecord } from '../../effect/is-record.ts'
import { elementSchema, followed, keySchema, type Schema, type TypeSchema } from './type-schema.ts'

/** What the server would refuse in a manifest that it cannot be asked about yet: unknown and missing keys, wrong types. */
export function schemaProblems(manifest: unknown, type: TypeSchema): string[] {
  return problemsIn(manifest, type.root, type, '')
}

function problemsIn(value: unknown, given: Schema, type: TypeSchema, at: string): string[] {
  const schema = followed(type, given)
  if (value === null) return schema.nullable === true || schema.type === undefined ? [] : [`${at}: must not be null`]
  const wrong = typeProblem(value, schema)
  if (wrong !== undefined) return [`${at}: ${wrong}`]
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) {
    return [`${at}: must be one of ${schema.enum.join(', ')}`]
  }
  if (Array.isArray(value)) {
    return value.flatMap((element, index) => problemsIn(element, elementSchema(schema), type, `${at}[${index}]`))
  }
  if (!isRecord(value)) return []
  const required = Array.isArray(schema.required) ? schema.required.map(String) : []
  const missing = required.filter((key) => !Object.hasOwn(value, key)).map((key) => `${at}.${key}: is required`)
  const inner = Object.entries(value).flatMap(([key, entry]) => {
    // The head of an object is the server's business, whatever a definition says of it.
    if (at === '' && (key === 'apiVersion' || key === 'kind' || key === 'metadata')) return []
    const schemaOfKey = keySchema(schema, key)
    if (schemaOfKey === undefined) return [`${at}.${key}: unknown field`]
    if (entry === null && type.isBuiltIn && isField(schema, key)) return []
    // Whatever its type, the server makes an entry of it: `""`, or a limit of 0.
    if (entry === null && type.isBuiltIn && isRecord(schema.additionalProperties)) {
      return [`${at}.${key}: must not be null`]
    }
    return problemsIn(entry, schemaOfKey, type, `${at}.${key}`)
  })
  return [...missing, ...inner]
}

/** To a type of the server's own, a field that is null is a field left out; a key of a map is there. */
function isField({ properties, required }: Schema, key: string): boolean {
  const isRequired = Array.isArray(required) && required.includes(key)
  return isRecord(properties) && Object.hasOwn(properties, key) && !isRequired
}

function typeProblem(value: unknown, schema: Schema): string | undefined {
  if (schema['x-kubernetes-int-or-string'] === true || schema.format === 'int-or-string') {
    return typeof value === 'string' || Number.isInteger(value) ? undefined : 'must be an integer or a string'
  }
  switch (schema.type) {
    case 'object':
      return isRecord(value) ? undefined : 'must be an object'
    case 'array':
      return Array.isArray(value) ? undefined : 'must be a list'
    case 'string':
      return typeof value === 'string' ? undefined : 'must be a string'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false'
    case 'integer':
      return Number.isInteger(value) ? undefined : 'must be an integer'
    case 'number':
      return typeof value === 'number' ? undefined : 'must be a number'
    default:
      return undefined
  }
}
