import type { Kube } from '../kube.ts'
import { type ApiResource, apiVersionOf } from './api-resource.ts'

type Index = { paths?: { readonly [path: string]: { serverRelativeURL: string } | undefined } }

/** The OpenAPI document of a group and version; undefined for one that the API server does not publish. */
export async function readOpenApi<Document>(
  { get }: Pick<Kube, 'get'>,
  resource: ApiResource,
): Promise<Document | undefined> {
  const { paths = {} } = await get<Index>('/openapi/v3')
  const path = paths[`${resource.group === '' ? 'api' : 'apis'}/${apiVersionOf(resource)}`]?.serverRelativeURL
  if (path === undefined) return undefined
  // The hash in the address is for caches. The document may have become another since, and is then elsewhere by its hash.
  const [withoutHash = path] = path.split('?')
  return await get<Document>(withoutHash)
}
