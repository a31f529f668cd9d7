import type { JsonSchema } from '@fairlead/contract/tool/tool-meta'
import type { CatalogueTool } from './tool-offer.ts'

/**
 * A tool's parameters as the model is sent them: without the null of a parameter whose null means its default. It costs
 * more tokens than the rest of the parameter, and every request carries all definitions. A pinned tool takes null for
 * any default; of another tool that is known only where the default is null itself. Arguments are checked against the
 * tool's own schema, which stays as the server lists it.
 */
export function offeredSchema({ inputSchema, pinned }: Pick<CatalogueTool, 'inputSchema' | 'pinned'>): JsonSchema {
  const { properties } = inputSchema
  if (typeof properties !== 'object' || properties === null) return inputSchema
  const required = Array.isArray(inputSchema.required) ? inputSchema.required : []
  const offered = Object.entries(properties as Record<string, JsonSchema>).map(([name, property]) => {
    const isNullDefault = property.default === null || (pinned && property.default !== undefined)
    return [name, isNullDefault && !required.includes(name) ? withoutNull(property) : property]
  })
  return { ...inputSchema, properties: Object.fromEntries(offered) }
}

function withoutNull(property: JsonSchema): JsonSchema {
  const { anyOf, default: fallback, ...rest } = property
  if (!Array.isArray(anyOf)) return property
  const [branch, ...others] = (anyOf as JsonSchema[]).filter(({ type }) => type !== 'null')
  if (branch === undefined || others.length > 0) return property
  return { ...rest, ...branch, ...(fallback !== null && { default: fallback }) }
}
