import { createHash } from 'node:crypto'
import { kubernetes, type Schema } from '../schema/kubernetes.ts'
import { schemaNameOf } from '../schema/type-system.ts'
import { apiVersionOf, type Resource } from '../store/resource.ts'
import { type Json, type JsonObject, objectAt } from '../values/json.ts'

/** The OpenAPI documents of the served kinds: one for each group and version (v3), or one for all (v2). */

export function openApiIndex(resources: readonly Resource[]): JsonObject {
  const paths: JsonObject = {}
  for (const resource of resources) {
    const path = pathOf(resource)
    paths[path] ??= { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(resources, path)}` }
  }
  return { paths }
}

export function openApiDocument(resources: readonly Resource[], path: string): JsonObject | undefined {
  const own = resources.filter((each) => pathOf(each) === path)
  if (own.length === 0) return undefined
  const schemas: Record<string, Schema> = {}
  const names = own.map((resource) => {
    if (!resource.custom) return schemaNameOf(resource.group, resource.version, resource.kind) ?? ''
    const name = customName(resource)
    schemas[name] = customSchema(resource)
    return name
  })
  for (const [index, resource] of own.entries()) {
    keep(names[index] ?? '', schemas)
    keep(schemaNameOf(resource.group, resource.version, resource.listKind) ?? '', schemas)
    for (const { responseKind } of resource.subresources) {
      const { group, version, kind } = responseKind
      keep(schemaNameOf(group || (version ? '' : resource.group), version || resource.version, kind) ?? '', schemas)
    }
  }
  keep(DELETE_OPTIONS, schemas)
  keep(`${META}.ObjectMeta`, schemas)
  const paths: JsonObject = {}
  for (const [index, resource] of own.entries()) {
    Object.assign(paths, pathsOf(resource, `#/components/schemas/${names[index]}`))
  }
  const info = { title: 'Kubernetes', version: kubernetes.version.gitVersion }
  return { openapi: '3.0.0', info, paths, components: { schemas: schemas as JsonObject } }
}

/** The same as a Swagger document, for clients that know no other. */
export function swaggerDocument(resources: readonly Resource[]): JsonObject {
  const definitions: JsonObject = {}
  const paths: JsonObject = {}
  for (const path of new Set(resources.map(pathOf))) {
    const document = openApiDocument(resources, path)
    Object.assign(definitions, asSwagger(objectAt(document, 'components', 'schemas')))
    Object.assign(paths, asSwagger(objectAt(document, 'paths')))
  }
  return { swagger: '2.0', info: { title: 'Kubernetes', version: kubernetes.version.gitVersion }, paths, definitions }
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const DELETE_OPTIONS = `${META}.DeleteOptions`

function pathOf(resource: Resource): string {
  return resource.group === '' ? `api/${resource.version}` : `apis/${apiVersionOf(resource)}`
}

function hashOf(resources: readonly Resource[], path: string): string {
  const custom = resources.filter((each) => pathOf(each) === path).map((each) => each.custom ?? null)
  return createHash('sha256')
    .update(JSON.stringify([kubernetes.version.gitVersion, path, custom]))
    .digest('hex')
    .toUpperCase()
}

function keep(name: string, into: Record<string, Schema>): void {
  const schema = kubernetes.schemas[name]
  if (schema === undefined || into[name] !== undefined) return
  into[name] = schema
  for (const reference of referencesOf(name, schema)) keep(reference, into)
}

const references = new Map<string, readonly string[]>()
function referencesOf(name: string, schema: Schema): readonly string[] {
  let known = references.get(name)
  if (known === undefined) {
    const found = JSON.stringify(schema).matchAll(/"#\/components\/schemas\/([^"]+)"/g)
    known = [...new Set([...found].map(([, each = '']) => each))]
    references.set(name, known)
  }
  return known
}

function customName({ group, version, kind }: Resource): string {
  return `${group.split('.').toReversed().join('.')}.${version}.${kind}`
}

function customSchema({ custom, group, version, kind }: Resource): Schema {
  const given = objectAt(custom, 'schema', 'openAPIV3Schema') as Schema
  const head = kubernetes.schemas['io.k8s.api.core.v1.ConfigMap']?.properties ?? {}
  const { apiVersion = {}, kind: kindSchema = {}, metadata = {} } = head
  return {
    ...given,
    type: 'object',
    properties: { ...given.properties, apiVersion, kind: kindSchema, metadata },
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  }
}

const text = (name: string, description: string): JsonObject => ({
  name,
  in: 'query',
  description,
  schema: { type: 'string', uniqueItems: true },
})
const dryRun = text('dryRun', 'When present, indicates that modifications should not be persisted.')
const fieldManager = text('fieldManager', 'The name associated with the actor that is making these changes.')
const fieldValidation = text('fieldValidation', 'What to do with unknown fields: Ignore, Warn or Strict.')
const writing = [dryRun, fieldManager, fieldValidation]
const patchContent = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]

/** Paths with what clients look at: which verbs there are, and which parameters they take. */
function pathsOf(resource: Resource, schema: string): JsonObject {
  const { group, version, kind, plural, isNamespaced, verbs } = resource
  const root = `/${pathOf(resource)}${isNamespaced ? '/namespaces/{namespace}' : ''}/${plural}`
  const operation = (action: string, parameters: Json[], content: readonly string[] = []): JsonObject => ({
    parameters,
    ...(content.length > 0 && {
      requestBody: { content: Object.fromEntries(content.map((type) => [type, { schema: { $ref: schema } }])) },
    }),
    responses: { '200': { description: 'OK', content: { 'application/json': { schema: { $ref: schema } } } } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  })
  const has = (verb: string) => verbs.includes(verb)
  return {
    [root]: {
      ...(has('list') && { get: operation('list', []) }),
      ...(has('create') && { post: operation('post', writing, ['*/*']) }),
      ...(has('deletecollection') && { delete: operation('deletecollection', [dryRun]) }),
    },
    [`${root}/{name}`]: {
      ...(has('get') && { get: operation('get', []) }),
      ...(has('update') && { put: operation('put', writing, ['*/*']) }),
      ...(has('delete') && { delete: operation('delete', [dryRun]) }),
      ...(has('patch') && {
        patch: operation('patch', [...writing, text('force', 'Takes fields from others.')], patchContent),
      }),
    },
  }
}

function asSwagger(value: Json): JsonObject {
  const walk = (each: Json): Json => {
    if (Array.isArray(each)) return each.map(walk)
    if (typeof each === 'string') return each.replace('#/components/schemas/', '#/definitions/')
    if (typeof each !== 'object' || each === null) return each
    const { allOf, oneOf: _, ...rest } = each
    const inner = Array.isArray(allOf) && allOf.length === 1 ? objectAt(allOf[0]) : {}
    return Object.fromEntries(Object.entries({ ...rest, ...inner }).map(([key, below]) => [key, walk(below)]))
  }
  const { requestBody: _, ...rest } = walk(value) as JsonObject
  return rest
}
