import type { IncomingMessage } from 'node:http'
import { aggregatedDiscovery, coreVersions, group, groupList, resourceList } from '../discovery/discovery.ts'
import { openApiDocument, openApiIndex, swaggerDocument } from '../discovery/open-api.ts'
import { kubernetes } from '../schema/kubernetes.ts'
import type { Cluster } from '../store/cluster.ts'
import { ApiStatusError } from '../values/api-status-error.ts'
import type { JsonObject } from '../values/json.ts'
import type { Answer } from './answer.ts'
import { negotiate } from './negotiate.ts'

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Whatever the server says of itself: version, health, discovery, schemas. Throws ApiStatusError when there is no such path. */
export function answerDocument(
  { resources }: Cluster,
  request: IncomingMessage,
  { path, address }: { path: string; address: string },
): Answer {
  const all = resources.all
  const [root = '', first, second, ...rest] = path.split('/').slice(1)
  if (['healthz', 'livez', 'readyz'].includes(root))
    return { status: 200, body: 'ok', contentType: 'text/plain; charset=utf-8' }
  if (path === '/version') return { status: 200, body: kubernetes.version }
  if ((root === 'api' || root === 'apis') && !first) {
    const { as } = negotiate(request.headers.accept, { isDiscovery: true })
    if (as === 'APIGroupDiscoveryList') {
      return { status: 200, body: aggregatedDiscovery(all, root), contentType: aggregatedType }
    }
    return { status: 200, body: root === 'api' ? coreVersions(address) : groupList(all) }
  }
  if (root === 'api') return found(resourceList(all, first ?? ''))
  if (root === 'apis') return found(second ? resourceList(all, `${first}/${second}`) : group(all, first ?? ''))
  if (path === '/openapi/v2') return { status: 200, body: swaggerDocument(all) }
  if (path === '/openapi/v3') return { status: 200, body: openApiIndex(all) }
  if (root === 'openapi' && first === 'v3') return found(openApiDocument(all, [second, ...rest].join('/')))
  if (path === '/')
    return {
      status: 200,
      body: { paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'] },
    }
  throw new ApiStatusError(404, '', '404 page not found')
}

function found(body: JsonObject | undefined): Answer {
  if (body === undefined) throw new ApiStatusError(404, '', '404 page not found')
  return { status: 200, body }
}
