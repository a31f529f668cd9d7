import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { InvalidInput } from '../../input/invalid-input.ts'
import { namespaceName } from '../../input/names.ts'
import { ToolError } from '../../tool/tool-error.ts'
import type { ApiResource, Target } from '../discovery/api-resource.ts'
import type { KubeContext } from '../kube-context.ts'

/** A manifest, where it goes, and what must come before it in the same call. */
export type PlacedManifest = {
  target: Target
  /** With its namespace, or without one where the kind has none. */
  manifest: KubeObject
  /** The CustomResourceDefinition of the same call that makes its kind, where the server does not know it yet. */
  definition?: KubeObject
  /** Its Namespace is made by the same call, should it not be there. */
  namespaceComes: boolean
}

/** Finds the place of each manifest and puts them in order: Namespaces, then definitions, then the rest as written. */
export async function placeManifests(
  manifests: readonly KubeObject[],
  given: string | null,
  { kube, defaultNamespace }: Pick<KubeContext, 'kube' | 'defaultNamespace'>,
): Promise<PlacedManifest[]> {
  const namespaces = new Set(manifests.filter(isNamespace).map(({ metadata }) => metadata.name))
  const placed: PlacedManifest[] = []
  for (const manifest of manifests) {
    const served = await kube.resourceOf(manifest)
    const definition = served === undefined ? manifests.find((each) => defines(each, manifest)) : undefined
    const resource = served ?? (definition && resourceDefined(definition, manifest))
    if (resource === undefined) {
      throw new ToolError('NotFound', `the server has no kind "${manifest.kind}" in "${manifest.apiVersion}".`)
    }
    const namespace = resource.namespaced ? namespaceOf(manifest, given, defaultNamespace) : undefined
    const { namespace: _, ...metadata } = manifest.metadata
    placed.push({
      target: { resource, name: metadata.name, ...(namespace !== undefined && { namespace }) },
      manifest: { ...manifest, metadata: { ...metadata, ...(namespace !== undefined && { namespace }) } },
      definition,
      namespaceComes: namespace !== undefined && namespaces.has(namespace),
    })
  }
  return placed.toSorted((left, right) => rank(left.manifest) - rank(right.manifest))
}

export function isDefinition({ apiVersion, kind }: KubeObject): boolean {
  return kind === 'CustomResourceDefinition' && apiVersion.startsWith('apiextensions.k8s.io/')
}

function isNamespace({ apiVersion, kind }: KubeObject): boolean {
  return kind === 'Namespace' && apiVersion === 'v1'
}

function rank(manifest: KubeObject): number {
  return isNamespace(manifest) ? 0 : isDefinition(manifest) ? 1 : 2
}

function namespaceOf({ kind, metadata }: KubeObject, given: string | null, byDefault: string): string {
  if (metadata.namespace === undefined) return given ?? byDefault
  const own = namespaceName('metadata.namespace', metadata.namespace)
  if (own !== metadata.namespace)
    throw new InvalidInput(`${kind} "${metadata.name}" has spaces around its metadata.namespace.`)
  if (given === null || own === given) return own
  throw new InvalidInput(`${kind} "${metadata.name}" names namespace "${own}", but namespace is "${given}".`)
}

function defines(definition: KubeObject, { apiVersion, kind }: KubeObject): boolean {
  if (!isDefinition(definition) || !isRecord(definition.spec)) return false
  const { group, names, versions } = definition.spec
  if (!isRecord(names) || names.kind !== kind || !Array.isArray(versions)) return false
  return typeof group === 'string' && versions.some((each) => isRecord(each) && apiVersion === `${group}/${each.name}`)
}

/** What paths are made of before the server has judged the definition. */
const pathPart = /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/

function resourceDefined({ metadata, spec }: KubeObject, { apiVersion, kind }: KubeObject): ApiResource {
  const { group, names, scope } = spec as { group: string; names: { plural: string; singular?: string }; scope: string }
  const version = apiVersion.slice(group.length + 1)
  if (![group, version, names.plural].every((part) => typeof part === 'string' && pathPart.test(part)))
    throw new InvalidInput(
      `content: the definition "${metadata.name}" has a group, version or plural that no server serves.`,
    )
  return {
    group,
    version,
    plural: names.plural,
    singular: names.singular ?? kind.toLowerCase(),
    kind,
    namespaced: scope === 'Namespaced',
    shortNames: [],
    categories: [],
    verbs: [],
    subresources: [],
  }
}
