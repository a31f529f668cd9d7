/** One resource that the API server serves, from discovery. */
export type ApiResource = {
  /** `""` for the core group. */
  group: string
  version: string
  /** Name in paths and access reviews: `deployments`. */
  plural: string
  singular: string
  kind: string
  namespaced: boolean
  shortNames: readonly string[]
  categories: readonly string[]
  verbs: readonly string[]
  /** `scale`, `status`, `log` …; without the resource's own name. */
  subresources: readonly string[]
}

/** Names one object, whether it is there or not. `namespace` is not looked at for cluster-scoped resources. */
export type Target = { resource: ApiResource; namespace?: string; name: string }

/** `apps/v1`, `v1`. */
export function apiVersionOf({ group, version }: Pick<ApiResource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}

/** `deployment.apps`, `pod`: the type as kubectl prints it. */
export function typeName({ singular, group }: Pick<ApiResource, 'singular' | 'group'>): string {
  return group === '' ? singular : `${singular}.${group}`
}

/** `deployment.apps "web" in namespace shop`: how a sentence names an object. */
export function describeTarget({ resource, namespace, name }: Target): string {
  const named = `${typeName(resource)} "${name}"`
  return resource.namespaced && namespace !== undefined ? `${named} in namespace ${namespace}` : named
}

/** Path of a collection; of all namespaces when none is given for a namespaced resource. */
export function collectionPath(resource: ApiResource, namespace?: string): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${root}${scope}/${encodeURIComponent(resource.plural)}`
}

export function objectPath({ resource, namespace, name }: Target, subresource?: string): string {
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`
  return subresource === undefined ? path : `${path}/${subresource}`
}
