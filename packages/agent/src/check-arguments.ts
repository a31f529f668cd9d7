import type { JsonSchema } from '@fairlead/contract/tool-meta'
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
  const known = Object.keys((schema.properties ?? {}) as JsonSchema)
  return error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return `unknown parameter ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; known are ${known.join(', ') || 'none'}`
    }
    return `${issue.path.join('.') || 'arguments'}: ${issue.message}`
  })
}
