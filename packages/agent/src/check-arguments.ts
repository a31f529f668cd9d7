import type { JsonSchema } from '@fairlead/contract/tool/tool-meta'
import { z } from 'zod'

const compiled = new WeakMap<JsonSchema, z.ZodType>()

/** The problems of `args` against a tool's JSON Schema, one sentence each; none when they fit. */
export function argumentProblems(schema: JsonSchema, args: unknown): string[] {
  let check = compiled.get(schema)
  if (check === undefined) {
    // Closed whatever the server says: a parameter that the schema does not know is never passed on.
    check = z.fromJSONSchema({ ...schema, additionalProperties: false } as Parameters<typeof z.fromJSONSchema>[0])
    compiled.set(schema, check)
  }
  const { error } = check.safeParse(args)
  if (error === undefined) return []
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>
  const known = Object.keys(properties)
  return error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return `unknown parameter ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; known are ${known.join(', ') || 'none'}`
    }
    const [name] = issue.path
    const types = issue.path.length === 1 ? typesOf(properties[String(name)]) : []
    const isOfAnotherType = issue.code === 'invalid_union' || issue.code === 'invalid_type'
    if (isOfAnotherType && types.length > 0) return `${String(name)} must be of type ${types.join(' or ')}`
    return `${issue.path.join('.') || 'arguments'}: ${issue.message}`
  })
}

function typesOf(property: JsonSchema | undefined): string[] {
  const branches = Array.isArray(property?.anyOf) ? (property.anyOf as JsonSchema[]) : [property]
  return branches.flatMap((branch) => (typeof branch?.type === 'string' ? [branch.type] : []))
}
