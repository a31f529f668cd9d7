import { type DiscoveredSubresource, kubernetes, type Schema } from '../schema/kubernetes.ts'
import { namedType, schemaNameOf, type Type, typeOf } from '../schema/type-system.ts'
import { type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'
import type { Store } from './store.ts'

/** One resource in one version, of the server itself or of a CustomResourceDefinition. */
export type Resource = {
  group: string
  version: string
  plural: string
  singular: string
  kind: string
  listKind: string
  isNamespaced: boolean
  verbs: readonly string[]
  shortNames: readonly string[]
  categories: readonly string[]
  subresources: readonly DiscoveredSubresource[]
  type: Type
  /** The CustomResourceDefinition's version, when it is one. */
  custom: JsonObject | undefined
}

/** How the store names it: all versions of one kind lie in one place. */
export function storeKey({ group, plural }: Pick<Resource, 'group' | 'plural'>): string {
  return `${group}/${plural}`
}

export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}

const builtIn: readonly Resource[] = kubernetes.groups.flatMap(({ metadata: { name: group = '' }, versions }) =>
  versions.flatMap(({ version, resources }) =>
    resources.map((each) => {
      const { kind } = each.responseKind
      return {
        group,
        version,
        plural: each.resource,
        singular: each.singularResource,
        kind,
        listKind: `${kind}List`,
        isNamespaced: each.scope === 'Namespaced',
        verbs: each.verbs,
        shortNames: each.shortNames ?? [],
        categories: each.categories ?? [],
        subresources: each.subresources ?? [],
        type: namedType(schemaNameOf(group, version, kind) ?? ''),
        custom: undefined,
      }
    }),
  ),
)

export const CRDS = 'apiextensions.k8s.io/customresourcedefinitions'

/** Finds resources by their place in a path, or by kind. Custom ones follow the store. */
export class Resources {
  readonly #store: Store
  #custom: readonly Resource[] | undefined

  constructor(store: Store) {
    this.#store = store
    store.listen(({ resource }) => {
      if (resource === CRDS) this.#custom = undefined
    })
  }

  get all(): readonly Resource[] {
    this.#custom ??= this.#store.list(CRDS).flatMap(customResources)
    return [...builtIn, ...this.#custom]
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.all.find((each) => each.plural === plural && each.group === group && each.version === version)
  }

  /** The resource that holds objects of a kind. */
  ofKind(apiVersion: string, kind: string): Resource | undefined {
    return this.all.find((each) => each.kind === kind && apiVersionOf(each) === apiVersion && !isReview(each))
  }

  /** Some version of a stored resource. */
  stored(key: string): Resource | undefined {
    return this.all.find((each) => storeKey(each) === key)
  }
}

/** Reviews are answered and never stored. */
export function isReview({ group, verbs }: Resource): boolean {
  return /^auth(entication|orization)\.k8s\.io$/.test(group) && !verbs.includes('get')
}

function customResources(definition: JsonObject): Resource[] {
  const spec = objectAt(definition, 'spec')
  const isEstablished = listAt(definition, 'status', 'conditions').some(
    (each) => textAt(each, 'type') === 'Established' && textAt(each, 'status') === 'True',
  )
  if (!isEstablished || textAt(definition, 'metadata', 'deletionTimestamp')) return []
  const group = textAt(spec, 'group') ?? ''
  const names = objectAt(spec, 'names')
  const kind = textAt(names, 'kind') ?? ''
  return listAt(spec, 'versions')
    .filter((version) => objectAt(version).served === true)
    .map((version) => {
      const responseKind = { group, version: textAt(version, 'name') ?? '', kind }
      const given = objectAt(version, 'subresources')
      const verbs = ['get', 'patch', 'update']
      return {
        group,
        version: responseKind.version,
        plural: textAt(names, 'plural') ?? '',
        singular: textAt(names, 'singular') ?? kind.toLowerCase(),
        kind,
        listKind: textAt(names, 'listKind') ?? `${kind}List`,
        isNamespaced: textAt(spec, 'scope') === 'Namespaced',
        verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
        shortNames: listAt(names, 'shortNames').map(String),
        categories: listAt(names, 'categories').map(String),
        subresources: [
          ...('status' in given ? [{ subresource: 'status', responseKind, verbs }] : []),
          ...('scale' in given
            ? [{ subresource: 'scale', responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs }]
            : []),
        ],
        type: customType(objectAt(version, 'schema', 'openAPIV3Schema')),
        custom: objectAt(version),
      }
    })
}

function customType(schema: JsonObject): Type {
  const own = typeOf({ ...(schema as Schema), type: 'object', properties: (schema as Schema).properties ?? {} })
  if (own.is !== 'struct') return own
  const head = namedType('io.k8s.api.core.v1.ConfigMap')
  const fields = new Map(own.fields)
  if (head.is === 'struct') {
    for (const name of ['apiVersion', 'kind', 'metadata']) {
      const field = head.fields.get(name)
      if (field) fields.set(name, field)
    }
  }
  return { ...own, fields }
}
