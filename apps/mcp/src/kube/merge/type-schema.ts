import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { type ApiResource, apiVersionOf } from '../discovery/api-resource.ts'
import { readOpenApi } from '../discovery/open-api.ts'
import type { Kube } from '../kube.ts'

export type Schema = Readonly<Record<string, unknown>>

/** The OpenAPI schema of one type, with the definitions that it refers to. */
export type TypeSchema = {
  root: Schema
  definitions: Readonly<Record<string, Schema>>
  /** One of the server's own types, no custom resource. */
  isBuiltIn: boolean
}

type Document = { components?: { schemas?: Readonly<Record<string, Schema>> } }

/** What the API server publishes for the type. */
export async function publishedSchema(kube: Kube, resource: ApiResource): Promise<TypeSchema> {
  const { group, version, kind } = resource
  const document = (await readOpenApi<Document>(kube, resource)) ?? {}
  const definitions = document.components?.schemas ?? {}
  const found = Object.entries(definitions).find(([, schema]) => {
    const kinds = schema['x-kubernetes-group-version-kind']
    const isIt = (each: Schema) => each.group === group && each.version === version && each.kind === kind
    return Array.isArray(kinds) && kinds.some(isIt)
  })
  if (found !== undefined) return { root: found[1], definitions, isBuiltIn: found[0].startsWith('io.k8s.api.') }
  throw new ToolError('Unavailable', `the API server publishes no schema of ${kind} in ${apiVersionOf(resource)}.`)
}

/** What a CustomResourceDefinition of the same call says of its own version. */
export function definedSchema(definition: KubeObject, version: string): TypeSchema {
  const { versions } = isRecord(definition.spec) ? definition.spec : {}
  const found = Array.isArray(versions) ? versions.find((each) => isRecord(each) && each.name === version) : undefined
  const schema = isRecord(found) && isRecord(found.schema) ? found.schema.openAPIV3Schema : undefined
  return { root: isRecord(schema) ? schema : {}, definitions: {}, isBuiltIn: false }
}

/** What a schema refers to, alone or as the one part of an `allOf`. */
export function referenceOf({ $ref, allOf }: Schema): string | undefined {
  const inner: unknown = Array.isArray(allOf) && allOf.length === 1 ? allOf[0] : undefined
  const reference = typeof $ref === 'string' ? $ref : isRecord(inner) ? inner.$ref : undefined
  return typeof reference === 'string' ? reference : undefined
}

/** A reference followed, alone or as the one part of an `allOf`. */
export function followed({ definitions }: TypeSchema, schema: Schema): Schema {
  const reference = referenceOf(schema)
  if (reference === undefined) return schema
  const { $ref: _, allOf: _allOf, ...rest } = schema
  return { ...definitions[reference.slice(reference.lastIndexOf('/') + 1)], ...rest }
}

/** The schema of a key: its own, or that of all keys; undefined for one that is not there. */
export function keySchema(schema: Schema, key: string): Schema | undefined {
  const { properties, additionalProperties } = schema
  if (isRecord(properties) && Object.hasOwn(properties, key)) return properties[key] as Schema
  if (isRecord(additionalProperties)) return additionalProperties
  return additionalProperties === true || takesAnything(schema) ? {} : undefined
}

export function elementSchema({ items }: Schema): Schema {
  return isRecord(items) ? items : {}
}

function takesAnything(schema: Schema): boolean {
  return (
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    (schema.properties === undefined && schema.additionalProperties === undefined)
  )
}
