import { isObject, type Json } from '../values/json.ts'
import { kubernetes, type Schema } from './kubernetes.ts'

export type Scalar = 'string' | 'int32' | 'int64' | 'float64' | 'bool' | 'time' | 'bytes' | 'quantity' | 'intOrString'

export type Field = {
  type: Type
  /** It is written whatever it holds. */
  isAlways: boolean
  /** A pointer in Go: a zero is kept. */
  isPointer: boolean
  /** A struct that is no pointer: always there, if only as `{}`. */
  isEmbedded: boolean
  default: Json | undefined
  /** Of the strategic merge patch. */
  patchStrategy: string
  mergeKey: string | undefined
  /** The struct within the struct that it comes from, which Go names in its errors. */
  within: string
}

/** A type of the API, compiled from its schema; of the server's own kinds and of custom resources alike. */
export type Type =
  | { is: 'scalar'; of: Scalar; enum?: readonly Json[] }
  | {
      is: 'struct'
      goName: string
      goPackage: string
      fields: ReadonlyMap<string, Field>
      isAtomic: boolean
      /** Unknown fields are kept (custom resources that say so). */
      keepsUnknown: boolean
    }
  | { is: 'map'; of: Type; isAtomic: boolean }
  | { is: 'list'; of: Type; relation: 'atomic' | 'set' | 'map'; keys: readonly string[] }
  | { is: 'any' }

const pointers = new Set(kubernetes.pointers)
const always = new Set(kubernetes.always)
const compiled = new Map<string, Type>()

/** The type of one of the server's own schemas, by its full name. */
export function namedType(name: string): Type {
  const known = compiled.get(name)
  if (known) return known
  const schema = kubernetes.schemas[name]
  if (schema === undefined) return { is: 'any' }
  const special = specialTypes[name]
  if (special) return special
  const fields = new Map<string, Field>()
  const type: Type = {
    is: 'struct',
    goName: name.slice(name.lastIndexOf('.') + 1),
    goPackage: name.split('.').at(-2) ?? '',
    fields,
    isAtomic: schema['x-kubernetes-map-type'] === 'atomic',
    keepsUnknown: false,
  }
  if (schema.type !== 'object' || schema.properties === undefined) {
    const other = typeOf(schema)
    compiled.set(name, other)
    return other
  }
  compiled.set(name, type) // before its fields: types refer to themselves
  fillFields(fields, schema, {
    isPointer: (field) => pointers.has(`${name}.${field}`),
    isAlways: (field) => always.has(`${name}.${field}`),
    within: inlinedFields(name, schema),
  })
  return type
}

/** Fields that lie in a struct within a struct, with the name of the inner one. */
function inlinedFields(name: string, { properties = {} }: Schema): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, field, type] of kubernetes.messages[name] ?? []) {
    if (properties[field] !== undefined) continue
    const inner = type.slice(type.lastIndexOf('.') + 1)
    for (const [, each] of kubernetes.messages[type] ?? []) found.set(each, inner)
  }
  return found
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const specialTypes: Record<string, Type> = {
  [`${meta}.Time`]: { is: 'scalar', of: 'time' },
  [`${meta}.MicroTime`]: { is: 'scalar', of: 'time' },
  [`${meta}.FieldsV1`]: { is: 'any' },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { is: 'scalar', of: 'quantity' },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { is: 'scalar', of: 'intOrString' },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { is: 'any' },
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': { is: 'any' },
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps': { is: 'any' },
}

/** The name of the schema that a GroupVersionKind has. */
export function schemaNameOf(group: string, version: string, kind: string): string | undefined {
  return namesByKind().get(`${group}/${version}/${kind}`)
}

let names: Map<string, string> | undefined
function namesByKind(): Map<string, string> {
  names ??= new Map(
    Object.entries(kubernetes.schemas).flatMap(([name, schema]) => {
      const kinds = schema['x-kubernetes-group-version-kind']
      return (Array.isArray(kinds) ? kinds : []).flatMap((each) =>
        isObject(each) ? [[`${each.group}/${each.version}/${each.kind}`, name] as const] : [],
      )
    }),
  )
  return names
}

/** The type that a schema describes; `isPointer` by default for custom resources, where nothing given is dropped. */
export function typeOf(schema: Schema): Type {
  const reference = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined)
  if (reference !== undefined) return namedType(reference.slice(reference.lastIndexOf('/') + 1))
  if (schema['x-kubernetes-int-or-string'] === true) return { is: 'scalar', of: 'intOrString' }
  if (schema.type === 'array') return listType(schema)
  if (schema.type === 'object' || schema.properties !== undefined) return objectType(schema)
  const scalar = scalarOf(schema)
  return scalar === undefined ? { is: 'any' } : { is: 'scalar', of: scalar, ...(schema.enum && { enum: schema.enum }) }
}

function scalarOf({ type, format }: Schema): Scalar | undefined {
  if (type === 'string') return format === 'date-time' ? 'time' : format === 'byte' ? 'bytes' : 'string'
  if (type === 'integer') return format === 'int32' ? 'int32' : 'int64'
  if (type === 'number') return 'float64'
  return type === 'boolean' ? 'bool' : undefined
}

function listType(schema: Schema): Type {
  const relation = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys']
  return {
    is: 'list',
    of: schema.items === undefined ? { is: 'any' } : typeOf(schema.items),
    relation: relation === 'map' || relation === 'set' ? relation : 'atomic',
    keys: Array.isArray(keys) ? keys.map(String) : [],
  }
}

function objectType(schema: Schema): Type {
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic'
  if (schema.properties !== undefined) {
    const fields = new Map<string, Field>()
    fillFields(fields, schema, { isPointer: () => true, isAlways: () => false, within: new Map() })
    const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true
    return { is: 'struct', goName: '', goPackage: '', fields, isAtomic, keepsUnknown }
  }
  const { additionalProperties } = schema
  if (typeof additionalProperties === 'object') return { is: 'map', of: typeOf(additionalProperties), isAtomic }
  if (isAtomic) return { is: 'map', of: { is: 'any' }, isAtomic }
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true
  if (isOpen || schema.type === 'object') return { is: 'any' }
  return { is: 'any' }
}

type Nature = {
  isPointer: (name: string) => boolean
  isAlways: (name: string) => boolean
  within: ReadonlyMap<string, string>
}

function fillFields(fields: Map<string, Field>, schema: Schema, { isPointer, isAlways, within }: Nature): void {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const given = property.default
    fields.set(name, {
      type: typeOf(property),
      isAlways: isAlways(name),
      isPointer: isPointer(name),
      isEmbedded: isObject(given) && Object.keys(given).length === 0 && !isPointer(name),
      default: given,
      patchStrategy: String(property['x-kubernetes-patch-strategy'] ?? ''),
      mergeKey: property['x-kubernetes-patch-merge-key'] as string | undefined,
      within: within.get(name) ?? '',
    })
  }
}
