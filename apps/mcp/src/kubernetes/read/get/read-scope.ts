import { type ApiResource, collectionPath, objectPath } from '../../../kube/discovery/api-resource.ts'
import { ApiError } from '../../../kube/http/api-error.ts'
import type { GetOptions, Kube, Query } from '../../../kube/kube.ts'
import { type PageOptions, type Pages, readPages } from './read-pages.ts'

/** What of one type is asked for. */
export type Scope = {
  resource: ApiResource
  /** Left out: all namespaces, or a cluster-scoped type. */
  namespace?: string
  name: string | null
  selectors: Query
}

/** Reads one object by its name, else a list; by name over all namespaces it is a list too, as it may be many. */
export async function readScope<P extends object>(
  kube: Kube,
  { resource, namespace, name, selectors }: Scope,
  { query, ...options }: PageOptions,
): Promise<Pages<P>> {
  if (isOne({ resource, namespace, name }) && name !== null)
    return { pages: [await readOne<P>(kube, { resource, namespace, name }, { query, accept: options.accept })] }
  const fieldSelector = name === null ? selectors.fieldSelector : `metadata.name=${name}`
  return readPages<P>(kube, collectionPath(resource, namespace), {
    ...options,
    query: { ...query, ...selectors, fieldSelector },
  })
}

export function isOne({ resource, namespace, name }: Pick<Scope, 'resource' | 'namespace' | 'name'>): boolean {
  return name !== null && (!resource.namespaced || namespace !== undefined)
}

type Named = { resource: ApiResource; namespace?: string; name: string }

async function readOne<P>(kube: Kube, target: Named, options: GetOptions): Promise<P> {
  try {
    return await kube.get<P>(objectPath(target), options)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'NotFound') throw error
    // The plain read fails the same way, and its sentence knows near names.
    await kube.read(target)
    throw error
  }
}
